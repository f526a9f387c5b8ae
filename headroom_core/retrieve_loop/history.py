"""Hidden exchanges: kept in the store, and put back into the later requests of the conversation.

The client does not know of them. What it sends later must nevertheless lead to the same prefix as
before, or the provider's cache is lost and the model pays for the same retrieval again. So each is
kept under a digest of what the client did see: its conversation up to and including the answer.
System text, marks for caches, thinking and ids of messages may change and are not part of it.

A framework's own messages have a history as well: give a `Transcript` that reads and writes them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from headroom_core.errors import StoreError
from headroom_core.formats.wire import is_array, is_object
from headroom_core.messages import Message, Text, ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_core.store.base import Store

logger: logging.Logger = logging.getLogger(__name__)

N = TypeVar("N")

_KEY = "hidden exchange "
_OPENING = "opening of a "


class Transcript(Protocol[N]):
    """What the history has to know about messages of one kind. Changes nothing in place."""

    def parse(self, native: N) -> Message:
        """The message as the core sees it; a `Codec` has the same."""
        ...

    def dump(self, native: N) -> object:
        """The message as a value that JSON can hold."""
        ...

    def load(self, kept: object) -> N:
        """Undo `dump`; a `ValueError` when that is no message of this kind."""
        ...

    def put_back(self, turn: Sequence[N], calls: Sequence[tuple[int, object]]) -> list[N]:
        """What the assistant said, with calls that were taken out back in their places.

        A transcript may keep other things about a turn under places that no call has.
        """
        ...

    def add_results(self, after: Sequence[N], results: Sequence[N]) -> list[N]:
        """The message after a turn, if there is one, with more results in front."""
        ...


@dataclass(slots=True)
class Hidden(Generic[N]):
    """What a client does not see of one turn."""

    before: list[N] = field(default_factory=list[N])
    """Whole messages in front of the turn: calls of ours, and their results."""
    calls: list[tuple[int, object]] = field(default_factory=list[tuple[int, object]])
    """Calls of ours that stood in the turn beside the client's own, with their places."""
    results: list[N] = field(default_factory=list[N])
    """Their results, which follow the turn."""


class History(Generic[N]):
    """The hidden exchanges of all conversations in one store, for messages of one kind.

    `stands_on` tells conversations apart whose messages are the same.
    """

    def __init__(self, transcript: Transcript[N], store: Store, stands_on: str = "") -> None:
        self._transcript = transcript
        self._store = store
        self._stands_on = stands_on

    def keep(self, seen: Sequence[N], turn: Sequence[N], hidden: Hidden[N]) -> bool:
        """Keep what is hidden of a turn; `False` when it could not be kept.

        `seen` is what the client sent, `turn` what it got for it.
        """
        digest = _Seen(self._stands_on)
        read = [self._transcript.parse(native) for native in (*seen, *turn)]
        for message in read:
            digest.read(message)
        dump = self._transcript.dump
        try:
            # The sign first: without it, nobody looks for the exchange.
            self._store.remember(self._opening(read), b"1")
            value = [[dump(each) for each in hidden.before], hidden.calls]
            value.append([dump(each) for each in hidden.results])
            self._store.remember(digest.key(), json.dumps(value).encode())
        except (StoreError, TypeError, ValueError):
            logger.warning("a hidden exchange could not be kept; it will not be replayed")
            return False
        return True

    def replay(self, messages: Sequence[N]) -> list[N]:
        """Return a client's messages with all hidden exchanges that the store knows put back."""
        if not self._has_hidden(map(self._transcript.parse, messages)):
            return list(messages)
        seen = _Seen(self._stands_on)
        read = [self._transcript.parse(native) for native in messages]
        out: list[N] = []
        at = 0
        while at < len(messages):
            end, is_turn = _run(read, at, seen)
            hidden = self._recall(seen.key()) if is_turn else None
            turn = list(messages[at:end])
            if hidden is None:
                out.extend(turn)
            else:
                out.extend(hidden.before)
                put_back = self._transcript.put_back
                out.extend(put_back(turn, hidden.calls) if hidden.calls else turn)
                if hidden.results:
                    # The results belong in front of those that the client adds to the turn.
                    for message in read[end : end + 1]:
                        seen.read(message)
                    after = messages[end : end + 1]
                    out.extend(self._transcript.add_results(after, hidden.results))
                    end += 1
            at = end
        return out

    def _opening(self, read: Iterable[Message]) -> str:
        """The key of the sign that conversations with this opening may have hidden exchanges.

        Most have none, and one look into the store is quicker than one for each answer of a model.
        """
        opening = _Seen(self._stands_on)
        next((message for message in read if opening.read(message)), None)
        return _OPENING + opening.key()

    def _has_hidden(self, read: Iterable[Message]) -> bool:
        try:
            return self._store.recall(self._opening(read)) is not None
        except StoreError:
            logger.warning("hidden exchanges could not be looked for; none is replayed")
            return False

    def _recall(self, key: str) -> Hidden[N] | None:
        try:
            kept = self._store.recall(key)
            value: object = json.loads(kept) if kept is not None else None
            if not is_array(value) or len(value) != 3:
                return None
            before, calls, results = value
            if not (is_array(before) and is_array(calls) and is_array(results)):
                return None
            placed = [
                (pair[0], pair[1])
                for pair in calls
                if is_array(pair) and len(pair) == 2 and isinstance(pair[0], int)
            ]
            load = self._transcript.load
            return Hidden([load(each) for each in before], placed, [load(each) for each in results])
        except (StoreError, ValueError):
            logger.warning("a hidden exchange could not be read; it is not replayed")
            return None


def _run(messages: Sequence[Message], at: int, seen: _Seen) -> tuple[int, bool]:
    """Read one message, or all that the assistant said in a row; its end, and which it was.

    Items that count for nothing, such as reasoning, belong to the turn that they stand in.
    """
    is_turn = False
    end = at
    while end < len(messages):
        message = messages[end]
        speaks = message.role == "assistant"
        belongs = speaks or message.role == "other"
        if end > at and not belongs:
            break
        is_turn = (seen.read(message) and speaks) or is_turn
        end += 1
        if not belongs:
            break
    return end, is_turn


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


def _canonical(arguments: str) -> str:
    """Arguments as they compare: a client may send them back with other spaces."""
    try:
        value: object = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    return json.dumps(value, sort_keys=True) if is_object(value) else arguments
