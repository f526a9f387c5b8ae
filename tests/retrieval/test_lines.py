"""`lines`, `max_tokens` and `cursor`: exact lines, cut to size, to the last of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import NotFoundError, RetrieveError
from headroom_core.retrieval import page
from headroom_core.retrieve import retrieve
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter

COUNT = deciding_counter().count
HUNDRED = "\n".join(f"line {number}" for number in range(1, 101))


def kept(text: str) -> tuple[MemoryStore, str]:
    store = MemoryStore()
    return store, store.put(text)


@given(st.text(st.characters(), max_size=300))
def test_without_a_selector_the_original_comes_back_byte_for_byte(text: str) -> None:
    found = retrieve(*kept(text))

    assert str(found) == found.text == text
    assert found.exact
    assert found.cursor is None


@pytest.mark.parametrize(
    ("asked", "shown", "first", "last"),
    [
        ("7", ((7, 7),), "line 7", "line 7"),
        ("2-4", ((2, 4),), "line 2", "line 4"),
        ("2 - 4", ((2, 4),), "line 2", "line 4"),
        ("98-", ((98, 100),), "line 98", "line 100"),
        ("-3", ((98, 100),), "line 98", "line 100"),
        ("98-200", ((98, 100),), "line 98", "line 100"),
        ("1-2,9,10", ((1, 2), (9, 10)), "line 1", "line 10"),
        ("5-6,6-7", ((5, 7),), "line 5", "line 7"),
    ],
)
def test_lines_come_with_their_numbers(
    asked: str, shown: tuple[tuple[int, int], ...], first: str, last: str
) -> None:
    found = retrieve(*kept(HUNDRED), lines=asked)

    lines = [line for line in found.text.split("\n") if not line.startswith("[")]
    assert found.shown == shown
    assert (lines[0], lines[-1]) == (first, last)
    assert found.total == 100
    assert not found.exact


def test_a_line_in_brackets_says_where_the_lines_are() -> None:
    found = retrieve(*kept(HUNDRED), lines="3-4,90")

    assert found.text == "[lines 3-4 of 100]\nline 3\nline 4\n[line 90]\nline 90"


def test_lines_that_are_not_there_are_said_to_be_missing() -> None:
    found = retrieve(*kept("a\nb\n"), lines="7-9")

    assert found.text == "[no such line: the original has 2 lines]"
    assert found.shown == ()


@pytest.mark.parametrize("asked", ["x", "1-x", "-", "9-3", "1,,2", ""])
def test_lines_that_cannot_be_read_are_an_error_with_an_example(asked: str) -> None:
    with pytest.raises(RetrieveError, match="`lines`"):
        retrieve(*kept(HUNDRED), lines=asked)


def pages(text: str, max_tokens: int, lines: str | None = None) -> list[str]:
    store, ref = kept(text)
    found = retrieve(store, ref, lines=lines, max_tokens=max_tokens)
    texts = [found.text]
    while found.cursor is not None:
        assert found.cursor in found.text.replace('\\"', '"')
        found = retrieve(store, ref, cursor=found.cursor, max_tokens=max_tokens)
        texts.append(found.text)
        assert len(texts) < 500
    return texts


def body(answers: list[str]) -> list[str]:
    return [line for text in answers for line in text.split("\n") if not line.startswith("[")]


def test_pages_hold_every_line_once_and_keep_to_the_budget() -> None:
    answers = pages(HUNDRED, 120)

    assert len(answers) > 2
    assert body(answers) == HUNDRED.split("\n")
    assert all(COUNT(text) <= 120 for text in answers)


def test_pages_of_a_range_stay_in_the_range() -> None:
    answers = pages(HUNDRED, 120, lines="20-70")

    assert body(answers) == [f"line {number}" for number in range(20, 71)]


@given(st.text(st.sampled_from("ab \n\u00e9\U0001f600\u4e2d]"), min_size=300, max_size=800))
def test_pages_of_any_text_give_all_of_it(text: str) -> None:
    text = "x" + text

    answers = pages(text, 100)

    assert all(COUNT(answer) <= 100 for answer in answers)
    assert "".join(body(answers)) == text.replace("\n", "")


def test_a_line_longer_than_the_budget_comes_in_parts() -> None:
    long = " ".join(f"word{number}" for number in range(800))

    answers = pages(f"first\n{long}\nlast", 300)

    assert "".join(body(answers)[1:-1]) == long
    assert "of 7090" in answers[-1] or any(", characters " in text for text in answers)


def test_what_fits_comes_back_exactly() -> None:
    found = retrieve(*kept("short\n"), max_tokens=100)

    assert found.text == "short\n"
    assert found.exact


@pytest.mark.parametrize("wrong", ["", "12", "x@", "3@nothing=1", "@lines=1"])
def test_a_cursor_that_was_not_copied_is_an_error(wrong: str) -> None:
    with pytest.raises(RetrieveError, match="`cursor`"):
        retrieve(*kept(HUNDRED), cursor=wrong)


def test_a_cursor_beyond_the_end_is_an_error() -> None:
    with pytest.raises(RetrieveError, match="nothing is left"):
        retrieve(*kept(HUNDRED), cursor="100@")


def test_a_cursor_goes_with_its_own_question_only() -> None:
    store, ref = kept(HUNDRED)

    assert retrieve(store, ref, lines="1-9", cursor="3@lines=1-9").shown == ((4, 9),)
    with pytest.raises(RetrieveError, match="another question"):
        retrieve(store, ref, lines="1-8", cursor="3@lines=1-9")


@pytest.mark.parametrize("wrong", [0, 99, -5, True, 1.5, "200"])
def test_a_wrong_number_of_tokens_is_an_error(wrong: object) -> None:
    with pytest.raises(RetrieveError, match="`max_tokens`"):
        retrieve(*kept(HUNDRED), max_tokens=wrong)  # type: ignore[arg-type] # as a careless caller


def test_two_selectors_are_an_error() -> None:
    with pytest.raises(RetrieveError, match="`lines` and `query` cannot be combined"):
        retrieve(*kept(HUNDRED), lines="1", query="x")


def test_a_selector_that_is_no_text_is_an_error() -> None:
    with pytest.raises(RetrieveError, match="`query` must be a string, got 5"):
        retrieve(*kept(HUNDRED), query=5)  # type: ignore[arg-type] # as a careless caller


def test_an_unknown_ref_is_an_error_of_the_store() -> None:
    with pytest.raises(NotFoundError):
        retrieve(MemoryStore(), "0" * 16, lines="1")


def test_answers_are_the_same_every_time() -> None:
    first, second = pages(HUNDRED, 100), pages(HUNDRED, 100)

    assert first == second
    assert re.fullmatch(r"\[\d+ more parts; to go on: cursor=\"\d+@\"\]", first[0].split("\n")[-1])


LONG = "\n".join(f"row {n} \u4e2d\U0001f600 of the table" for n in range(300))
QUESTIONS = st.text(min_size=1, max_size=2_000).filter(str.strip)


@pytest.mark.requirement("ccr.page")
@given(QUESTIONS, st.integers(100, 200))
def test_no_question_is_so_long_that_the_answer_is_longer_than_allowed(
    question: str, most: int
) -> None:
    store, ref = kept(LONG)

    found = retrieve(store, ref, query=question, max_tokens=most)
    assert COUNT(found.text) <= most
    if found.cursor is not None:
        again = retrieve(store, ref, query=question, cursor=found.cursor, max_tokens=most)
        assert COUNT(again.text) <= most
        assert again.text != found.text


def test_the_cursor_of_a_long_question_goes_with_the_question() -> None:
    store, ref = kept(LONG)
    question = "row of the table " * 60

    found = retrieve(store, ref, query=question, max_tokens=300)

    assert found.cursor is not None
    assert found.cursor.endswith("@query")
    assert "the same query and cursor=" in found.text
    assert retrieve(store, ref, query=question, cursor=found.cursor, max_tokens=300).text
    with pytest.raises(RetrieveError, match="goes with its long `query`"):
        retrieve(store, ref, cursor=found.cursor)
    with pytest.raises(RetrieveError, match="goes with its long `query`"):
        retrieve(store, ref, lines="1", cursor=found.cursor)


def test_many_columns_do_not_fill_an_answer() -> None:
    names = ",".join(f"column_{n}" for n in range(5_000))
    row = ",".join(str(n) for n in range(5_000))
    store, ref = kept(f"{names}\n{row}\n{row}\n")

    found = retrieve(store, ref, where="column_7 = 7", max_tokens=400)

    assert COUNT(found.text) <= 400
    assert found.text.startswith("[2 of 2 table rows match: row 1-2]\ncolumn_0,")
    assert "characters 1-" in found.text
    assert found.cursor is not None
    assert COUNT(retrieve(store, ref, cursor=found.cursor, max_tokens=400).text) <= 400


def test_an_answer_keeps_to_the_budget_even_where_joined_text_counts_for_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Odd:
        name = "odd"
        exact = True

        def count(self, text: str) -> int:
            return len(text) // 4 + 6 * text.count("\n")

    monkeypatch.setattr(page, "deciding_counter", Odd)
    store, ref = kept(HUNDRED)

    found = retrieve(store, ref, lines="1-100", max_tokens=150)

    assert Odd().count(found.text) <= 150
    assert found.cursor is not None


def test_lines_that_the_text_numbers_are_found_by_its_own_numbers() -> None:
    window = "\n".join(f"{number:6d}\tline {number} of the file" for number in range(200, 240))
    store, ref = kept(window)

    found = retrieve(store, ref, lines="210-211")

    assert "line 210 of the file" in found.text
    assert "line 211 of the file" in found.text
    assert "line 212" not in found.text
    assert found.shown == ((210, 211),)
