"""The protocol of a store of originals, and the values that it hands out.

A store holds the exact text behind every note. A handle is opened for one namespace (a tenant, a
project): what another namespace stored does not resolve through it. All methods may be called
from several threads at once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from headroom_core.errors import EvictedError, NotFoundError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

REF_LENGTH = 16
DEFAULT_MAX_BYTES = 2 * 1024**3
BYTES_PER_TOMBSTONE = 1024
"""A store remembers one evicted original for so many bytes of its cap, two million by default;
the oldest are forgotten first. A tombstone takes about an eighth of this."""

Durability = Literal["normal", "full"]
"""What a returned `put` survives: the death of the process, or also the loss of power."""

_REF = re.compile(rf"[0-9a-f]{{{REF_LENGTH}}}")


class CollisionError(StoreError):
    """The ref of this text already names another text here, so this one was not stored."""


class StoreFullError(StoreError):
    """The text does not fit into the store, even if all others were evicted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What `Store.entries` tells about one original, without reading it."""

    ref: str
    size: int
    """Bytes of the text in UTF-8; 0 once evicted."""
    stored: int
    """Bytes that it takes in the store, compressed; 0 once evicted."""
    created: float
    """Seconds since the epoch."""
    used: float
    """When it was last stored or retrieved, to within some minutes; for an evicted one, when it
    was evicted."""
    evicted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInfo:
    """What `Store.info` tells about a store and the namespace of the handle."""

    url: str
    namespace: str
    originals: int
    evicted: int
    size: int
    """Bytes of the originals of this namespace, uncompressed."""
    bytes_used: int
    """Bytes that count towards the cap, of all namespaces."""
    max_bytes: int
    encrypted: bool
    durability: Durability


@dataclass(frozen=True, slots=True)
class Verification:
    """What `Store.verify` found after reading every original of the namespace."""

    checked: int
    corrupted: tuple[str, ...]
    """The refs whose stored bytes are not the ones that were stored."""


class Store(Protocol):
    """A namespace of originals. What it returns is exact; what it cannot do, it raises.

    Every method raises `StoreError` when the medium fails or the store is closed.
    """

    def put(self, text: str) -> str:
        """Store a text and return its ref. It can be read back from when this returns.

        Storing a text again is cheap and changes nothing, except that an evicted or corrupted one
        is there again. Raises `CollisionError` when the ref already names another text.
        """
        ...

    def get(self, ref: str) -> str:
        """Return the text of a ref, character for character.

        Raises `NotFoundError`, `EvictedError` or `CorruptedError`; never returns other text.
        """
        ...

    def contains(self, ref: str) -> bool:
        """Say whether an original is here, without reading it."""
        ...

    def remember(self, key: str, value: bytes) -> bytes:
        """Keep a value under a key unless there is one; return the one that stands now.

        This side table shares the namespace, durability and size cap of the originals.
        """
        ...

    def recall(self, key: str) -> bytes | None:
        """Return the value that stands under a key, or `None`."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Go through the originals, oldest first, and then through what was evicted."""
        ...

    def evict(self, ref: str) -> None:
        """Remove an original and remember that it was here. Raises as `get` does."""
        ...

    def verify(self) -> Verification:
        """Read every original and check its digest."""
        ...

    def info(self) -> StoreInfo:
        """Count what is here."""
        ...

    def close(self) -> None:
        """Let go of the medium. Closing twice is allowed."""
        ...


def bytes_of(text: str) -> bytes:
    """Return the bytes that stand for a text in every store: UTF-8, one to one.

    `surrogatepass` takes lone surrogates, which are legal in a Python `str` and arrive in real tool
    results, and gives them back.
    """
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """Undo `bytes_of`."""
    return data.decode("utf-8", "surrogatepass")


def ref_of(text: str) -> str:
    """Return the ref of a text: the first 16 hex digits of the SHA-256 of `bytes_of(text)`.

    It depends on nothing else, so it is the same in every store, namespace, process and machine.
    """
    return ref_of_digest(digest_of(bytes_of(text)))


def digest_of(data: bytes) -> bytes:
    """Return the full digest that every read is checked against."""
    return hashlib.sha256(data).digest()


def ref_of_digest(digest: bytes) -> str:
    """Return the ref that a digest begins with."""
    return digest.hex()[:REF_LENGTH]


def parse_ref(ref: str) -> str:
    """Return the canonical spelling of a ref. Models and people change case and add spaces."""
    canonical = ref.strip().lower()
    if not _REF.fullmatch(canonical):
        raise NotFoundError(f"{ref[:80]!r} is not a ref; a ref is {REF_LENGTH} hex digits")
    return canonical


def not_found(ref: str) -> NotFoundError:
    """Return the error for a ref that never was in this namespace."""
    return NotFoundError(f"no original `{ref}` was ever stored in this namespace")


def evicted(ref: str) -> EvictedError:
    """Return the error for a ref that was removed."""
    return EvictedError(
        f"original `{ref}` was stored here but has been evicted; run the tool again to see it"
    )


def collision(ref: str) -> CollisionError:
    """Return the error for a second text with the same ref."""
    return CollisionError(f"ref `{ref}` already names another text")


def too_large(max_bytes: int) -> StoreFullError:
    """Return the error for a text that is larger than the size cap."""
    return StoreFullError(f"the text does not fit into a store of {max_bytes} bytes")
