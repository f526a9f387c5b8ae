"""The package: what it says where Strands is missing, and what it is called."""

from __future__ import annotations

import subprocess
import sys

import pytest

import headroom_strands

ABSENT = """
import sys
sys.modules[sys.argv[1]] = None
try:
    import headroom_strands
except ImportError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("absent", ["strands", "strands.middleware"])
def test_without_strands_or_with_an_old_one_the_error_names_the_extra(absent: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ABSENT, absent],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout.strip() == (
        "MissingExtraError `strands-agents>=1.62` is not installed;"
        " run `pip install 'headroom-gateway[strands]'`"
    )


def test_everything_public_is_there() -> None:
    assert all(hasattr(headroom_strands, name) for name in headroom_strands.__all__)
