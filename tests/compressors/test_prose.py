"""Prose: the sentences that answer stay, verbatim and in order, and gaps say what they held."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.likeness import reads_like_prose
from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.passages.scoring import score
from headroom_core.compressors.passages.sentences import sentences
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.keep import KeepRules
from headroom_core.source import Source

GAP = re.compile(r"\[… [^\]\n]+\]")
TOPICS = ("river", "copper", "violin", "harbour", "orchard", "glacier", "lantern", "parliament")


def paragraph(topic: str, number: int) -> str:
    return " ".join(
        f"The {topic} of district {number} was described by visitor {each} in a long letter home."
        for each in range(number, number + 6)
    )


def document(answer: str = "") -> str:
    parts = ["# Travels", "All of this was collected by hand over many patient years."]
    for number, topic in enumerate(TOPICS):
        parts += [f"## About the {topic}", paragraph(topic, number), paragraph(topic, number + 40)]
        if number == 4:
            parts.append(answer)
    return "\n\n".join(filter(None, parts))


def view(text: str, query: str, room: int = 1_500, **more: object) -> View | None:
    hint = Hint(query=query, keep=KeepRules(**more) if more else None)  # type: ignore[arg-type]  # a table of cases
    return ProseCompressor().view(Source(text), hint, room)


def shown(text: str, query: str, room: int = 1_500) -> str:
    seen = view(text, query, room)
    assert seen is not None
    return seen.body


def assert_verbatim(text: str, body: str) -> None:
    """Every piece between two gaps stands in the text, after the piece before it."""
    at = 0
    for piece in GAP.split(body):
        if piece.strip():
            found = text.find(piece.strip("\n"), at)
            assert found >= 0, piece
            at = found + len(piece.strip("\n"))


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


@pytest.mark.parametrize("query", ['What does "About the violin" say?', "“About the violin”?"])
def test_a_section_that_is_named_is_kept_from_its_start(query: str) -> None:
    body = shown(document(), query)

    assert paragraph("violin", 2) in body
    assert "glacier of district" not in body


@pytest.mark.parametrize(
    "query",
    [
        "",
        "Please summarize this document.",
        "Tell me what matters here.",
        "这是文档，请看一下。",
        "How does quantum chromodynamics explain confinement?",
        "Who was it, and by whom?",
    ],
)
def test_it_abstains_where_the_question_names_nothing_of_the_text(query: str) -> None:
    assert view(document(), query) is None


def test_the_words_of_a_search_count_as_the_question() -> None:
    hint = Hint(tool="search", arguments='{"query": "zeppelin mooring", "limit": 3, "path": "a/b"}')
    text = document("The zeppelin was moored in 1912.")

    seen = ProseCompressor().view(Source(text), hint, 1_000)

    assert seen is not None
    assert "zeppelin" in seen.body


@pytest.mark.parametrize("arguments", ["[1]", "{", '{"query": "' + "x " * 3_000 + '"}'])
def test_odd_arguments_ask_for_nothing(arguments: str) -> None:
    assert ProseCompressor().view(Source(document()), Hint(arguments=arguments), 1_000) is None


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


def test_every_sentence_with_a_rare_word_of_the_question_stays() -> None:
    text = document("One zeppelin came.") + "\n\nLater the zeppelin was sold to a museum abroad."

    body = shown(text, "Which zeppelin, and what of the river, the copper and the violin?", 200)

    assert "One zeppelin came." in body
    assert "Later the zeppelin was sold to a museum abroad." in body


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


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("异步组件", 1),
        ("Wo liegt Köln?", 2),
        ("user id", 3),
        ("`4711`", 4),
        ("colonial", 5),
    ],
)
def test_a_word_of_any_script_and_spelling_is_counted(query: str, hit: int) -> None:
    text = "Nothing here.\n\n这是异步组件。\n\nIn Köln.\n\nSets userId.\n\nIt is 4711.\n\nColonies."

    scores = score(read_markup(text), asked(Hint(query=query))).units

    assert [number for number, each in enumerate(scores) if each > 0] == [hit]


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


def test_a_named_section_longer_than_the_room_is_shown_from_its_start() -> None:
    long = "\n\n".join(paragraph("violin", number) for number in range(30))
    text = f"{document()}\n\n## The long part\n\nIt starts here.\n\n### More\n\n{long}"

    body = shown(text, 'What does the section "The long part" say?', 2_000)

    assert f"## The long part\n\nIt starts here.\n\n### More\n\n{paragraph('violin', 0)}" in body
    assert "[… 1" in body
    assert len(body) < 2_800


def test_units_too_long_for_the_room_leave_it_to_shorter_ones() -> None:
    long = "and on " * 150
    text = "\n\n".join([f"The zeppelin rose {each} {long}." for each in range(60)])
    text += "\n\nA zeppelin rose."

    body = shown(text, "zeppelin rose", 600)

    assert len(body) < 4_000


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


def test_a_text_that_all_fits_gets_no_view() -> None:
    assert view("The zeppelin was moored at the old tower for a long time.", "zeppelin") is None


def test_a_long_message_asks_at_its_ends() -> None:
    query = "Here is some background. " * 400 + "When was the zeppelin moored?"

    assert "The zeppelin" in shown(document("The zeppelin was moored in 1912."), query, 900)


def test_other_forms_of_a_word_are_found_too() -> None:
    text = document("A tropical storm came over the colonial settlement that year.")

    body = shown(text, "What befell the tropics and their colonies?", 900)

    assert "A tropical storm came over the colonial settlement that year." in body


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("When was the harbour described?", "The harbour was described in print in 1774."),
        ("Who described the harbour?", "The harbour was described in print by Anna Lindqvist."),
        ("How many have described the harbour?", "The harbour was described by four hundred."),
    ],
)
def test_what_could_be_an_answer_goes_before_what_could_not(query: str, answer: str) -> None:
    text = document().replace("district 3", "this district").replace("visitor", "people")
    text = re.sub(r"\d+", "some", text)

    body = shown(f"{text}\n\n## Prints\n\n{answer}", query, 900)

    assert answer in body


def test_a_sentence_that_goes_on_with_a_pronoun_is_read_with_the_one_before_it() -> None:
    other = "Nothing of this kind was ever done in the neighbouring towns."
    text = document(f"The zeppelin was moored there. It left for the coast at dawn. {other}")
    text = text.replace("## About the orchard", "## About the zeppelin and the orchard")

    assert "It left for the coast at dawn." in shown(text, "Where did the zeppelin go?", 700)


def test_however_much_must_stay_what_answers_best_is_shown() -> None:
    rare = "\n\n".join(f"The word zeppelin stands in row {n} of many." for n in range(12))
    text = f"{document()}\n\n{rare}\n\n" + "\n\n".join(
        paragraph("valley", number) for number in range(0, 400, 7)
    )
    best = "The harbour and its violin were described by visitor 47 in a long letter home."

    body = shown(f"{text}\n\n{best}", "Which zeppelin of the harbour, and which violin?", 500)

    assert body.count("zeppelin stands") == 12
    assert best in body


def test_of_a_long_message_only_the_rarest_words_must_stay() -> None:
    words = " ".join(f"word{letter}" for letter in "abcdefghijklmnop")
    rows = [
        f"The word{'abcdefghijklmnop'[n % 16]} was seen again by visitor {n}." for n in range(400)
    ]
    text = "\n\n".join([*rows, "The zeppelin was moored at the tower."])

    seen = view(text, f"Where was the zeppelin moored? Not: {words}", 1_200)

    assert seen is not None
    assert "zeppelin was moored" in seen.body
    assert seen.required < 200


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


def test_words_of_any_request_do_not_count_as_being_answered() -> None:
    text = document("The section matters, and so does this chapter, as examples.")

    assert view(text, "Which section matters to the xylophone of this chapter?") is None


def test_how_to_answer_is_no_part_of_the_question() -> None:
    text = document("A brief source, in short sentences, is the best of results.")

    assert (
        view(text, "Be brief, use short sentences, and cite sources. Who was the xylophonist?")
        is None
    )
