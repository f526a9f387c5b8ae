"""The seam between a framework's messages and the core's model of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.messages import Message

N = TypeVar("N")
"""The type of one native message: a dict on the wire, a framework's own class elsewhere."""


class Codec(Protocol[N]):
    """Reads native messages into the core's model and writes new texts back into them.

    What every codec promises:

    - `parse` raises for nothing that can stand in a list; what it does not know is `Opaque`.
    - `patch(m, {}) is m`.
    - A patched message is a copy in which only those texts differ. All that does not lie on the
      way to one of them is the same object as before, and `m` itself is never changed.
    - `parse(patch(m, {i: text}))` is `parse(m)` with the text of part `i` replaced.
    """

    def parse(self, native: N) -> Message:
        """Return the message as the core sees it."""
        ...

    def patch(self, native: N, texts: Mapping[int, str]) -> N:
        """Return the message with the texts of these parts replaced, by the index of the part.

        Only `Text` and `ToolResult` parts have a text to replace; another index is a `ValueError`.
        """
        ...
