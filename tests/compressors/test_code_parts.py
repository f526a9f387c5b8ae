"""Long source texts are parsed in parts, which no reader can tell."""

from __future__ import annotations

import pytest

from headroom_core.compressors.coding import parts
from headroom_core.compressors.coding.languages import language_of
from headroom_core.compressors.coding.parts import parts_of
from headroom_core.compressors.coding.syntax import Syntax, parse

PYTHON = '''\
"""Weigh things."""

# What a scale
# can bear.
MOST = [
    1,
    2,
    3,
]

@cached
def weigh(item):
    """Weigh it."""
    total = 0

    def inner(part):
        return part

    return total

class Scale:
    """A scale."""

    def read(self):
        return weigh(self)
'''
BLOCK = '''\
text = """

def no_function(item):
    return item

end"""

def weigh(item):
    return 1
'''


def syntax_of(text: str, path: str, monkeypatch: pytest.MonkeyPatch, size: int) -> Syntax:
    lines = text.split("\n")
    language = language_of(lines, path, "")
    assert language is not None
    monkeypatch.setattr(parts, "_PART", size)
    return parse(lines, language)


@pytest.mark.parametrize("text", [PYTHON, PYTHON * 5, BLOCK, f"{PYTHON}\n{BLOCK}", f"{PYTHON}\n)"])
def test_a_text_in_parts_has_the_functions_of_the_whole(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = syntax_of(text, "a.py", monkeypatch, 10**6)

    assert syntax_of(text, "a.py", monkeypatch, 1) == whole
    assert whole.functions


def test_parts_begin_below_a_blank_line_with_a_word_at_the_edge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "_PART", 1)
    lines = PYTHON.split("\n")

    starts = [lines[part.start] for part in parts_of(lines, "python")]

    assert starts == ['"""Weigh things."""', "@cached", "class Scale:"]


def test_languages_in_which_a_part_may_mean_something_else_are_parsed_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "_PART", 1)

    assert list(parts_of(["a", "", "b"], "bash")) == [range(3)]
