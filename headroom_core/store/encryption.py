"""Encryption at rest: AES-256-GCM with a key of its own for every namespace.

Without the key, a reader of the file sees the names of the namespaces, how many originals and
values each holds, their sizes before and after compression, and when they were stored, used and
evicted. Texts, refs and keys of values are not visible, nor whether two namespaces hold the same
text: what a row is found and compared by is an HMAC under the namespace's key.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_core.errors import ConfigError, CorruptedError, MissingExtraError

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError as _exc:
    raise MissingExtraError("cryptography", extra="crypto") from _exc

if TYPE_CHECKING:
    from headroom_core.store.seal import Kind

KEY_BYTES = 32
NONCE_BYTES = 12

_HOW = (
    f"must be {KEY_BYTES} random bytes in hex or base64; make one with"
    " `python -c 'import secrets; print(secrets.token_hex(32))'`"
)


def read_key(text: str) -> bytes:
    """Return the key that a text spells, in hex or in base64 of either alphabet."""
    text = text.strip()
    try:
        if len(text) == 2 * KEY_BYTES:
            key = bytes.fromhex(text)
        else:
            standard = text.rstrip("=").replace("-", "+").replace("_", "/")
            key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"the key of the store {_HOW}")  # without the value, which is a secret
    return key


def read_key_file(path: str) -> bytes:
    """Return the key that a file holds."""
    try:
        text = Path(path).expanduser().read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"`store.key_file` {path!r} cannot be read: {exc}") from exc
    try:
        return read_key(text)
    except ConfigError as exc:
        raise ConfigError(f"the key in `store.key_file` {path!r} {_HOW}") from exc


class Encrypted:
    """`Seal` that encrypts. Everything that is written is bound to its namespace and its name."""

    encrypted = True

    def __init__(self, key: bytes, namespace: str) -> None:
        self._namespace = namespace
        info = b"headroom store " + namespace.encode("utf-8", "surrogatepass")
        derived = HKDF(SHA256(), length=2 * KEY_BYTES, salt=None, info=info).derive(key)
        self._names = derived[:KEY_BYTES]
        self._aead = AESGCM(derived[KEY_BYTES:])
        self.proof: bytes = self.seal(b"", "proof")

    def address(self, kind: Kind, name: str) -> bytes:
        return self._hidden(f"{kind} {name}".encode("utf-8", "surrogatepass"))

    def mark(self, digest: bytes) -> bytes:
        return self._hidden(b"digest " + digest)

    def seal(self, data: bytes, about: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, data, self._bound_to(about))

    def unseal(self, sealed: bytes, about: str) -> bytes:
        nonce, encrypted = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._aead.decrypt(nonce, encrypted, self._bound_to(about))
        except (InvalidTag, ValueError) as exc:  # `ValueError`: too short for a nonce
            raise CorruptedError("the stored bytes do not decrypt") from exc

    def opens(self, proof: bytes) -> bool:
        try:
            self.unseal(proof, "proof")
        except CorruptedError:
            return False
        return True

    def _hidden(self, data: bytes) -> bytes:
        return hmac.digest(self._names, data, "sha256")

    def _bound_to(self, about: str) -> bytes:
        text = f"{len(self._namespace)} {self._namespace} {about}"
        return text.encode("utf-8", "surrogatepass")
