"""Must-keep rules: what they match, what they refuse, and what they find missing."""

from __future__ import annotations

import pytest
from hypothesis import given

from headroom_core.errors import ConfigError
from headroom_core.keep import KeepRules
from tests.conversations import ANY_TEXT


def test_no_rules_keep_nothing() -> None:
    rules = KeepRules()

    assert not rules
    assert not rules.matches("anything")
    assert rules.missing(["anything"], "") == []


@pytest.mark.parametrize(
    ("pattern", "line", "kept"),
    [
        (r"request id=\d+", "INFO request id=12", True),
        (r"request id=\d+\b", "INFO request id=x", False),
        (r"(?i)deadline", "the DEADLINE", True),
        (r"^ERROR$", "ERROR", True),
        (r"^ERROR$", "an ERROR", False),
        ("naïve", "a naïve reader", True),
        ("x", "\ud800 x", True),
        ("\ud800", "\ud800", True),
    ],
)
def test_a_pattern_is_searched_in_the_line(pattern: str, line: str, kept: bool) -> None:
    assert KeepRules((pattern,)).matches(line) == kept


@pytest.mark.parametrize(
    ("word", "line", "kept"),
    [
        ("notice", "NOTICE: shutting down", True),
        ("notice", "level=notice", True),
        ("notice", "noticed nothing", False),
        ("notice", "a_notice_b", False),
        ("ошибка", "2026 ОШИБКА сети", True),
        ("ошибка", "ошибками", False),
        ("[!]", "[!] look", True),
        ("needs review", "it needs review now", True),
    ],
)
def test_a_severity_is_a_whole_word_in_any_case(word: str, line: str, kept: bool) -> None:
    assert KeepRules((), (word,)).matches(line) == kept


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "(?=a)", "(?<!a)b", "[", "*"])
def test_what_is_not_linear_or_not_valid_is_a_wrong_setting(pattern: str) -> None:
    with pytest.raises(ConfigError, match="`must_keep` cannot use"):
        KeepRules((pattern,))


def test_what_was_matched_and_is_not_visible_is_missing() -> None:
    rules = KeepRules((r"id=\d+",), ("notice",))
    lines = ["a id=1", "b id=2", "Notice: x", "plain"]

    assert rules.missing(lines, "a id=1\nb id=2\nNotice: x") == []
    assert rules.missing(lines, "[… 4 lines]\nb id=2") == ["id=1", "Notice"]


def test_each_of_the_matching_lines_has_to_be_visible() -> None:
    rules = KeepRules(("deadline",))

    assert rules.missing(["deadline A", "deadline B"], "deadline A") == ["deadline"]
    assert rules.missing(["deadline A", "deadline A"], "deadline A (x2)") == []


def test_a_match_may_be_visible_in_a_row_that_is_written_otherwise() -> None:
    rules = KeepRules(("dead.ine",), ("notice",))

    assert rules.missing(['  "note": "the deadline",', '"level": "notice"'], "1,deadline,notice\n"
                         "2,the deadline,x") == []  # fmt: skip


@given(text=ANY_TEXT)
def test_nothing_is_missing_from_the_whole_text(text: str) -> None:
    assert KeepRules(("e.*o", "."), ("ok",)).missing(text.split("\n"), text) == []
