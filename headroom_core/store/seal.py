"""What a namespace's bytes look like on disk: as they are, or encrypted."""

from __future__ import annotations

from typing import Literal, Protocol

Kind = Literal["original", "value"]


class Seal(Protocol):
    """Turns names and bytes into what is written, for one namespace."""

    encrypted: bool
    proof: bytes
    """Written once when the namespace is made, to recognise its key by."""

    def address(self, kind: Kind, name: str) -> bytes:
        """Return what a row is found by."""
        ...

    def mark(self, digest: bytes) -> bytes:
        """Return what is written to compare digests by."""
        ...

    def seal(self, data: bytes, about: str) -> bytes:
        """Return the bytes to write. They open only with the same `about`."""
        ...

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Undo `seal`. Raises `CorruptedError`."""
        ...

    def opens(self, proof: bytes) -> bool:
        """Say whether a namespace with this proof is one that this seal reads and writes."""
        ...


class Unencrypted:
    """`Seal` that leaves everything as it is."""

    encrypted = False
    proof = b""

    def address(self, kind: Kind, name: str) -> bytes:
        del kind
        return name.encode("utf-8", "surrogatepass")

    def mark(self, digest: bytes) -> bytes:
        return digest

    def seal(self, data: bytes, about: str) -> bytes:
        del about
        return data

    def unseal(self, sealed: bytes, about: str) -> bytes:
        del about
        return sealed

    def opens(self, proof: bytes) -> bool:
        return proof == self.proof
