"""Headers: of requests that are ours, of requests with another body, and those that we add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from headroom_core.report import CompressResult

RawHeaders = list[tuple[bytes, bytes]]

_OF_THE_OLD_BODY = frozenset(
    {
        b"content-digest",
        b"content-encoding",
        b"content-length",
        b"content-md5",
        b"digest",
        b"repr-digest",
        b"transfer-encoding",
    }
)


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a body, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(headers: Mapping[str, str]) -> bool:
    """Whether a body is JSON, by its media type."""
    kind = media_type(headers)
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def content_encoding(headers: Mapping[str, str]) -> str:
    """The content encoding of a body; empty for none."""
    encoding = headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def with_body(headers: Iterable[tuple[bytes, bytes]], length: int | None) -> RawHeaders:
    """The headers of a message whose body was replaced. No length for one that is streamed."""
    kept = [pair for pair in headers if pair[0].lower() not in _OF_THE_OLD_BODY]
    if length is not None:
        kept.append((b"content-length", str(length).encode()))
    return kept


def accepting_identity(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers of a request whose response has to be read by us."""
    kept = [pair for pair in headers if pair[0].lower() != b"accept-encoding"]
    return [*kept, (b"accept-encoding", b"identity")]


def told(result: CompressResult[Any]) -> RawHeaders:
    """What the headers of a response say about its request."""
    figures = {
        "before": result.tokens_before,
        "after": result.tokens_after,
        "saved": result.tokens_saved,
    }
    headers = [(f"x-headroom-tokens-{key}".encode(), b"%d" % figures[key]) for key in figures]
    if result.transforms_applied:
        names = ",".join(dict.fromkeys(result.transforms_applied))
        headers.append((b"x-headroom-transforms", names.encode("latin-1", "replace")))
    return headers


def of_scope(message: Mapping[str, Any]) -> Mapping[str, str]:
    """The headers of a request's scope or of a response, by their names in lower case."""
    return Headers(raw=list(message.get("headers", [])))
