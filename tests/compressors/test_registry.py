"""The registry: one name for each form, and nothing heavy behind its import."""

from __future__ import annotations

import re
import subprocess
import sys

from headroom_core.compressors.registry import CLEANERS, REGISTRY
from headroom_core.decoding import BY_NAME
from headroom_core.frame import header_of


def test_every_form_has_a_name_of_its_own() -> None:
    names = [each.name for each in REGISTRY]

    assert len(set(names)) == len(names)
    assert list(BY_NAME) == names


def test_every_name_can_stand_in_a_header() -> None:
    for each in REGISTRY:
        header = header_of(f"[headroom {each.name}, 1 line: x]\nbody")
        assert header is not None
        assert header.name == each.name != "mixed"


def test_every_cleaner_is_registered() -> None:
    assert set(CLEANERS) <= set(REGISTRY)


def test_the_registry_loads_no_parser() -> None:
    script = "import sys, headroom_core.compressors.registry; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert not re.search(r"\btree_sitter", done.stdout)
