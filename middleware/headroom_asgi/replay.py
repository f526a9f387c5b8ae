"""What was sent for the conversations that were seen before, so that sending it again is cheap.

A conversation is known by the bytes of its messages, of which each request brings the same again
and a few more. The memory is bounded, and what is in it changes speed and never a byte. A short
conversation of which nothing was changed is not remembered: to see that again takes no longer.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_core.formats.wire import is_array
from headroom_core.json_splice import splice
from headroom_core.memo import Memo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.json_places import Places
    from headroom_core.report import CompressResult

SHORT_BYTES = 4_096
"""A request up to this size is short."""
_CHANGE_BYTES = 700
_SENT_BYTES = 640
_EDIT_BYTES = 450
"""What a record of each takes, without texts. Measured for chats and for messages with blocks."""
_SENT_SHARE = 4
"""Part of the memory for conversations. They are found only if the very same is sent again, while
changes are found by all that goes on from there."""


@dataclass(frozen=True, slots=True)
class Change:
    """A message that is sent shorter than it came."""

    index: int
    native: object
    text: str
    """Its JSON."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent for a conversation up to one of its messages."""

    result: CompressResult[object]
    """What was done, without the messages."""
    changes: tuple[Change, ...]

    def result_for(self, messages: Sequence[object]) -> CompressResult[object]:
        """What is done to these messages, which are those of the conversation."""
        sent = list(messages)
        for change in self.changes:
            sent[change.index] = change.native
        return replace(self.result, messages=sent)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is remembered of a conversation."""

    result: CompressResult[object]
    changed: bytes
    """The names of its changes, which are held apart: what is forgotten there is free."""


class Replay:
    """Remembers what was sent, by the names of messages. Safe to share between threads."""

    def __init__(self, max_bytes: int) -> None:
        self._sent: Memo[bytes, _Kept] = Memo(max_bytes // _SENT_SHARE)
        self._changes: Memo[bytes, Change] = Memo(max_bytes - max_bytes // _SENT_SHARE)

    def find(self, name: bytes) -> Sent | None:
        """What was sent for the conversation whose last message has this name."""
        kept = self._sent.get(name)
        if kept is None:
            return None
        size = len(name)
        changes: list[Change] = []
        for at in range(0, len(kept.changed), size):
            change = self._changes.get(kept.changed[at : at + size])
            if change is None:
                return None
            changes.append(change)
        return Sent(kept.result, tuple(changes))

    @property
    def max_bytes(self) -> int:
        """What it may take."""
        return self._sent.max_bytes + self._changes.max_bytes

    @property
    def bytes_used(self) -> int:
        """What it takes."""
        return self._sent.bytes_used + self._changes.bytes_used

    def changes(
        self,
        places: Places,
        key: str,
        names: Sequence[bytes],
        result: CompressResult[object],
    ) -> tuple[Change, ...] | None:
        """The changes that were made to the messages under `key`; remembered if all went well.

        `None` where one of them cannot be written into the text.
        """
        before = places.value[key]
        assert is_array(before)  # noqa: S101 - what has names has elements
        changes: list[Change] = []
        changed: list[bytes] = []
        for index, (old, new) in enumerate(zip(before, result.messages, strict=True)):
            if new is old:
                continue
            change = self._changes.get(names[index])
            if change is None or change.native != new:
                text = _written(places, places.elements[key][index], old, new)
                if text is None:
                    return None
                change = Change(index, new, text)
                # Its text is held twice: in the message too.
                size = 2 * sys.getsizeof(text) + _CHANGE_BYTES
                self._changes.put(names[index], change, size)
            changes.append(change)
            changed.append(names[index])
        if not result.warnings and (changes or len(places.text) > SHORT_BYTES):
            kept = _Kept(replace(result, messages=[]), b"".join(changed))
            size = _SENT_BYTES + len(kept.changed) + _EDIT_BYTES * len(result.edits)
            self._sent.put(names[-1], kept, size)
        return tuple(changes)


def _written(places: Places, span: tuple[int, int], old: object, new: object) -> str | None:
    raw = places.text[span[0] : span[1]].encode()
    spliced = splice(raw, old, new)
    return None if spliced is None else spliced.decode("utf-8", "surrogatepass")
