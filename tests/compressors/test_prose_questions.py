"""Questions about prose: what they name is found in any spelling, and what they do not is not."""

import re

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.passages.scoring import score
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.source import Source
from tests.compressors.travels import document, paragraph, shown, view


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


def test_every_sentence_with_a_rare_word_of_the_question_stays() -> None:
    text = document("One zeppelin came.") + "\n\nLater the zeppelin was sold to a museum abroad."

    body = shown(text, "Which zeppelin, and what of the river, the copper and the violin?", 200)

    assert "One zeppelin came." in body
    assert "Later the zeppelin was sold to a museum abroad." in body


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


def test_a_named_section_longer_than_the_room_is_shown_from_its_start() -> None:
    long = "\n\n".join(paragraph("violin", number) for number in range(30))
    text = f"{document()}\n\n## The long part\n\nIt starts here.\n\n### More\n\n{long}"

    body = shown(text, 'What does the section "The long part" say?', 2_000)

    assert f"## The long part\n\nIt starts here.\n\n### More\n\n{paragraph('violin', 0)}" in body
    assert "[… 1" in body
    assert len(body) < 2_800


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


def test_words_of_any_request_do_not_count_as_being_answered() -> None:
    text = document("The section matters, and so does this chapter, as examples.")

    assert view(text, "Which section matters to the xylophone of this chapter?") is None


def test_how_to_answer_is_no_part_of_the_question() -> None:
    text = document("A brief source, in short sentences, is the best of results.")

    assert (
        view(text, "Be brief, use short sentences, and cite sources. Who was the xylophonist?")
        is None
    )


@pytest.mark.parametrize("phrase", ["7,294", "'?\u2060s'", "--"])
def test_what_a_question_quotes_to_the_letter_is_an_answer_even_without_a_word(phrase: str) -> None:
    row = f"| {phrase} | 9,464 |"
    text = document(f"| key | size |\n|:--|:---|\n| no | 1,000 |\n{row}")

    body = shown(text, f"What else stands in the row of `{phrase}`?")

    assert row in body
    assert "| key | size |" in body


def test_what_is_quoted_and_stands_everywhere_is_no_answer() -> None:
    assert view(document(), "What of `er`?") is None
    assert view(document(), "What of `e`?") is None
