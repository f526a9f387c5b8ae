"""How deep a JSON text is nested, told by its brackets, without a look at its value."""

from __future__ import annotations

import re

MAX_DEPTH = 100
_KEPT = b'[]{}"'
_REST = bytes(code for code in range(256) if code not in _KEPT)
_ALIKE = bytes.maketrans(b"{}", b"[]")
_IN_STRING = re.compile(b'"[^"]*"')


def is_shallow(text: str, most: int = MAX_DEPTH) -> bool:
    """Whether no value of a text, which must be JSON, is nested deeper than `most`."""
    data = text.encode("utf-8", "surrogatepass")
    if rb"\"" in data:
        data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    data = data.translate(_ALIKE, _REST).replace(b'""', b"")
    if b'"' in data:
        data = _IN_STRING.sub(b"", data)
    for _ in range(most):
        if not data:
            return True
        data = data.replace(b"[]", b"")  # what holds no other: one level less
    return not data
