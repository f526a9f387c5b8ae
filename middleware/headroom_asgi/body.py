"""The body of a request: read as far as it makes sense, and given again as it came."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Message, Receive

ENCODINGS = frozenset({"", "gzip", "deflate"})
"""The content encodings that are read."""

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class ReadBody:
    """What was received of a body."""

    messages: list[Message]
    """The messages of the server, all that were taken from it."""
    body: bytes | None
    """The body; `None` where the client went away or it grew beyond the limit."""


async def read_body(receive: Receive, *, limit: int) -> ReadBody:
    """Receive a body of at most so many bytes; of a longer one, a part stays with the server.

    What `receive` raises passes: it may be an answer such as 413 of a limit further out.
    """
    messages: list[Message] = []
    chunks: list[bytes] = []
    left = limit
    while left >= 0:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            break
        chunks.append(message.get("body", b""))
        left -= len(chunks[-1])
        if left >= 0 and not message.get("more_body", False):
            return ReadBody(messages, b"".join(chunks))
    return ReadBody(messages, None)


def replayed(messages: list[Message], receive: Receive) -> Receive:
    """A `receive` that gives these messages first and then what the server has."""
    waiting = iter(messages)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay


def decoded(body: bytes, encoding: str, *, limit: int) -> bytes | None:
    """The body without its content encoding; `None` if it is broken, or longer than the limit."""
    # There are servers and clients to whom `deflate` means the bare format.
    for window in (_GZIP,) if encoding == "gzip" else (_ZLIB, _RAW):
        reader = zlib.decompressobj(window)
        try:
            plain = reader.decompress(body, limit + 1)
        except zlib.error:
            continue
        if reader.eof and not reader.unused_data and len(plain) <= limit:
            return plain
        return None
    return None
