"""Names for what was asked for: short, few, and without anything of the request in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_asgi.body import ENCODINGS
from headroom_asgi.paths import COUNTING_PATHS, PATHS, Endpoint, endpoint_of
from headroom_proxy.headers import value_of

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_proxy.access import Asked

OWN: dict[bytes, str] = {
    b"/health": "health",
    b"/livez": "livez",
    b"/readyz": "readyz",
    b"/stats": "stats",
    b"/metrics": "metrics",
    b"/demo": "demo",
    b"/v1/compress": "compress",
    b"/v1/retrieve": "retrieve",
}
"""What this proxy answers itself. No provider has these paths."""

_RETRIEVE = b"/v1/retrieve/"
_BATCHES = b"/v1/messages/batches"
"""Those of OpenAI name a file that was sent before, and pass as they are."""
_ENDS: tuple[tuple[bytes, str], ...] = (
    (b"/chat/completions", "chat"),
    (b"/responses", "responses"),
    (b"/messages", "messages"),
    (b"/messages/count_tokens", "count_tokens"),
    (b"/messages/batches", "batches"),
    (b"/batches", "batches"),
    (b"/embeddings", "embeddings"),
    (b"/models", "models"),
)


def own_route(path: bytes) -> str | None:
    """The name of a route of ours, or `None` for what goes upstream."""
    return "retrieve" if path.startswith(_RETRIEVE) else OWN.get(path)


def ref_in(path: bytes) -> str:
    """The ref behind `/v1/retrieve/`, or nothing."""
    return path[len(_RETRIEVE) :].decode("latin-1") if path.startswith(_RETRIEVE) else ""


def route_name(path: bytes) -> str:
    """The name of any route: what a log and a figure may say of a path."""
    own = own_route(path)
    return own or next((name for end, name in _ENDS if path.endswith(end)), "other")


_PATHS: dict[str, WireFormat] = {**PATHS, "/responses": PATHS["/v1/responses"]}
"""A client's base URL may lack the `/v1`."""


def model_endpoint(asked: Asked) -> Endpoint | None:
    """What a request asks of a model, if it does and its body can be read."""
    media = (value_of(asked.headers, b"content-type") or b"").partition(b";")[0].strip().lower()
    if asked.method != "POST" or media != b"application/json":
        return None
    if body_encoding(asked) not in ENCODINGS:
        return None
    if asked.path.rstrip(b"/").endswith(_BATCHES):
        return Endpoint("anthropic", is_batch=True)
    return endpoint_of(asked.path.decode("latin-1"), _PATHS, COUNTING_PATHS)


def body_encoding(asked: Asked) -> str:
    """The content encoding of a request's body; empty for none."""
    given = value_of(asked.headers, b"content-encoding") or b""
    encoding = given.decode("latin-1").strip().lower()
    return "" if encoding == "identity" else encoding
