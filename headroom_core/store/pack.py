"""Compression of what is stored: zstd at its default level, which is fast enough to never wait."""

from __future__ import annotations

import sys

from headroom_core.errors import CorruptedError

if sys.version_info >= (3, 14):  # pragma: no cover - which branch runs depends on the interpreter
    from compression import zstd
else:  # pragma: no cover - as above
    from backports import zstd

LEVEL = 3


def pack(data: bytes) -> bytes:
    """Compress bytes."""
    return zstd.compress(data, LEVEL)


def unpack(packed: bytes) -> bytes:
    """Undo `pack`. Raises `CorruptedError` for anything that `pack` did not make."""
    try:
        return zstd.decompress(packed)
    except zstd.ZstdError as exc:
        raise CorruptedError(f"the stored bytes do not decompress: {exc}") from exc
