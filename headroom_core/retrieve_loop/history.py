"""Hidden exchanges: kept in the store, and put back into the later requests of the conversation.

The client does not know of them. What it sends later must nevertheless lead to the same prefix as
before, or the provider's cache is lost and the model pays for the same retrieval again. So each is
kept under a digest of what the client did see: its conversation up to and including the answer.
System text, marks for caches, thinking and ids of messages may change and are not part of it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_core.errors import StoreError
from headroom_core.formats.recognise import codec_for
from headroom_core.formats.wire import is_array, is_object
from headroom_core.messages import Message, Text, ToolCall, ToolResult
from headroom_core.retrieve_loop.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.store.base import Store

logger: logging.Logger = logging.getLogger(__name__)

_KEY = "hidden exchange "
_RESULTS = "hidden results of "


@dataclass(slots=True)
class Hidden:
    """What a client does not see of one turn."""

    before: list[object] = field(default_factory=list[object])
    """Whole messages in front of the turn: calls of ours, and their results."""
    calls: list[tuple[int, object]] = field(default_factory=list[tuple[int, object]])
    """Calls of ours that stood in the turn beside the client's own, with their places."""
    results: list[object] = field(default_factory=list[object])
    """Their results, which follow the turn."""
    shown: list[object] = field(default_factory=list[object])
    """What of `before` the client saw all the same, at the start of its turn: it was streamed."""
    stands_on: str = ""
    """What `stands_on` gives for the conversation."""
    response_id: str = ""
    """The id of the response that the client got in the end."""


def stands_on(shape: WireFormat, previous: str) -> str:
    """What else tells a conversation from another: its format, and the response it goes on from."""
    return f"{shape} {previous}"


class _Seen:
    """A running digest of what a client sees of a conversation."""

    def __init__(self, stands_on: str) -> None:
        self._digest = hashlib.sha256(stands_on.encode("utf-8", "surrogatepass"))

    def read(self, message: Message) -> bool:
        """Take a message in; whether there was something in it that counts."""
        if message.role in {"system", "developer"}:
            return False
        counted = False
        for part in message.parts:
            fields: tuple[str, ...]
            match part:
                case Text(text) if text:
                    fields = (message.role, text)
                case ToolCall(call_id, name, arguments):
                    fields = ("call", call_id, name, _canonical(arguments))
                case ToolResult(text, call_id):
                    fields = ("result", call_id, text)
                case _:
                    continue
            counted = True
            sizes = ",".join(str(len(each)) for each in fields)
            self._digest.update(f"{sizes}\0{''.join(fields)}\0".encode("utf-8", "surrogatepass"))
        return counted

    def key(self) -> str:
        return _KEY + self._digest.copy().hexdigest()


def keep(store: Store, seen: Sequence[object], turn: Sequence[object], hidden: Hidden) -> bool:
    """Keep what is hidden of a turn; `False` when it could not be kept.

    The results are kept under the id of the response as well, for a request that goes on from it.
    """
    digest = _Seen(hidden.stands_on)
    for native in (*seen, *turn):
        digest.read(codec_for(native).parse(native))
    value = [hidden.before, hidden.calls, hidden.results, hidden.shown]
    try:
        store.remember(digest.key(), json.dumps(value).encode())
        if hidden.response_id and hidden.results:
            store.remember(_RESULTS + hidden.response_id, json.dumps(hidden.results).encode())
    except (StoreError, TypeError, ValueError):
        logger.warning("a hidden exchange could not be kept; it will not be replayed")
        return False
    return True


def replay(
    shape: WireFormat, messages: Sequence[object], store: Store, *, previous: str = ""
) -> list[object]:
    """Return a client's messages with all hidden exchanges that the store knows of put back.

    `previous` is the id of the response that they go on from, where the provider keeps it.
    """
    seen = _Seen(stands_on(shape, previous))
    answered = _recall(store, _RESULTS + previous) if previous else None
    out: list[object] = answered if is_array(answered) else []
    at = 0
    while at < len(messages):
        end, is_turn = _run(messages, at, seen)
        hidden = _hidden(_recall(store, seen.key())) if is_turn else None
        turn = list(messages[at:end])
        if hidden is None:
            out.extend(turn)
        else:
            out.extend(hidden.before)
            turn = SHAPES[shape].cut(turn, hidden.shown) if hidden.shown else turn
            out.extend(SHAPES[shape].put_back(turn, hidden.calls) if hidden.calls else turn)
            if hidden.results:
                # The results belong in front of those that the client adds to the turn.
                rest = SHAPES[shape].add_results(list(messages[end : end + 1]), hidden.results)
                for native in messages[end : end + 1]:
                    seen.read(codec_for(native).parse(native))
                out.extend(rest)
                end += 1
        at = end
    return out


def _run(messages: Sequence[object], at: int, seen: _Seen) -> tuple[int, bool]:
    """Read one message, or all that the assistant said in a row; where it ends, and which it was.

    Items that count for nothing, such as reasoning, belong to the turn that they stand in.
    """
    is_turn = False
    end = at
    while end < len(messages):
        message = codec_for(messages[end]).parse(messages[end])
        speaks = message.role == "assistant"
        belongs = speaks or message.role == "other"
        if end > at and not belongs:
            break
        is_turn = (seen.read(message) and speaks) or is_turn
        end += 1
        if not belongs:
            break
    return end, is_turn


def _recall(store: Store, key: str) -> object:
    try:
        kept = store.recall(key)
        return json.loads(kept) if kept is not None else None
    except (StoreError, ValueError):
        logger.warning("a hidden exchange could not be read; it is not replayed")
        return None


def _hidden(value: object) -> Hidden | None:
    if not is_array(value) or len(value) != 4:
        return None
    before, calls, results, shown = value
    if not (is_array(before) and is_array(calls) and is_array(results) and is_array(shown)):
        return None
    placed = [
        (pair[0], pair[1])
        for pair in calls
        if is_array(pair) and len(pair) == 2 and isinstance(pair[0], int)
    ]
    return Hidden(before, placed, results, shown)


def _canonical(arguments: str) -> str:
    """Arguments as they compare: a client may send them back with other spaces."""
    try:
        value: object = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    return json.dumps(value, sort_keys=True) if is_object(value) else arguments
