"""Take pieces out of a turn, put them back, and join the texts of two turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.messages import Text, ToolCall

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from headroom_core.messages import Part


def between(text: str) -> str:
    """What stands between a text and the one of the next round, where they become one."""
    return "\n\n" if text and not text[-1].isspace() else ""


def joined(shown: str, text: str) -> str:
    """The text of two rounds as that of one."""
    return shown + between(shown) + text if text else shown


def behind(text: str, shown: str) -> str:
    """Undo `joined`; a text that starts with something else is kept."""
    if not text.startswith(shown):
        return text
    return text.removeprefix(shown).removeprefix(between(shown))


def left(
    pieces: Sequence[object],
    shown: Sequence[object],
    read: Callable[[object], tuple[Part, ...]],
) -> list[object]:
    """What is left behind those that were shown. Clients may have left out such as thinking."""
    at = 0
    for each in shown:
        if at < len(pieces) and _are_alike(read(pieces[at]), read(each), pieces[at], each):
            at += 1
    return list(pieces[at:])


def _are_alike(
    one: tuple[Part, ...], other: tuple[Part, ...], native: object, shown: object
) -> bool:
    """Whether two pieces say the same; of what says nothing that we read, all must be the same."""
    if any(isinstance(part, (Text, ToolCall)) for part in other):
        return one == other
    return native == shown


def without(values: Sequence[object], indexes: Collection[int]) -> list[object]:
    """The values but those at some places."""
    return [value for index, value in enumerate(values) if index not in indexes]


def with_all(values: Sequence[object], insertions: Sequence[tuple[int, object]]) -> list[object]:
    """Put values back where they were taken from; in ascending order of their places."""
    out = list(values)
    for index, value in insertions:
        out.insert(index, value)
    return out
