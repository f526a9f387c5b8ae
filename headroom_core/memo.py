"""A bounded memory of outcomes, so that replaying a long conversation is nearly free.

It is keyed by everything that an outcome depends on, so it changes speed and never a byte.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
ENTRY_BYTES = 320
"""What an entry takes beside its value: a key of up to 80 bytes, its places in the map, the size.

Measured with keys of 32 bytes: 230 to 270, as full as the map happens to be.
"""


class Memo(Generic[K, V]):
    """A least-recently-used map with a bound in bytes, shared by threads."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes: int = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Remember `value`, which takes about `size` bytes with all that it alone holds.

        What was used longest ago is forgotten where there is no room.
        """
        size += ENTRY_BYTES
        if size > self.max_bytes:
            return
        with self._lock:
            _, old_size = self._entries.pop(key, (None, 0))
            self._entries[key] = (value, size)
            self._bytes += size - old_size
            while self._bytes > self.max_bytes:
                _, (_, freed) = self._entries.popitem(last=False)
                self._bytes -= freed

    @property
    def bytes_used(self) -> int:
        """What all entries take together."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)
