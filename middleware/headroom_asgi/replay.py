"""What was sent for the conversations that were seen before, so that sending it again is cheap.

A conversation is known by the bytes of its messages, of which each request brings the same again
and a few more. The memory is bounded, and what is in it changes speed and never a byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_core.engine.memo import Memo
from headroom_core.formats.wire import is_array
from headroom_core.json_splice import splice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headroom_core.json_places import Places
    from headroom_core.report import CompressResult

_CHANGE_BYTES = 600
"""About what the record of a change takes, without its text."""


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


class Replay:
    """Remembers what was sent, by the names of messages. Safe to share between threads."""

    def __init__(self, max_bytes: int) -> None:
        self._sent: Memo[bytes, Sent] = Memo(max_bytes // 2)
        self._changes: Memo[bytes, Change] = Memo(max_bytes // 2)

    def find(self, name: bytes) -> Sent | None:
        """What was sent for the conversation whose last message has this name."""
        return self._sent.get(name)

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
        for index, (old, new) in enumerate(zip(before, result.messages, strict=True)):
            if new is old:
                continue
            change = self._changes.get(names[index])
            if change is None or change.native != new:
                text = _written(places, places.elements[key][index], old, new)
                if text is None:
                    return None
                change = Change(index, new, text)
                self._changes.put(names[index], change, _size([change]))
            changes.append(change)
        if not result.warnings:
            kept = Sent(replace(result, messages=[]), tuple(changes))
            self._sent.put(names[-1], kept, _size(changes))
        return tuple(changes)


def _size(changes: Iterable[Change]) -> int:
    """Bytes of the texts, which are held twice, with up to two for a character."""
    return sum(4 * len(change.text) + _CHANGE_BYTES for change in changes)


def _written(places: Places, span: tuple[int, int], old: object, new: object) -> str | None:
    raw = places.text[span[0] : span[1]].encode()
    spliced = splice(raw, old, new)
    return None if spliced is None else spliced.decode("utf-8", "surrogatepass")
