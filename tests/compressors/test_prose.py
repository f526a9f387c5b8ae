"""Prose: the sentences that answer stay, verbatim and in order, and gaps say what they held."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.passages import scoring
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.passages.scoring import score
from headroom_core.compressors.passages.sentences import sentences
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.source import Source
from tests.compressors.travels import TOPICS, assert_verbatim, document, paragraph, shown, view


def test_the_sentence_that_answers_stays_and_most_others_go() -> None:
    text = document("The zeppelin was moored at the old tower in 1912. It left the next day.")

    body = shown(text, "When was the zeppelin moored?")

    assert "The zeppelin was moored at the old tower in 1912." in body
    assert len(body) < len(text) / 3
    assert_verbatim(text, body)


def test_a_gap_says_what_it_held() -> None:
    body = shown(document("The zeppelin was moored in 1912."), "When was the zeppelin moored?")

    assert re.search(r"^\[… \d+ sentences: About the river, About the copper", body, re.MULTILINE)


def test_in_a_file_a_gap_names_its_lines() -> None:
    text = document("The zeppelin was moored in 1912. It left.").replace(
        ". It left.", ".\nIt left."
    )
    hint = Hint(query="When was the zeppelin moored?", origin="file_read", path="a.md")

    seen = ProseCompressor().view(Source(text), hint, 350)

    assert seen is not None
    found = re.findall(r"\[… lines? (\d+)(?:-(\d+))?, ", seen.body)
    assert found
    shown_lines = set(seen.body.split("\n"))
    for first, last in found:
        hidden = text.split("\n")[int(first) - 1 : int(last or first)]
        assert not shown_lines.intersection(filter(None, hidden))


def test_headings_and_the_first_sentence_of_a_kept_section_stay() -> None:
    body = shown(document("The zeppelin was moored in 1912."), "When was the zeppelin moored?", 400)

    assert "# Travels\n" in body
    assert "## About the orchard\n" in body
    assert "The orchard of district 4 was described by visitor 4 in a long letter home." in body


def test_a_short_text_keeps_a_quarter() -> None:
    text = "\n\n".join(paragraph(topic, 3) for topic in TOPICS)[:5_900]

    body = shown(text, "violin", room=100)

    assert len(body) >= len(text) / 4


def test_lines_that_report_a_problem_and_must_keep_lines_stay() -> None:
    text = document("The zeppelin was moored in 1912.").replace(
        "## About the lantern", "ERROR: the lantern could not be lit\n\n## About the lantern"
    )

    seen = view(text, "When was the zeppelin moored?", 300, patterns=("visitor 45 ",))

    assert seen is not None
    assert "ERROR: the lantern could not be lit" in seen.body
    assert "visitor 45 in a long letter" in seen.body
    assert 0 < seen.required <= len(seen.body)


def test_list_introductions_table_headers_and_fences_stay() -> None:
    filler = "\n\n".join(paragraph(topic, 7) for topic in TOPICS)
    rows = "\n".join(f"| row{each} | value{each} |" for each in range(40))
    code = "\n".join(f"step_{each}()" for each in range(40))
    items = "\n".join(f"- item{each} is of no great interest to anyone" for each in range(30))
    text = (
        f"{filler}\n\nThe parts are these:\n\n{items}\n- zeppelin parts\n  come last\n\n"
        f"| name | worth |\n|---|---|\n{rows}\n| zeppelin | 9 |\n\nRun it so:\n\n"
        f"```sh\n{code}\nzeppelin_up()\n```\n"
    )

    body = shown(text, "zeppelin up", 900)

    assert "The parts are these:" in body
    assert "- zeppelin parts\n  come last" in body
    assert "| name | worth |\n|---|---|\n" in body
    assert "```sh\n" in body
    assert "zeppelin_up()\n```" in body
    assert_verbatim(text, body)


PIECES = st.sampled_from(
    [
        "# Head",
        "Title\n=====",
        "====\nOver\n====",
        "Some words stand here. And more of them follow the zeppelin.",
        "- item one\n- item two",
        "1. first\n   more",
        "| a | b |\n|---|---|\n| c | d |",
        "+---+\n| x |\n+---+",
        "```\ncode\n\nmore\n```",
        "~~~",
        "    indented()\n\n    code()",
        ".. code-block:: python\n\n    x = 1",
        "---",
        "-----\n-----",
        "***\ntext",
        "#hash",
        "  indented words that read like any other sentence would",
        "text\n# Head at once",
        "\r\n",
        "\ud800\x00",
    ]
)


@settings(max_examples=100)
@given(
    pieces=st.lists(PIECES, max_size=12),
    glue=st.sampled_from(["\n", "\n\n"]),
    room=st.integers(1, 600),
)
def test_units_are_in_order_and_what_is_shown_is_verbatim(
    pieces: list[str], glue: str, room: int
) -> None:
    text = glue.join(pieces)
    layout = read_markup(text)
    seen = view(f"{document()}\n\n{text}", "What about the zeppelin?", room)

    after = 0
    for number, unit in enumerate(layout.units):
        assert after <= unit.start < unit.end <= len(text)
        assert all(0 <= lead < number for lead in unit.leads)
        after = unit.end
    if seen is not None:
        assert_verbatim(f"{document()}\n\n{text}", seen.body)
        assert 0 < seen.shown <= seen.total


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 50_000,
        "\n".join(
            f"2026-01-05 10:30:{i:02} INFO the server handled one request" for i in range(60)
        ),
        "\n".join(f"src/app.py:{i}: this line of the file says what it says" for i in range(60)),
        "\n".join(f"    // this is a comment about what the function does {i}" for i in range(60)),
        "\n".join(f"total {i} drwxr-xr-x root root 4096" for i in range(60)),
        '{"text": "this is a sentence that reads like any other sentence."}',
        "diff --git a/x b/x\nthis is a sentence that reads like any other sentence.",
    ],
)
def test_other_shapes_are_declined(text: str) -> None:
    assert not reads_like_prose(Source(text), Hint())


def test_a_file_of_a_program_is_declined_and_a_document_is_not() -> None:
    text = document("The zeppelin was moored in 1912.")

    assert not reads_like_prose(Source(text), Hint(path="src/app.py"))
    assert reads_like_prose(Source(text * 9), Hint(path="docs/guide.md"))


def test_a_long_line_without_marks_and_a_hostile_one_take_linear_work() -> None:
    assert len(sentences("." * 200_000, 0, 200_000)) == 1
    assert len(sentences('.")' * 100_000 + "x", 0, 300_001)) == 1
    assert len(sentences("One." + r"\n" * 200_000 + "Two.", 0, 400_008)) == 2
    assert view("word and " * 200_000, "zeppelin") is None


def test_units_too_long_for_the_room_leave_it_to_shorter_ones() -> None:
    long = "and on " * 150
    text = "\n\n".join([f"The zeppelin rose {each} {long}." for each in range(60)])
    text += "\n\nA zeppelin rose."

    body = shown(text, "zeppelin rose", 600)

    assert len(body) < 4_000


def test_a_text_that_all_fits_gets_no_view() -> None:
    assert view("The zeppelin was moored at the old tower for a long time.", "zeppelin") is None


@pytest.mark.requirement("prose.linear")
def test_four_times_the_text_is_four_times_the_work() -> None:
    def calls(times: int) -> int:
        count = 0

        def step(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += 1

        text = "\n\n".join([document("The zeppelin was moored at the old tower.")] * times)
        layout, wanted = read_markup(text), asked(Hint(query="Where was the zeppelin moored?"))
        sys.setprofile(step)
        try:
            read_markup(text)
            score(layout, wanted)
        finally:
            sys.setprofile(None)
        return count

    small = calls(8)

    assert 3.5 * small < calls(32) < 4.5 * small


def test_words_that_are_not_remembered_any_more_are_still_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layout = read_markup(document("The zeppelin was moored in 1912."))
    question = asked(Hint(query="When was the zeppelin moored?"))
    expected = score(layout, question)

    monkeypatch.setattr(scoring, "_MOST_KNOWN", 0)

    assert score(layout, question) == expected
