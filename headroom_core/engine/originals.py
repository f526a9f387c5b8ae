"""Store first: put an original away before anything is allowed to hide a part of it."""

from __future__ import annotations

import sys
from threading import Lock
from typing import TYPE_CHECKING

from headroom_core.errors import StoreError
from headroom_core.store.base import bytes_of, digest_of, ref_of_digest
from headroom_core.store.redact import redacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.store.base import Store
    from headroom_core.store.redact import Redactor


_KEY_BYTES = 16
MOST_REFUSED = 32_768
"""So many originals that could not be stored are known again, by digests of about 5 MB."""


class Originals:
    """The engine's way to the store, which is opened when the first original must be kept."""

    def __init__(self, open_store: Callable[[], Store], redactor: Redactor | None) -> None:
        self._open = open_store
        self._redactor = redactor
        self._opened: Store | None = None
        self._lock = Lock()
        # An original that could not be stored once stays uncompressed in this process: a prefix
        # that was sent must not change because a disk has room again.
        self._refused: dict[bytes, str] = {}

    @property
    def store(self) -> Store:
        """The store, opened at first use."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def keep(self, text: str, tell: Callable[[str], object]) -> str | None:
        """Store `text` durably and return its ref; `None`, and a warning, if it cannot be kept."""
        digest = digest_of(bytes_of(text))
        reason = self._refused.get(digest[:_KEY_BYTES])
        if reason is None:
            if self.may_keep(text):
                try:
                    return self._put(text, ref_of_digest(digest))
                except StoreError as exc:
                    reason = f"an original could not be stored ({exc})"
                if len(self._refused) < MOST_REFUSED:
                    # Interned, since nearly all of them have the same reason.
                    self._refused[digest[:_KEY_BYTES]] = sys.intern(reason)
            else:
                reason = "a result holds a secret that may not be stored"
        tell(f"{reason}, so it is not shortened lossily")
        return None

    def _put(self, text: str, ref: str) -> str:
        """Store a text; from when too many were refused to know them again, none that is new."""
        if len(self._refused) >= MOST_REFUSED and not self.store.contains(ref):
            raise StoreError("too many others could not be")
        return self.store.put(text)

    def may_keep(self, text: str) -> bool:
        """Whether a text, or a part of it, may be put away at all."""
        return not redacts(self._redactor, text)

    def close(self) -> None:
        """Close the store if it was opened."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
