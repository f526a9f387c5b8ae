"""Hidden exchanges in Agno's messages: kept in the store, put back into later requests.

Agno keeps the id of a message wherever it keeps the message, and hands over a window of the
history that moves (`num_history_runs`, `max_tool_calls_from_history`). So an exchange is kept under
the message that Agno got for it, its id, text and calls, and not under all that stood before it: it
is put back wherever that message still stands, and not where the message was edited since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agno.models.message import Message as AgnoMessage

from headroom_agno.codec import AgnoCodec
from headroom_core.formats.wire import is_object
from headroom_core.messages import Message, Text
from headroom_core.retrieve_loop import Hidden, History

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.store.base import Store

OWN_WORDS = -1
"""The place of an entry that is no call: what the model said in the turn that Agno's message ends.

A stream has shown the text of earlier rounds by then, and Agno's message holds it all in one."""

SPOKEN = ("content", "reasoning_content", "redacted_reasoning_content")


class AgnoTranscript:
    """The `Transcript` of Agno's messages."""

    def __init__(self) -> None:
        self._codec = AgnoCodec()

    def parse(self, native: AgnoMessage) -> Message:
        message = self._codec.parse(native)
        if message.role == "assistant":
            said = tuple(part for part in message.parts if part != Text(""))
            return Message("assistant", (Text(native.id), *said))
        return Message("user", message.parts)

    def dump(self, native: AgnoMessage) -> object:
        return native.to_dict()

    def load(self, kept: object) -> AgnoMessage:
        if not is_object(kept):
            raise ValueError("what was kept is no message")
        return AgnoMessage.from_dict(kept)

    def put_back(
        self, turn: Sequence[AgnoMessage], calls: Sequence[tuple[int, object]]
    ) -> list[AgnoMessage]:
        last = turn[-1]
        update: dict[str, object] = {}
        whole: list[object] = list(last.tool_calls or [])
        for place, entry in calls:
            if place != OWN_WORDS:
                whole.insert(place, entry)
            else:
                update.update(entry if is_object(entry) else {})
        if whole:
            update["tool_calls"] = whole
        return [*turn[:-1], last.model_copy(update=update)]

    def add_results(
        self, after: Sequence[AgnoMessage], results: Sequence[AgnoMessage]
    ) -> list[AgnoMessage]:
        return [*results, *after]


def own_words(turn: AgnoMessage) -> tuple[int, object]:
    """What a model said in one turn, as an entry of `Hidden.calls`."""
    return OWN_WORDS, {name: getattr(turn, name) for name in SPOKEN}


def keep(store: Store, got: AgnoMessage, hidden: Hidden[AgnoMessage]) -> bool:
    """Keep what is hidden behind the message that Agno got; `False` when it could not be kept."""
    return History(AgnoTranscript(), store).keep([], [got], hidden)


def replay(store: Store, messages: Sequence[AgnoMessage]) -> list[AgnoMessage]:
    """Return Agno's messages with all hidden exchanges that the store knows of put back."""
    history = History(AgnoTranscript(), store)
    out: list[AgnoMessage] = []
    for turn in _turns(messages):
        if turn[0].role == "assistant":
            out.extend(_on_its_own(turn[0], history.replay(turn)))
        else:
            out.extend(turn)
    return out


def _turns(messages: Sequence[AgnoMessage]) -> list[list[AgnoMessage]]:
    """The messages in runs that each start with what the assistant said."""
    runs: list[list[AgnoMessage]] = []
    for message in messages:
        if message.role == "assistant" or not runs:
            runs.append([])
        runs[-1].append(message)
    return runs


def _on_its_own(got: AgnoMessage, replayed: list[AgnoMessage]) -> list[AgnoMessage]:
    """The messages of a turn, with no thread back to the provider where Agno has cut it.

    When Agno folds older messages into a summary, it takes the ids of responses out of those that
    it keeps, so that the provider does not go on from what was folded.
    """
    if (got.provider_data or {}).get("response_id") is not None:
        return replayed
    return [
        message.model_copy(update={"provider_data": _without_thread(message.provider_data)})
        if message.id != got.id and "response_id" in (message.provider_data or {})
        else message
        for message in replayed
    ]


def _without_thread(data: dict[str, object] | None) -> dict[str, object]:
    return {key: value for key, value in (data or {}).items() if key != "response_id"}
