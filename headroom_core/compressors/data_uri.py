"""Name embedded binary data by type, size and digest instead of showing its base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, View

if TYPE_CHECKING:
    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

LEAST_CHARS = 256
_DATA = re.compile(
    r"(?:data:(?P<type>[\w.+-]{1,64}/[\w.+-]{1,64})(?:;[\w.=+-]{1,64}){0,4}?;base64,)?"
    rf"(?P<base64>[A-Za-z0-9+/_-]{{{LEAST_CHARS},}}={{0,2}})"
)
_MAGIC = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF": "application/pdf",
    b"PK\x03\x04": "application/zip",
    b"\x1f\x8b": "application/gzip",
}


class DataUri(Compressor):
    """`[image/png, 5,120 bytes in base64, sha256 3fa9c1d2]` for what no model can read."""

    name = "binary"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        del hint, room
        body = _DATA.sub(_named, source.text)
        if len(body) == len(source):
            return None
        hides = "embedded binary data is named by type, size and digest"
        return View(body, "bytes", len(body), len(source), hides)


def _named(match: re.Match[str]) -> str:
    raw = _decoded(match["base64"])
    if raw is None:
        return match[0]
    magic = next((kind for start, kind in _MAGIC.items() if raw.startswith(start)), None)
    kind = match["type"] or magic or "binary data"
    return f"[{kind}, {len(raw):,} bytes in base64, sha256 {hashlib.sha256(raw).hexdigest()[:8]}]"


def _decoded(text: str) -> bytes | None:
    """The bytes behind a run of base64, or `None` when it is more likely a long word or path."""
    if not (re.search("[a-z]", text) and re.search("[A-Z]", text) and re.search("[0-9]", text)):
        return None
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
