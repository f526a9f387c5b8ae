"""Which requests of an SDK carry a conversation, and where it stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_core.formats.wire import WireObject

Purpose = Literal["answer", "measure", "batch"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One kind of request that carries conversations."""

    shape: WireFormat
    key: str
    """Where the messages stand in the body; of a batch, where its requests stand."""
    purpose: Purpose = "answer"
    """A turn of the model; a figure or a summary of the same messages; or many turns, later."""


_ENDPOINTS: dict[str, Endpoint] = {
    "/chat/completions": Endpoint("openai_chat", "messages"),
    "/responses": Endpoint("openai_responses", "input"),
    "/responses/input_tokens": Endpoint("openai_responses", "input", "measure"),
    "/responses/compact": Endpoint("openai_responses", "input", "measure"),
    "/v1/messages": Endpoint("anthropic", "messages"),
    "/v1/messages/count_tokens": Endpoint("anthropic", "messages", "measure"),
    "/v1/messages/batches": Endpoint("anthropic", "requests", "batch"),
}


def endpoint_of(method: str, url: str) -> Endpoint | None:
    """The endpoint of a request, or `None` for one that we have no business with."""
    if method.lower() != "post":
        return None
    path = url.partition("?")[0].rstrip("/")
    return next((found for end, found in _ENDPOINTS.items() if path.endswith(end)), None)


def is_answered_at_once(body: WireObject) -> bool:
    """Whether the one answer to this request passes through here, so that calls in it are seen.

    Several choices are several conversations, an answer in the background is fetched later, and
    a conversation that the provider keeps would keep the retrievals as the caller's own: a thread
    also keeps the tools, so the model would ask for ours in turns that do not name it.
    """
    several = body.get("n") not in (None, 1)  # a set cannot look for a list
    is_kept = body.get("conversation") or body.get("thread")
    return not (several or body.get("background") or is_kept)
