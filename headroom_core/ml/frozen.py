"""Freeze what a learned model said first, since the next machine may say it otherwise."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Hint, View

if TYPE_CHECKING:
    from headroom_core.compressors.base import Unit
    from headroom_core.source import Source
    from headroom_core.store.base import Store

_UNITS: dict[str, Unit] = {"lines": "lines", "sentences": "sentences"}
_NONE = b"null"


class Frozen(Compressor):
    """A learned compressor whose first answer to a text, in its context, stands for good.

    Workers that serve the same conversations must share the store. `settings` names the model and
    what else its answers depend on. `instead` answers where the model is absent; that is frozen
    too.
    """

    def __init__(
        self,
        learned: Compressor | None,
        store: Store,
        *,
        settings: str,
        instead: Compressor | None = None,
    ) -> None:
        self.name: str = learned.name if learned is not None else "kompress"
        self._learned = learned
        self._instead = instead
        self._store = store
        self._settings = settings

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        key = self._key(source, hint, room)
        kept = self._store.recall(key)
        if kept is None:
            kept = self._store.remember(key, _written(self._new(source, hint, room)))
        return _read(kept)

    def _new(self, source: Source, hint: Hint, room: int) -> View | None:
        for each in (self._learned, self._instead):
            view = each.view(source, hint, room) if each is not None else None
            if view is not None:
                return view
        return None

    def _key(self, source: Source, hint: Hint, room: int) -> str:
        context = [hint.origin, hint.tool, hint.arguments, hint.path, hint.query, room]
        digest = hashlib.sha256(source.text.encode("utf-8", "surrogatepass"))
        digest.update(json.dumps([self._settings, *context]).encode())
        return f"view:{digest.hexdigest()}"


def _written(view: View | None) -> bytes:
    if view is None:
        return _NONE
    return json.dumps(
        [view.body, view.unit, view.shown, view.total, view.hides, view.required]
    ).encode()


def _read(kept: bytes) -> View | None:
    if kept == _NONE:
        return None
    body, unit, shown, total, hides, required = json.loads(kept)
    return View(body, _UNITS.get(unit, "lines"), shown, total, hides, required)
