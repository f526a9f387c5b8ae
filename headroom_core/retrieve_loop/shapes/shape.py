"""What a shape of a wire format reads and rewrites: calls, results, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headroom_core.formats.wire import WireObject


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call of a response; `index` is its place among what the response holds."""

    index: int
    call_id: str
    name: str
    arguments: str


class Shape(Protocol):
    """Reads and rewrites responses and messages of one wire format. Changes nothing in place."""

    def turn(self, response: WireObject) -> list[object]:
        """The messages that a response adds to the conversation."""
        ...

    def calls(self, turn: Sequence[object]) -> list[Call]:
        """The tool calls of such messages."""
        ...

    def results(self, answers: Sequence[tuple[str, str]]) -> list[object]:
        """The messages that carry answers, given as call id and text."""
        ...

    def drop(self, response: WireObject, calls: Collection[int]) -> WireObject:
        """The response without some of its calls, as one that never had them."""
        ...

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        """Undo `drop` in the messages that a client kept."""
        ...

    def native_calls(self, turn: Sequence[object]) -> list[object]:
        """The places that `Call.index` counts, as they stand in the messages."""
        ...

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        """The messages after a turn, with more results in front."""
        ...

    def is_cut_off(self, response: WireObject) -> bool:
        """Whether a limit or a refusal ended the response, so that its last call may be half."""
        ...

    def join(self, shown: Sequence[object], turn: Sequence[object]) -> list[object]:
        """One turn of what a client saw of several."""
        ...

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        """Undo `join` in the messages that a client kept: what came after the shown."""
        ...
