"""How much text a model is given at most."""

from __future__ import annotations

MAX_BYTES = 256 * 1024


def fits(text: str, max_bytes: int) -> bool:
    """Whether a text has at most so many bytes."""
    return len(text) <= max_bytes and len(text.encode(errors="replace")) <= max_bytes
