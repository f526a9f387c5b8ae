"""Agno's messages, one of each kind, and a conversation with something to shorten in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agno.media import Audio, Image
from agno.models.message import Citations, Message, UrlCitation

from headroom_core.testing.zoo.texts import LISTING, LOG, ROWS
from tests.conversations import log

if TYPE_CHECKING:
    from collections.abc import Sequence


def call(call_id: str, name: str, arguments: str = "{}") -> dict[str, object]:
    """A call as Agno keeps it, whatever the provider."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def asked(*calls: dict[str, object], text: str | None = None) -> Message:
    """A turn of the assistant that calls tools."""
    return Message(role="assistant", content=text, tool_calls=list(calls))


def printed(text: object, call_id: str, name: str, **fields: object) -> Message:
    """The result of a call."""
    return Message.model_validate(
        {"role": "tool", "content": text, "tool_call_id": call_id, "tool_name": name, **fields}
    )


def conversation() -> list[Message]:
    """An agent's work: texts, lists, several results in a message, an error."""
    return [
        Message(role="system", content="Be brief.\n" * 60),
        Message(role="user", content="What failed?"),
        asked(call("c1", "run_command", '{"command": "make test"}'), text="Let me see."),
        printed(log(500, fatal_at=7), "c1", "run_command", tool_args={"command": "make test"}),
        asked(call("c2", "http_get"), call("c3", "grep")),
        printed([{"type": "text", "text": ROWS}, {"type": "image"}], "c2", "http_get"),
        printed(LISTING, "c3", "grep", tool_call_error=True),
        Message(
            role="assistant", content="Done.", provider_data={"id": "x"}, reasoning_content="."
        ),
        Message(role="user", content=[{"type": "text", "text": "And here?"}]),
    ]


def zoo() -> Sequence[Message]:
    """Messages of every kind that Agno makes or restores."""
    cited = Citations(raw=[{"at": 3}], urls=[UrlCitation(url="https://example.com", title="t")])
    return [
        *conversation(),
        Message(role="developer", content="Use tools."),
        Message(role="user", content="Look.", images=[Image(url="https://example.com/a.png")]),
        Message(role="user", content=None),
        Message(role="user", content="Listen.", audio=[Audio(url="https://example.com/a.mp3")]),
        Message(role="assistant", content="See [1].", citations=cited),
        Message(role="assistant", content=[{"type": "text", "text": "x", "citations": [{}]}]),
        asked({"id": "c8", "type": "custom"}),
        # A session of an earlier Gemini model: several results in one message.
        Message(
            role="tool",
            content=[LOG, ROWS],
            tool_calls=[
                {"tool_call_id": "c4", "tool_name": "read_log", "content": LOG},
                {"tool_call_id": "c5", "tool_name": "http_get", "content": ROWS},
            ],
        ),
        # A session of an earlier Bedrock model.
        Message(role="user", content=[{"toolResult": {"toolUseId": "c6", "content": []}}]),
        printed(f'<result id="r1">\n{LOG}\n</result>', "c7", "read_log"),
        printed(LOG, "c9", "read_result"),
        printed(LOG, "c10", "read_log", compressed_content="61 lines of a log"),
        printed([LOG, 7, ROWS], "c11", "read_log"),
        Message(role="tool", content=LOG, some_field="of a plugin"),  # type: ignore[call-arg]  # Agno allows more fields
        Message(role="alien", content="?"),
    ]
