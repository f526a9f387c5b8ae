"""A memory of fixed size for short digests: one array, which neither grows nor scatters."""

from __future__ import annotations

_CHECKED_BYTES = 16
_DIGEST_BYTES = 12
_ENTRY_BYTES = _CHECKED_BYTES + _DIGEST_BYTES
_PLACES = 2**16


class DigestTable:
    """Digests of 12 bytes, each under a name that is a longer digest itself.

    Each name has one place, which it may share with others: the latest of them has it. An entry
    takes 28 bytes, where one of a map takes more than ten times as much.
    """

    def __init__(self, places: int = _PLACES) -> None:
        self._places = places
        self._table = bytearray(places * _ENTRY_BYTES)

    @property
    def size(self) -> int:
        """The bytes that it takes, however much it holds."""
        return len(self._table)

    def get(self, name: bytes) -> bytes | None:
        """The digest under a name, unless another name has taken its place."""
        at = self._at(name)
        entry = bytes(self._table[at : at + _ENTRY_BYTES])
        return entry[_CHECKED_BYTES:] if entry.startswith(name[-_CHECKED_BYTES:]) else None

    def put(self, name: bytes, digest: bytes) -> None:
        """Remember a digest."""
        at = self._at(name)
        self._table[at : at + _ENTRY_BYTES] = name[-_CHECKED_BYTES:] + digest

    def _at(self, name: bytes) -> int:
        return int.from_bytes(name[:8], "big") % self._places * _ENTRY_BYTES
