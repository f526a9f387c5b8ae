"""Freeze what a learned model said first, since the next machine may say it otherwise."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Protocol

from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.compressors.base import Unit
    from headroom_core.source import Source
    from headroom_core.store.base import Store

_UNITS: dict[str, Unit] = {"lines": "lines", "sentences": "sentences"}
_NONE = b"null"


class Viewing(Protocol):
    """The one thing that is asked of a learned compressor and of what stands in for it."""

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        """Return a view of about `room` characters, or `None`."""
        ...


class Frozen(Compressor):
    """A learned compressor whose first answer to a text, in its context, stands for good.

    Workers that serve the same conversations must share the store. `settings` names the model and
    what else its answers depend on. `instead` answers where the model is absent or finds nothing
    that fits; that is frozen too. Only what `reads` says yes to is answered at all.
    """

    def __init__(  # noqa: PLR0913 - who answers, where it is kept, and what it depends on
        self,
        name: str,
        learned: Viewing | None,
        store: Callable[[], Store],
        *,
        settings: str,
        reads: Callable[[Source, Hint], bool],
        instead: Viewing | None = None,
    ) -> None:
        self.name: str = name
        self._learned = learned
        self._instead = instead
        self._store = store
        self._settings = settings
        self._reads = reads
        # What could not be frozen once is never shown in this process: the next time it might read
        # otherwise, and what was sent must not change.
        self._refused: set[str] = set()

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if not self._reads(source, hint):
            return None
        key = self._key(source, hint, room)
        if key in self._refused:
            return None
        try:
            kept = self._store().recall(key)
            if kept is None:
                kept = self._store().remember(key, _written(self._new(source, hint, room)))
        except StoreError:
            self._refused.add(key)
            return None
        return _read(kept)

    def _new(self, source: Source, hint: Hint, room: int) -> View | None:
        """The first view that fits, or else the shortest."""
        found: list[View] = []
        for each in (self._learned, self._instead):
            view = each.view(source, hint, room) if each is not None else None
            if view is not None and len(view.body) <= room:
                return view
            found += [view] if view is not None else []
        return min(found, key=lambda view: len(view.body), default=None)

    def _key(self, source: Source, hint: Hint, room: int) -> str:
        context = [hint.origin, hint.tool, hint.arguments, hint.path, hint.query, room]
        digest = hashlib.sha256(source.text.encode("utf-8", "surrogatepass"))
        digest.update(json.dumps([self.name, self._settings, *context]).encode())
        return f"view:{digest.hexdigest()}"


def _written(view: View | None) -> bytes:
    if view is None:
        return _NONE
    figures = [view.unit, view.shown, view.total, view.hides, view.required, view.stands]
    return json.dumps([view.body, *figures]).encode()


def _read(kept: bytes) -> View | None:
    if kept == _NONE:
        return None
    body, unit, shown, total, hides, required, stands = json.loads(kept)
    return View(body, _UNITS.get(unit, "lines"), shown, total, hides, required, stands)
