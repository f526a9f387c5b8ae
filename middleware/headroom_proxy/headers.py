"""What of the headers passes a proxy: everything but what is about one connection, and ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RawHeaders = list[tuple[bytes, bytes]]

OURS = b"x-headroom-"

_OF_A_CONNECTION = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# The server in front of us has already answered `expect`; our body goes out at once.
_NOT_UPSTREAM = _OF_A_CONNECTION | {b"host", b"expect"}


def to_upstream(headers: Iterable[tuple[bytes, bytes]], host: bytes) -> RawHeaders:
    """The headers of a client's request as the upstream gets them: order and duplicates kept.

    Headers to us and the token for us do not leave this machine.
    """
    given = list(headers)
    dropped = _NOT_UPSTREAM | _named_by_connection(given)
    kept = [
        (name, value)
        for name, value in given
        if (low := name.lower()) not in dropped and not low.startswith(OURS)
    ]
    return [(b"host", host), *kept]


def to_client(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers of an upstream's response as the client gets them: order and duplicates kept."""
    given = list(headers)
    dropped = _OF_A_CONNECTION | _named_by_connection(given)
    return [(name, value) for name, value in given if name.lower() not in dropped]


def value_of(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The value of the first header of this name, given in lower case."""
    return next((value for key, value in headers if key.lower() == name), None)


def replaced(headers: RawHeaders, values: Mapping[bytes, bytes | None]) -> RawHeaders:
    """The headers with some values replaced where they stand; `None` takes a header out.

    What was not there is added at the end.
    """
    left: dict[bytes, bytes | None] = dict(values)
    out: RawHeaders = []
    for name, value in headers:
        low = name.lower()
        if low not in values:
            out.append((name, value))
        elif (new := left.pop(low, None)) is not None:
            out.append((name, new))
    return out + [(name, value) for name, value in left.items() if value is not None]


def _named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    return frozenset(
        word.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for word in value.split(b",")
    )
