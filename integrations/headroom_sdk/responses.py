"""Responses of `httpx` and of `httpx2`, made from the ones that a provider has sent.

The SDKs use one or the other, by their version, and neither is imported here: a response is made
with the library that its original is from.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from datetime import timedelta

    # What is used of a response is the same in both libraries.
    from httpx2 import AsyncByteStream, Headers, Response, SyncByteStream

LIBRARIES = ("httpx2", "httpx")
_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def is_event_stream(response: Response) -> bool:
    """Whether the body is a stream of server-sent events."""
    return response.headers.get("content-type", "").partition(";")[0].strip() == "text/event-stream"


def with_content(original: Response, content: bytes) -> Response:
    """The response with another body."""
    made = type(original)(
        original.status_code,
        headers=_headers(original),
        content=content,
        request=original.request,
        extensions=original.extensions,
        history=original.history,
        default_encoding=original.default_encoding,
    )
    with suppress(RuntimeError):  # not every response was timed
        made.elapsed = original.elapsed
    return made


def with_stream(original: Response, stream: object) -> Response:
    """The response with a body that is read as it comes; `stream` is one of the two below."""
    return type(original)(
        original.status_code,
        headers=_headers(original),
        stream=cast("SyncByteStream | AsyncByteStream", stream),  # made a subclass of it below
        request=original.request,
        extensions=original.extensions,
        history=original.history,
        default_encoding=original.default_encoding,
    )


def joined(original: Response, chunks: Iterator[bytes], close: Callable[[], None]) -> object:
    """A body for a response of a synchronous client."""
    return _stream_class(_library(original), "SyncByteStream", _Joined)(chunks, close)


def ajoined(
    original: Response, chunks: AsyncIterator[bytes], close: Callable[[], Awaitable[None]]
) -> object:
    """A body for a response of an asynchronous client."""
    return _stream_class(_library(original), "AsyncByteStream", _AsyncJoined)(chunks, close)


class _Joined:
    elapsed: timedelta | None = None
    """`httpx2` reads it from the body."""

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self._close = close

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self._close()


class _AsyncJoined:
    elapsed: timedelta | None = None

    def __init__(self, chunks: AsyncIterator[bytes], close: Callable[[], Awaitable[None]]) -> None:
        self._chunks = chunks
        self._close = close

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks

    async def aclose(self) -> None:
        await self._close()


@cache
def _stream_class(library: str, base: str, body: type) -> type:
    """A class of ours that this library takes for a body."""
    return type(body.__name__, (body, getattr(sys.modules[library], base)), {})


def _library(response: Response) -> str:
    roots = {cls.__module__.partition(".")[0] for cls in type(response).__mro__}
    return next(name for name in LIBRARIES if name in roots)


def _headers(response: Response) -> Headers:
    """The headers without those that describe the old body."""
    kept = [
        (name, value)
        for name, value in response.headers.multi_items()
        if name.lower() not in _OF_THE_BODY
    ]
    return type(response.headers)(kept)
