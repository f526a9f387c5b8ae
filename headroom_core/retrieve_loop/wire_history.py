"""The history of hidden exchanges for messages in the wire formats.

Where a provider keeps the conversation, a request goes on from a response by its id and holds only
what is new. The results of calls that stood beside the client's own are kept under that id as well.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from headroom_core.errors import StoreError
from headroom_core.formats.recognise import codec_for
from headroom_core.formats.wire import is_array
from headroom_core.retrieve_loop.history import Hidden, History
from headroom_core.retrieve_loop.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.messages import Message
    from headroom_core.store.base import Store

logger: logging.Logger = logging.getLogger(__name__)

SHOWN = -1
"""The place, among the calls of a turn, of the messages that the client saw of earlier rounds.

They were streamed, and stand at the start of the turn that the client keeps."""
_RESULTS = "hidden results of "


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
        own = [call for call in calls if call[0] != SHOWN]
        for place, shown in calls:
            if place == SHOWN and is_array(shown):
                turn = self._shape.cut(turn, shown)
        return self._shape.put_back(turn, own) if own else list(turn)

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        return self._shape.add_results(after, results)


def history_of(shape: WireFormat, store: Store, previous: str = "") -> History[object]:
    """The history for requests of one format that go on from a response, or from none."""
    return History(WireTranscript(shape), store, f"{shape} {previous}")


def keep_results(store: Store, response_id: str, hidden: Hidden[object]) -> None:
    """Keep the results of a turn for a request that goes on from its response by the id."""
    try:
        store.remember(_RESULTS + response_id, json.dumps(hidden.results).encode())
    except (StoreError, TypeError, ValueError):
        logger.warning("hidden results could not be kept; they will not be replayed")


def replay(
    shape: WireFormat, messages: Sequence[object], store: Store, *, previous: str = ""
) -> list[object]:
    """Return a client's messages with all hidden exchanges that the store knows of put back.

    `previous` is the id of the response that they go on from, where the provider keeps it.
    """
    answered = _results(store, previous) if previous else []
    return [*answered, *history_of(shape, store, previous).replay(messages)]


def _results(store: Store, response_id: str) -> list[object]:
    try:
        kept = store.recall(_RESULTS + response_id)
        value: object = json.loads(kept) if kept is not None else None
    except (StoreError, ValueError):
        logger.warning("hidden results could not be read; they are not replayed")
        return []
    return value if is_array(value) else []
