"""The causal context: what is known of a part, from what stands before it alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Earlier
from headroom_core.engine import causal
from headroom_core.engine.causal import Causal
from headroom_core.keep import KeepRules
from headroom_core.messages import Image, Message, Opaque, Part, Text, ToolCall, ToolResult

READ = ToolCall("c1", "Read", json.dumps({"file_path": "/a.py"}))
RESULT = ToolResult("the text", "c1")
PARTS = st.one_of(
    st.builds(Text, st.text(max_size=3)),
    st.builds(ToolCall, st.text(max_size=2), st.text(max_size=2), st.text(max_size=2)),
    st.builds(
        ToolResult, st.text(max_size=3), st.text(max_size=2), st.booleans(), st.text(max_size=2)
    ),
)
MESSAGES = st.lists(
    st.builds(Message, st.sampled_from(["user", "tool"]), st.lists(PARTS, max_size=3).map(tuple)),
    max_size=3,
)


def fresh() -> Causal:
    return Causal(KeepRules(), legends=False)


def after(*messages: Message) -> Causal:
    causal = fresh()
    for message in messages:
        causal.read(message)
        causal.pass_by(message, {})
    return causal


def name_of(messages: list[Message]) -> bytes:
    causal = fresh()
    names = [causal.read(message) for message in messages]
    return names[-1] if names else b""


@given(one=MESSAGES, other=MESSAGES)
def test_only_the_same_messages_have_the_same_name(
    one: list[Message], other: list[Message]
) -> None:
    assert (name_of(one) == name_of(other)) == (one == other)


def test_lone_surrogates_have_a_name_too() -> None:
    assert name_of([Message("user", (Text("\ud800"),))]) != name_of(
        [Message("user", (Text("\ud801"),))]
    )


@pytest.mark.parametrize("part", [Image(), Opaque("thinking")])
def test_what_is_never_changed_has_no_part_in_the_name(part: Part) -> None:
    assert name_of([Message("user", (part,))]) == name_of([Message("user", (Opaque("x"),))])


def test_the_call_of_a_result_says_where_it_comes_from() -> None:
    causal = after(Message("user", (Text("Why?"),)), Message("assistant", (READ,)))

    hint = causal.hint(RESULT)

    assert (hint.origin, hint.tool, hint.path) == ("file_read", "Read", "/a.py")
    assert (hint.arguments, hint.query) == (READ.arguments, "Why?")
    assert (hint.edited, hint.is_error, hint.legends) == (False, False, False)
    assert causal.tool_of(RESULT) == "Read"


def test_an_orphan_has_only_the_name_that_it_bears() -> None:
    hint = fresh().hint(ToolResult("x", "nowhere", is_error=True, name="Bash"))

    assert (hint.tool, hint.origin, hint.arguments, hint.is_error) == ("Bash", "command", "", True)


def test_text_comes_from_no_tool() -> None:
    causal = after(Message("assistant", (READ,)))

    assert causal.tool_of(Text("x")) == ""
    assert causal.hint(Text("x")).origin == "unknown"


@pytest.mark.parametrize(
    ("tool", "arguments", "edited"),
    [
        ("Edit", {"file_path": "/a.py"}, True),
        ("Edit", {"file_path": "/b.py"}, False),
        ("Bash", {"command": "sed -i s/a/b/ /a.py"}, True),
        ("Bash", {"command": "cat /a.py"}, False),
        ("str_replace_editor", {"command": "view", "path": "/a.py"}, False),
    ],
)
def test_an_edit_of_the_same_file_is_seen(
    tool: str, arguments: dict[str, str], edited: bool
) -> None:
    edit = ToolCall("c0", tool, json.dumps(arguments))

    assert after(Message("assistant", (edit, READ))).hint(RESULT).edited == edited


def test_the_latest_question_counts_and_only_users_ask() -> None:
    causal = after(
        Message("user", (Text("first"),)),
        Message("user", (Text("second"), Text("part"))),
        Message("assistant", (Text("an answer"),)),
        Message("user", (ToolResult("x", "c1"),)),
    )

    assert causal.query == "second\npart"


def test_of_a_long_question_both_ends_count() -> None:
    causal = after(Message("user", (Text("Why? " + "x" * 5_000 + " And how?"),)))

    assert causal.query.startswith("Why? x")
    assert causal.query.endswith("x And how?")
    assert len(causal.query) == 2_000


def test_results_become_bases_for_what_follows() -> None:
    causal = fresh()
    causal.read(Message("assistant", (READ,)))
    message = Message("tool", (RESULT, ToolResult("y", "nowhere", name="Bash"), Text("z")))
    causal.read(message)
    causal.pass_by(message, {0: False})

    assert causal.hint(RESULT).earlier == (
        Earlier("the text", "c1", "Read", "/a.py", whole=False),
        Earlier("y", "nowhere", "Bash", "", whole=True),
    )


def test_a_message_has_the_same_name_however_much_of_it_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = Message("tool", (ToolResult("é\ud800a" * 3, "c1"), Text("é\ud800a" * 3)))
    name = Causal(KeepRules(), legends=False).read(message)

    monkeypatch.setattr(causal, "_AT_ONCE", 2)

    assert Causal(KeepRules(), legends=False).read(message) == name
