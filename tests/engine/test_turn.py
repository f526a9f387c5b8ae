"""What a user pasted is shortened, what the user wrote is not, and all of it can be had back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core import frame
from headroom_core.compressors.base import Compressor, Encoded, Hint, View
from headroom_core.conversations import decode_messages
from headroom_core.engine.headroom import Headroom
from headroom_core.engine.words import own_words
from headroom_core.settings import CompressibleRole, Mode, Settings
from headroom_core.store.memory import MemoryStore
from tests.conversations import ANY_TEXT, Native, Turn, log, rows, written

BOTH: frozenset[CompressibleRole] = frozenset({"user", "tool"})
ASKS = "When was the zeppelin moored at the tower?"
ANSWER = "The zeppelin was moored at the tower in 1912."
TOPICS = ("river", "copper", "violin", "harbour", "orchard", "glacier", "lantern", "parliament")


def chunk(number: int) -> str:
    topic = TOPICS[number % len(TOPICS)]
    said = [f"The {topic} of ward {number} was seen by visitor {n} on a walk." for n in range(12)]
    return " ".join([*said[:6], *([ANSWER] if number == 6 else []), *said[6:]])


CHUNKS = "\n\n".join(f"[{n + 1}] Title {n}\n{chunk(n)}" for n in range(16))
DOCUMENTS = "\n".join(f"<document>\n{chunk(n)}\n</document>" for n in range(16))
JSON_CHUNKS = json.dumps([{"title": f"Title {n}", "text": chunk(n)} for n in range(16)], indent=1)
LOG = log(600, fatal_at=300)
CODE = "\n".join(f"def f{n}(x):\n    y = x + {n}\n    return y * {n}\n" for n in range(300))


def engine(mode: Mode = "balanced", **more: Any) -> Headroom:
    return Headroom(Settings(mode=mode, retrieval=True, roles=BOTH, **more), store=MemoryStore())


def user(text: str) -> list[Native]:
    return [{"role": "user", "content": text}]


def content(messages: list[Native]) -> str:
    return str(messages[-1]["content"])


@pytest.mark.requirement("turn.lossy")
@pytest.mark.parametrize(
    ("before", "block", "after"),
    [
        ("Use this.\n\n```\n", f"{CHUNKS}\n", f"```\n{ASKS}"),
        ("<context>\n", f"{CHUNKS}\n", f"</context>\n\n{ASKS}\n"),
        ("", f"{DOCUMENTS}\n", ASKS),
        (f"{ASKS}\n\n", f"{JSON_CHUNKS}\n", ""),
        ("Use only these.\n\n", f"{CHUNKS}\n\n", f"Question: {ASKS}"),
    ],
)
def test_the_question_beside_a_block_chooses_what_is_shown_of_it(
    before: str, block: str, after: str
) -> None:
    working = engine()

    result = working.compress(user(before + block + after))

    shown = content(result.messages)
    assert shown.startswith(f"{frame.MIXED}\n{before}[headroom ")
    assert shown.endswith(after)
    assert ANSWER in shown
    assert result.tokens_after * 2 < result.tokens_before
    (edit,) = result.edits
    assert not edit.lossless
    assert edit.ref is not None
    assert working.retrieve(edit.ref).text == block
    assert working.compress(result.messages).messages == result.messages


@pytest.mark.requirement("turn.lossless")
@pytest.mark.parametrize("block", [LOG, f"{rows(80)}\n", "waiting\n" * 400])
def test_without_retrieval_a_block_has_a_lossless_form(block: str) -> None:
    messages = user(f"[headroom is a name\n```\n{block}```\nWhat of it?")

    result = engine("lossless").compress(messages)

    shown = content(result.messages)
    assert f"{frame.MIXED}\n\\[headroom is a name\n```\n[headroom " in shown
    assert shown.endswith("```\nWhat of it?")
    assert result.tokens_after < result.tokens_before
    assert decode_messages(result.messages) == messages


@pytest.mark.requirement("turn.lossy")
def test_every_block_has_a_note_and_a_ref_of_its_own() -> None:
    text = f"First:\n```\n{LOG}```\nthen\n<file>\n{rows(300)}\n</file>\n```\n{'x ' * 300}\n```\nSo?"
    working = engine()

    result = working.compress(user(text))

    shown = content(result.messages)
    assert [edit.message for edit in result.edits] == [0, 0]
    originals = [working.retrieve(edit.ref or "").text for edit in result.edits]
    assert originals == [LOG, f"{rows(300)}\n"]
    assert own_words(shown).startswith("First:\n```\n```\nthen\n<file>\n</file>\n```\n")
    decoded = content(decode_messages(result.messages))
    assert decoded.startswith("First:\n```\n[headroom ")
    assert decoded.endswith(f"```\n{'x ' * 300}\n```\nSo?")


def test_a_message_with_nothing_to_shorten_is_the_same_object() -> None:
    messages = user(f"{ASKS}\n```\n{'abcd ' * 100}\n```\n") + user("x\n" * 900)

    result = engine().compress(messages)

    assert all(a is b for a, b in zip(result.messages, messages, strict=True))
    assert not result.edits


def test_a_message_that_would_grow_by_its_header_is_left() -> None:
    pairs = [f"{one} {other}\n" for one in TOPICS for other in TOPICS[:4]]
    block = "".join(pairs) + "ok\n" * 22
    alone = written([Turn("And?", block)], "openai_chat")

    result = engine("lossless").compress(user(f"```\n{block}```\n"))

    assert engine("lossless").compress(alone).edits
    assert not result.edits


@pytest.mark.requirement("turn.documents")
def test_documents_of_a_message_are_blocks_of_it() -> None:
    source = {"type": "text", "media_type": "text/plain", "data": CHUNKS}
    found = {"type": "search_result", "title": "t", "content": [{"type": "text", "text": LOG}]}
    parts = [{"type": "document", "source": source}, found, {"type": "text", "text": ASKS}]
    messages: list[Native] = [{"role": "user", "content": parts}]
    working = engine()

    result = working.compress(messages)

    blocks: Any = result.messages[0]["content"]
    assert ANSWER in blocks[0]["source"]["data"]
    assert blocks[0]["source"]["data"].startswith("[headroom ")
    assert "FATAL db pool exhausted" in blocks[1]["content"][0]["text"]
    assert blocks[2] is parts[2]
    assert [working.retrieve(e.ref or "").text for e in result.edits] == [CHUNKS, LOG]
    assert working.compress(result.messages).messages == result.messages


def test_what_follows_is_asked_by_the_words_alone() -> None:
    turns = written(
        [Turn(f"```\n{LOG}```\n{ASKS}", CHUNKS, tool="search_documents")], "openai_chat"
    )
    recorder = Recorder()

    Headroom(
        Settings(roles=frozenset({"user", "tool"})), store=MemoryStore(), compressors=(recorder,)
    ).compress([*turns, *user(f"```\n{LOG}```\n"), *turns[1:]])

    assert [hint.query for hint in recorder.hints] == [
        f"```\n```\n{ASKS}",
        f"```\n```\n{ASKS}",
        "```\n```\n",
        "```\n```\n",
    ]


class Recorder(Compressor):
    name = "recorder"
    keeps_lines = True

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def encode(self, source: object, hint: Hint) -> Encoded | None:
        self.hints.append(hint)
        return None


@pytest.mark.parametrize(
    ("opening", "origin", "path"),
    [
        ('<file path="src/app.py">', "file_read", "src/app.py"),
        ("<code>", "file_read", ""),
        ('<document name="notes.md">', "file_read", "notes.md"),
        ("<document>", "unknown", ""),
        ("```python", "file_read", ""),
        ("```src/app.py", "file_read", "src/app.py"),
        ("```log", "unknown", ""),
        ("```", "unknown", ""),
    ],
)
def test_a_file_that_was_pasted_is_a_file_that_was_read(
    opening: str, origin: str, path: str
) -> None:
    closing = f"</{opening[1:].partition(' ')[0].rstrip('>')}>" if opening[0] == "<" else "```"
    recorder = Recorder()

    Headroom(
        Settings(roles=frozenset({"user"})), store=MemoryStore(), compressors=(recorder,)
    ).compress(user(f"Fix it.\n{opening}\n{CODE}{closing}\n"))

    (hint,) = recorder.hints
    assert (hint.origin, hint.path, hint.edited) == (origin, path, False)


def test_a_file_that_the_conversation_edits_is_not_hidden() -> None:
    pytest.importorskip("tree_sitter_language_pack")
    edit: Native = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "c",
                "type": "function",
                "function": {
                    "name": "edit_file",
                    "arguments": '{"path": "src/app.py", "old_string": "a", "new_string": "b"}',
                },
            }
        ],
    }
    pasted = user(f'Now fix f7.\n<file path="src/app.py">\n{CODE}</file>\n')

    assert engine().compress(pasted).edits[0].ref
    assert not any(each.ref for each in engine().compress([edit, *pasted]).edits)


def test_a_block_with_the_lines_of_an_agent_around_it_has_one_frame() -> None:
    run = "\n".join(["waiting for the lock"] * 200)
    messages = user(f"```\nExit code: 1\nOutput:\n{run}\n```\nWhy?")

    result = engine("lossless").compress(messages)

    assert content(result.messages).count(frame.MIXED) == 1
    assert decode_messages(result.messages) == messages


def test_the_words_of_a_message_are_the_same_before_and_after() -> None:
    text = f"Look:\n```\n{LOG}```\n{ASKS}\n[headroom is a word\n"

    shown = content(engine().compress(user(text)).messages)

    assert shown != text
    assert own_words(shown) == own_words(text) == f"Look:\n```\n```\n{ASKS}\n[headroom is a word\n"


class Short(Compressor):
    """A view of one line, without a line end."""

    name = "short"

    def view(self, source: object, hint: Hint, room: int) -> View | None:
        return View("one line", "lines", 1, 9, "")


def test_a_note_says_how_far_its_view_reaches() -> None:
    working = Headroom(
        Settings(roles=frozenset({"user"}), retrieval=True),
        store=MemoryStore(),
        compressors=(Short(),),
    )

    shown = content(working.compress(user(f"```\n{LOG}```\nWhy?")).messages)

    assert "1 of 9 lines shown, in the next 1 line; more:" in shown
    assert shown.endswith("]\none line\n```\nWhy?")
    assert own_words(shown) == "```\n```\nWhy?"


PIECES = st.sampled_from(
    [
        *("```\n", "```\n", "<context>\n", "</context>\n", "\n\n", "And now?\n", ASKS, "\\"),
        *("[headroom x\n", f"{frame.MIXED}\n", "[headroom runs, 2 lines: x]\n", "Exit code: 1\n"),
        *(f"{CHUNKS}\n", f"{DOCUMENTS}\n", f"{JSON_CHUNKS}\n", LOG, "waiting\n" * 200, CODE),
    ]
)


@pytest.mark.requirement("turn.lossy")
@settings(max_examples=30)
@given(
    st.lists(st.lists(st.one_of(PIECES, PIECES, ANY_TEXT), max_size=7).map("".join), max_size=3),
    st.sampled_from(["lossless", "balanced"]),
)
def test_any_turns_are_shortened_once_and_by_what_stands_before_them(
    texts: list[str], mode: Mode
) -> None:
    messages = [
        message
        for text in texts
        for message in written([Turn(text, CHUNKS, tool="search_documents")], "openai_chat")
    ]
    once = engine(mode).compress(messages)

    assert engine(mode).compress(once.messages).messages == once.messages
    assert engine(mode).compress(messages[:-1]).messages == once.messages[:-1]
    assert once.tokens_after <= once.tokens_before
    if mode == "lossless":
        ours = [m for m in messages if str(m["content"]).startswith("[headroom ")]
        assert ours or decode_messages(once.messages) == messages
