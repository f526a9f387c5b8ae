"""Chunks: each says where it comes from, answers stay, and repeated text is folded exactly."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core import frame
from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.passages import overlaps
from headroom_core.compressors.passages.chunk_json import find_items
from headroom_core.compressors.passages.chunk_text import find_chunks, title_of
from headroom_core.compressors.rag import RagChunks, is_chunk_list
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import DecodeError
from headroom_core.settings import Settings
from headroom_core.source import Source
from headroom_core.store.memory import MemoryStore
from tests.conversations import Turn, written

TOPICS = ("river", "copper", "violin", "harbour", "orchard", "glacier", "lantern", "parliament")
QUERY = "When was the zeppelin moored at the tower?"
ANSWER = "The zeppelin was moored at the tower in 1912."


def text_about(number: int) -> str:
    topic = TOPICS[number % len(TOPICS)]
    said = [
        f"The {topic} of district {number} was described by visitor {each} in a letter."
        for each in range(5)
    ]
    if number == 6:
        said.insert(3, ANSWER)
    return " ".join(said)


TEXTS = [text_about(number) for number in range(12)]
RENDERINGS = {
    "numbered": "\n\n".join(f"[{i + 1}] Title {i}\n{t}" for i, t in enumerate(TEXTS)),
    "numbered without titles": "\n\n".join(f"[{i + 1}] {t}" for i, t in enumerate(TEXTS)),
    "listed": "\n\n".join(
        f"{i + 1}. [Title {i}](https://x.test/{i})\n{t}" for i, t in enumerate(TEXTS)
    ),
    "tagged": "\n".join(
        f'<document index="{i + 1}">\n<source>Title {i}</source>\n<document_content>\n{t}\n'
        "</document_content>\n</document>"
        for i, t in enumerate(TEXTS)
    ),
    "named": "\n\n".join(
        f"Document {i + 1}:\nTitle: Title {i}\n\n{t}" for i, t in enumerate(TEXTS)
    ),
    "headings": "\n\n".join(f"## Result {i + 1}: Title {i}\n{t}" for i, t in enumerate(TEXTS)),
    "nodes": "\n\n".join(
        f"Node ID: node-{i}\nText: {t}\nScore: 0.{i}" for i, t in enumerate(TEXTS)
    ),
    "fields": "\n\n".join(
        f"Title: Title {i}\nURL: https://x.test/{i}\nText follows.\n{t}"
        for i, t in enumerate(TEXTS)
    ),
    "sources": "\n\n".join(
        f"Source: {{'title': 'Title {i}'}}\nContent: {t}" for i, t in enumerate(TEXTS)
    ),
    "rules": "\n---\n".join(f"Title {i}\n{t}" for i, t in enumerate(TEXTS)),
    "questions": "\n\n".join(
        f"Q: Which is topic {i}?\nA: Title {i}\n{t}" for i, t in enumerate(TEXTS)
    ),
    "many fields": "\n\n".join(
        f"Title: Title {i}\n" + "".join(f"Field {n}: {n}\n" for n in range(12)) + t
        for i, t in enumerate(TEXTS)
    ),
    "documents": ", ".join(
        f"Document(metadata={{'source': 'Title {i}'}}, page_content='{t}')"
        for i, t in enumerate(TEXTS)
    ),
    "json list": json.dumps(
        [{"id": i, "title": f"Title {i}", "text": t} for i, t in enumerate(TEXTS)]
    ),
    "json object": json.dumps(
        {
            "took": 3,
            "ids": [1, 2],
            "results": [{"title": f"Title {i}", "text": t} for i, t in enumerate(TEXTS)],
        },
        indent=1,
    ),
}


def view(text: str, room: int = 1_500, query: str = QUERY) -> View | None:
    return RagChunks().view(Source(text), Hint(query=query, origin="retrieval"), room)


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_the_answer_and_what_every_chunk_is_called_stay(rendering: str) -> None:
    text = RENDERINGS[rendering]

    seen = view(text)

    assert seen is not None
    assert ANSWER in seen.body
    assert len(seen.body) < len(text) / 2
    assert "[…" in seen.body
    if "Title 3" in text and rendering != "questions":
        assert all(f"Title {number}" in seen.body for number in range(12))


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_what_is_shown_stands_in_the_text_in_the_same_order(rendering: str) -> None:
    text = RENDERINGS[rendering]

    seen = view(text, 700)

    assert seen is not None
    at = 0
    for piece in re.split(r"\[… [^\]\n]+\]", seen.body):
        found = text.find(piece.strip(), at)
        assert found >= 0, piece
        at = found + len(piece.strip())


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_a_question_that_names_nothing_gets_no_view(rendering: str) -> None:
    assert view(RENDERINGS[rendering], query="Tell me what matters here.") is None
    assert view(RENDERINGS[rendering], query="Is quantum chromodynamics confined?") is None


def test_where_names_alone_would_fill_the_room_they_stand_in_the_gaps() -> None:
    seen = view(RENDERINGS["numbered"], 400)

    assert seen is not None
    assert seen.body.startswith("[… 4 chunks, 20 sentences: (1) Title 0, (2) Title 1, (3) Title 2")
    assert "[7] Title 6" in seen.body


def test_what_stands_before_the_first_chunk_is_read_too() -> None:
    text = f"Found 12 documents about the zeppelin for you.\n\n{RENDERINGS['numbered']}"

    seen = view(text)

    assert seen is not None
    assert seen.body.startswith("Found 12 documents about the zeppelin for you.")


def test_objects_of_short_texts_are_shown_whole_or_not_at_all() -> None:
    items = [
        {"question": f"What is the use of the {topic}?", "answer": f"A {topic} is used at home."}
        for topic in TOPICS * 3
    ]
    items[9]["answer"] = ANSWER

    seen = view(json.dumps(items), 300)

    assert seen is not None
    assert json.dumps(items[9]) in seen.body
    assert re.search(r"\[… \d+ items\]", seen.body)


def test_titles_come_from_fields_or_first_lines() -> None:
    assert title_of("<source>a.md</source>\n") == "a.md"
    assert title_of("[3] Rivers\n") == "[3] Rivers"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{",
        '{"a": 1}',
        '{"a": [1, 2], "b": {}}',
        '{"a": [{"x": 1}',
        "[1, 2]",
        '[{"id": 1}, {"id": 2}]',
        json.dumps([{"text": TEXTS[0]}]),
        "[" * 50_000,
        '{"a": ' * 50_000,
        json.dumps([{f"k{n}": "x" * 9 for n in range(40)} | {"text": t} for t in TEXTS[:3]]),
    ],
)
def test_other_json_is_declined(text: str) -> None:
    assert find_items(text) == []
    assert view(text) is None


@pytest.mark.parametrize(
    "text",
    [
        TEXTS[0],
        f"[2] {TEXTS[0]}\n\n[3] {TEXTS[1]}",
        f"{TEXTS[0]}\n\n---\n\n{TEXTS[1]}",
        "1. one\n\n2. two\n\n3. three",
        f"[1] {TEXTS[0]}",
        "\n---\n".join("abc"),
        "\n".join(f"{TEXTS[0]}\n\nThe title of a part\n-----\n" for _ in range(5)),
        "".join(f"{TEXTS[0]}\n\n{rule}\n\n" for rule in ("---", "***", "---", "===")),
        f"<item>\n{TEXTS[0]}",
        " ".join(TEXTS * 2) + "\nTitle: x\n" * 2,
    ],
)
def test_other_texts_have_no_chunks(text: str) -> None:
    assert find_chunks(text) == []


def test_the_first_line_may_begin_a_chunk_or_be_a_rule() -> None:
    listed = [f"{at}. {text} https://docs.example/{at}" for at, text in enumerate(TEXTS[:2], 1)]
    parts = [f"{TEXTS[0]}\n\n"] * 4

    assert [chunk.start for chunk in find_chunks("\n\n".join(listed))] == [0, len(listed[0]) + 2]
    assert find_chunks("---\n\n" + "---\n".join(parts))[0].start == len("---\n\n")
    assert find_chunks("\n" + "\n\n".join(listed)) == []


def test_numbers_that_do_not_count_up_belong_to_the_text() -> None:
    found = find_chunks(f"[1] {TEXTS[0]}\n[7] a note.\n\n[2] {TEXTS[1]}")

    assert len(found) == 2


def folded(text: str) -> str:
    encoded = RagChunks().encode(Source(text), Hint())
    assert encoded is not None
    assert RagChunks().decode(encoded.legend, encoded.body) == text
    frame.frame("chunks", encoded)
    return encoded.body


def overlapping() -> list[str]:
    whole = " ".join(TEXTS)
    return [whole[at : at + 900] for at in range(0, len(whole) - 900, 600)]


@pytest.mark.parametrize("escape", ["", ' He said "so".', " Ça va, 世界。"])
def test_overlaps_and_repeated_chunks_are_folded_and_come_back(escape: str) -> None:
    texts = [f"{each}{escape}" for each in [*overlapping(), *TEXTS[:2]]]
    numbered = "\n\n".join(f"[{i + 1}] Title {i}\n{t}" for i, t in enumerate(texts))
    objects = json.dumps([{"title": f"Title {i}", "text": t} for i, t in enumerate(texts)])

    for text in (numbered, objects):
        body = folded(text)

        assert '[as above: "The ' in body or '[as above: "' in body
        assert len(body) < len(text) * 0.8
        assert all(f"Title {number}" in body for number in range(len(texts)))


def test_nothing_is_folded_where_nothing_repeats_or_marks_would_be_mistaken() -> None:
    distinct = "\n\n".join(f"[{i}] {chr(96 + i) * 300} and so on it goes then" for i in range(1, 9))
    marked = f'{folding_text()}\n\nIt said [as above: "x" .. "y"] and no more.'

    assert RagChunks().encode(Source("No chunks at all stand in this text."), Hint()) is None
    assert RagChunks().encode(Source("a,b\n1,2"), Hint()) is None
    assert RagChunks().encode(Source(distinct), Hint()) is None
    assert RagChunks().encode(Source(marked), Hint()) is None
    assert RagChunks().encode(Source(folding_text()), Hint(origin="file_read")) is None
    assert RagChunks().encode(Source("x" * (overlaps.MOST_CHARS + 1)), Hint()) is None


def folding_text() -> str:
    return "\n\n".join(f"[{i + 1}] {t}" for i, t in enumerate(overlapping()))


def test_a_text_whose_ends_cannot_be_quoted_is_not_folded() -> None:
    start = "The first words are quoted here, as many as it takes"
    often = "and so it goes on and on, " * 12

    texts = ["x" * 400, f"x{often}y\n{often}", f'He said "no" to it, {"and" * 99}']
    for text in (*texts, f'{start} {"ab " * 50}"he" said'):
        twice = f"{text}\n{text}"
        spans = [(0, len(text)), (len(text) + 1, len(twice))]
        assert overlaps.fold(twice, spans) is None


@pytest.mark.parametrize(
    ("legend", "body"),
    [
        ("something else", "x"),
        (overlaps.LEGEND, 'abc [as above: "zzz" .. "abc"]'),
        (overlaps.LEGEND, 'abc [as above: "abc" .. "abc"]'),
        (overlaps.LEGEND, "start end " + '[as above: "start" .. "end"]' * 600),
        (
            overlaps.LEGEND,
            "start "
            + "x" * 4096
            + " end"
            + '[as above: "s" .. "end"]' * 2
            + "x" * 2**22
            + '[as above: "s" .. "end"]',
        ),
    ],
)
def test_damaged_forms_are_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        RagChunks().decode(legend, body)


WORDS = st.sampled_from(
    ["river", "copper", "harbour.", "orchard,", '"lantern"', "世界。", "and", "\n", "of", "Köln"]
)


@settings(max_examples=60)
@given(
    words=st.lists(WORDS, min_size=60, max_size=160),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(20, 100)), min_size=2, max_size=8),
)
def test_folding_decodes_to_the_same_text(words: list[str], cuts: list[tuple[int, int]]) -> None:
    texts = [" ".join(words[start : start + size]) for start, size in cuts]
    text = "\n\n".join(texts)
    spans: list[tuple[int, int]] = []
    at = 0
    for each in texts:
        spans.append((at, at + len(each)))
        at += len(each) + 2

    body = overlaps.fold(text, spans)

    assert body is None or overlaps.unfold(body) == text


def test_ends_that_cannot_be_quoted_are_not_tried_forever() -> None:
    one = f'and "so" {"it goes " * 20}'
    spans = [(at, at + len(one)) for at in range(0, len(one) * 1_100, len(one))]

    assert overlaps.fold(one * 1_100, spans) is None


def test_work_is_bounded_on_a_text_that_repeats_all_over() -> None:
    same = TEXTS[0]
    text = "\n\n".join(f"[{i + 1}] {same}" for i in range(1_200))

    assert folded(text).count("[as above") == 500


def test_a_sentence_that_two_chunks_share_is_shown_once() -> None:
    texts = [*TEXTS, *map(text_about, range(20, 40)), f"{text_about(41)} {ANSWER}"]

    seen = view("\n\n".join(f"[{i + 1}] Title {i}\n{t}" for i, t in enumerate(texts)))

    assert seen is not None
    assert seen.body.count(ANSWER) == 1


@pytest.mark.requirement("chunks.blind")
@pytest.mark.parametrize("rendering", RENDERINGS.values(), ids=RENDERINGS)
def test_chunks_about_which_nothing_is_asked_are_shown_in_full(rendering: str) -> None:
    asks = "Please look at this and tell me what matters."
    turn = Turn(asks, rendering, tool="search_documents")
    engine = Headroom(Settings(retrieval=True, result_budget=300), store=MemoryStore())

    result = engine.compress(written([turn], "openai_chat"))

    assert not any(edit.ref for edit in result.edits)


@pytest.mark.requirement("chunks.blind")
def test_what_a_question_in_other_words_misses_comes_with_one_retrieval() -> None:
    text = RENDERINGS["json list"]
    turn = Turn("Which letter did visitor 2 of the harbour write?", text, tool="search_documents")
    engine = Headroom(Settings(retrieval=True, result_budget=300), store=MemoryStore())

    (edit,) = engine.compress(written([turn], "openai_chat")).edits
    found = engine.retrieve(edit.ref or "", query=QUERY, max_tokens=1_500)

    assert ANSWER in found.text


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_a_list_of_chunks_in_json_is_told_by_its_texts(rendering: str) -> None:
    assert is_chunk_list(RENDERINGS[rendering]) == rendering.startswith("json")
    assert not is_chunk_list(json.dumps([{"id": number} for number in range(90)]))


def test_chunks_that_hold_code_and_lists_are_chunks_by_their_names() -> None:
    code = "```js\napp.register(plugin, { prefix: '/v1' })\nawait app.listen({ port: 3 })\n```\n"
    listed = "* [Guides](./Guides.md)\n* [Server](./Server.md)\n* [Routes](./Routes.md)\n"
    rows = [
        {
            "id": at,
            "source": f"page-{at}.md",
            "text": f"{code}{listed}Case {at} ends.",
            "score": 0.5,
        }
        for at in range(12)
    ]
    text = json.dumps(rows)

    assert RagChunks().claims(Source(text), Hint(query="prefix"))
    renamed = text.replace('"text"', '"body"')
    assert not RagChunks().claims(Source(renamed), Hint(query="prefix"))
