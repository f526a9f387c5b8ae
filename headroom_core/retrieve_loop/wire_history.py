"""The history of hidden exchanges for messages in the wire formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.recognise import codec_for
from headroom_core.retrieve_loop.history import Hidden, History
from headroom_core.retrieve_loop.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.messages import Message
    from headroom_core.store.base import Store


class WireTranscript:
    """The `Transcript` of one wire format, whose messages are JSON already."""

    def __init__(self, shape: WireFormat) -> None:
        self._shape = SHAPES[shape]

    def parse(self, native: object) -> Message:
        return codec_for(native).parse(native)

    def dump(self, native: object) -> object:
        return native

    def load(self, kept: object) -> object:
        return kept

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        return self._shape.put_back(turn, calls)

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        return self._shape.add_results(after, results)


def keep(
    shape: WireFormat,
    store: Store,
    seen: Sequence[object],
    turn: Sequence[object],
    hidden: Hidden[object],
) -> bool:
    """Keep what is hidden of a turn; `False` when it could not be kept."""
    return History(WireTranscript(shape), store).keep(seen, turn, hidden)


def replay(shape: WireFormat, messages: Sequence[object], store: Store) -> list[object]:
    """Return a client's messages with all hidden exchanges that the store knows of put back."""
    return History(WireTranscript(shape), store).replay(messages)
