"""Consecutive versions of a file, out of the history of a repository that the test makes."""

from __future__ import annotations

import random
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Earlier, Hint
from headroom_core.compressors.reread import Reread
from headroom_core.source import Source

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = 151
REREAD = Reread()


def edited(lines: list[str], rng: random.Random) -> list[str]:
    """The file after one small edit, as an agent makes it."""
    at = rng.randrange(len(lines))
    new = [f"    total += {rng.randrange(1000)}", f"    check(total, {rng.randrange(1000)})"]
    kind = rng.choice(["replace", "insert", "delete"])
    kept = lines[at:] if kind == "insert" else lines[at + 1 :]
    return [*lines[:at], *(new if kind != "delete" else []), *kept]


@pytest.fixture
def history(tmp_path: Path) -> list[str]:
    """The versions of one file, as git gives them back."""

    def git(*arguments: str) -> str:
        name = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        done = subprocess.run(
            ["git", *name, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    rng = random.Random(3)
    lines = [f"    value_{n} = load({n * 7 % 91})  # step {n}" for n in range(240)]
    git("init", "-q")
    for version in range(VERSIONS):
        (tmp_path / "run.py").write_text("\n".join(lines), encoding="utf-8")
        git("add", "run.py")
        git("commit", "-q", "-m", f"version {version}")
        lines = edited(lines, rng)
    revisions = git("rev-list", "--reverse", "HEAD").split()
    return [git("show", f"{revision}:run.py") for revision in revisions]


def test_every_version_of_a_file_decodes_from_the_one_before_it(history: list[str]) -> None:
    before = after = 0

    for base, text in pairwise(history):
        hint = Hint(
            origin="file_read", path="run.py", earlier=(Earlier(base, "1", "read", "run.py"),)
        )
        form = REREAD.encode(Source(text), hint)

        assert form is not None
        assert REREAD.decode(form.legend, form.body, [base]) == text
        before += len(text)
        after += len(form.legend) + len(form.body)

    assert len(history) == VERSIONS
    assert after * 10 < before
