"""Documents of every style: their sentences, and the units and sections that they stand in."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.passages.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith paid 3.50 in Jan. to e.g. Mr. Xu. He left!", 2),
        ('He said "Stop." Then he left. Why? Nobody knows…', 4),
        ("Am 3. Mai kam er z.B. nach Berlin. Dann ging er.", 2),
        ("Il est venu (p.ex. hier). Voilà ! Et M. Dupont ?", 3),
        ("¿Qué dijo el Sr. López? Nada.", 2),
        ("Он родился в 1950 г. в Москве. Потом уехал.", 2),
        ("他来了。他走了！为什么？「不知道。」完", 5),
        ("هل جاء؟ نعم جاء.", 2),
        ("वह आया। वह गया।", 2),
        ("Wait...... what? ok", 1),
        ("Wait...... What? Ok", 3),
        (r"One line.\nAnother \"line.\" End\n\nNext", 4),
        ("In U.S. law it is so. J. R. Tolkien agreed.", 2),
        ("   \n ", 0),
        ("So. it goes on", 1),
        ("... And so it begins.", 2),
    ],
)
def test_sentences_of_many_languages(text: str, expected: int) -> None:
    found = sentences(text, 0, len(text))

    assert len(found) == expected, [text[a:b] for a, b in found]


@settings(max_examples=100)
@given(text=st.text(alphabet="aB .!?…。\\n\n\"')1\t\r\u3000", max_size=80))
def test_sentences_lie_in_order_and_leave_out_only_blanks(text: str) -> None:
    found = sentences(text, 0, len(text))

    left = list(text)
    after = 0
    for start, end in found:
        assert after <= start < end
        left[start:end] = " " * (end - start)
        after = end
    assert re.fullmatch(r"(?:\s|\\[nrt]?)*", "".join(left))


def test_line_ends_of_json_after_a_sentence_belong_to_none() -> None:
    text = r"One.\n\nTwo\n\n- three"

    assert [text[a:b] for a, b in sentences(text, 0, len(text))] == ["One.", "Two", "- three"]


def test_headings_of_every_style_open_sections_inside_each_other() -> None:
    text = (
        "====\nBook\n====\n\nChapter\n-------\n\nText.\n\nPart\n~~~~\n\nMore.\n\n"
        "Second\n------\n\n-----\n\nEnd.\n\n# One\n## Two ##\n#### 12\n"
    )

    layout = read_markup(text)

    assert layout.titles == ["", "Book", "Chapter", "Part", "Second", "One", "Two"]
    assert layout.within == [0, 0, 1, 2, 1, 0, 5]
    assert [unit.kind for unit in layout.units].count("heading") == 6


def test_lists_tables_code_and_front_matter_are_units() -> None:
    text = (
        "---\ntitle: x\n---\n- one\n  more\n  - two\n\n+---+---+\n| a | b |\n+---+---+\n"
        "| c | d |\n\n| e |\n| f |\n\n.. code-block:: sh\n\n   run\n   it\n\nRun:\n\n    code()\n\n"
        "    more()\n\n    And these are indented words of prose.\n"
    )

    layout = read_markup(text)

    assert [(unit.kind, layout.text_of(unit)) for unit in layout.units] == [
        ("code", "---\ntitle: x\n---"),
        ("sentence", "- one\n  more"),
        ("sentence", "- two"),
        ("row", "+---+---+\n| a | b |\n+---+---+"),
        ("row", "| c | d |"),
        ("row", "| e |"),
        ("row", "| f |"),
        ("code", ".. code-block:: sh\n\n   run\n   it"),
        ("sentence", "Run:"),
        ("code", "    code()\n\n    more()"),
        ("sentence", "And these are indented words of prose."),
    ]


def test_a_rule_at_the_start_that_is_never_closed_is_no_front_matter() -> None:
    layout = read_markup("---\n" + "One sentence stands here.\n" * 300)

    assert "code" not in {unit.kind for unit in layout.units}


def test_blank_lines_within_code_are_no_unit_of_their_own() -> None:
    text = "```\n" + "code()\n" * 11 + "\n" * 12 + "more()\n```"

    assert len(read_markup(text).units) == 2
