"""Every promise has a test, and every test that names a promise names one that was made."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from tests.requirements import REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent


def marks(source: str) -> Iterator[str]:
    """The ids in all `pytest.mark.requirement("...")` of a file, without importing it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
            yield from (ast.literal_eval(argument) for argument in node.args)


def marks_of_all_tests() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in marks(path.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(path.name)
    return found


def test_every_promise_has_a_test() -> None:
    without = sorted(REQUIREMENTS.keys() - marks_of_all_tests().keys())

    assert without == []


def test_every_mark_names_a_promise() -> None:
    unknown = {
        name: files for name, files in marks_of_all_tests().items() if name not in REQUIREMENTS
    }

    assert unknown == {}


def test_every_promise_is_a_sentence() -> None:
    for name, sentence in REQUIREMENTS.items():
        assert "." in name
        assert sentence.endswith(".")


def test_marks_are_found_wherever_pytest_takes_them() -> None:
    source = (
        "pytestmark = [pytest.mark.requirement('a')]\n"
        "@pytest.mark.requirement('b', 'c')\n"
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.requirement('d'))])\n"
        "def test() -> None: ...\n"
    )

    assert sorted(marks(source)) == ["a", "b", "c", "d"]
