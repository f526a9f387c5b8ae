"""What becomes of one request of a client: the changes of its body, and a loop that answers calls.

Nothing here sends anything. A plan is a function of the request, so a retry sends the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.report import nothing_done
from headroom_core.tool import tool_cost
from headroom_sdk.endpoints import Endpoint, endpoint_of, is_answered_at_once
from headroom_sdk.loop import Loop
from headroom_sdk.shorten import Shortener

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_sdk.state import ClientHeadroom


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send instead of a body, and how to go on from the answer."""

    changes: Mapping[str, object] = field(default_factory=dict[str, object])
    """New values for keys of the body; none where it goes out as it came."""
    loop: Loop | None = None
    """Takes in the answer, where calls of the retrieve tool may be in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a request was made."""

    method: str
    url: str
    body: object
    bypass: bool = False
    """Whether the caller wants it left alone."""
    joins: bool = True
    """Whether several answers of the provider can be joined to one of this client."""
    counts: bool = True
    """Whether it is one for the ledger: a retry is not."""


def make_plan(headroom: ClientHeadroom, asked: Asked) -> Plan:
    """Plan a request. What goes wrong here leaves it as it is."""
    endpoint = endpoint_of(asked.method, asked.url)
    if endpoint is None or not is_object(asked.body):
        return Plan()
    warnings: list[str] = []
    with fail_open("compression of a request", tell=warnings.append):
        if endpoint.purpose == "batch":
            return _plan_batch(headroom, asked, endpoint, asked.body)
        return _plan_one(headroom, asked, endpoint, asked.body)
    if asked.counts:
        headroom.ledger.add(nothing_done(warnings))
    return Plan()


def _plan_one(headroom: ClientHeadroom, asked: Asked, endpoint: Endpoint, body: WireObject) -> Plan:
    messages = _messages(endpoint, body)
    if messages is None:
        return Plan()
    is_turn = endpoint.purpose != "measure"
    shortener = Shortener(
        headroom, endpoint.shape, body.get("model"), counts=asked.counts and is_turn
    )
    if asked.bypass:
        shortener.shorten(messages, redeemable=False, bypass=True)
        return Plan()
    answered = asked.joins and endpoint.purpose != "batch" and is_answered_at_once(body)
    offer = headroom.offer(endpoint.shape, body.get("tools"), answered=answered)
    if offer.redeemable:
        loop = Loop(shortener, endpoint, body, messages, offer)
        sent = loop.shortened(overhead=tool_cost(endpoint.shape) if offer.added else 0)
    else:
        loop = None
        sent = shortener.shorten(messages, redeemable=False)
    changes: dict[str, object] = {}
    if not _is_given(sent, body.get(endpoint.key)):
        changes[endpoint.key] = sent
    if offer.added:
        changes["tools"] = offer.tools
    return Plan(changes, loop if answered and is_turn else None)


def _plan_batch(
    headroom: ClientHeadroom, asked: Asked, endpoint: Endpoint, body: WireObject
) -> Plan:
    """Plan each request of a batch. Only a caller who has the retrieve tool can answer for it."""
    requests = body.get(endpoint.key)
    if not is_array(requests):
        return Plan()
    one = Endpoint(endpoint.shape, "messages", "batch")
    sent: list[object] = []
    for request in requests:
        params = request.get("params") if is_object(request) else None
        if is_object(request) and is_object(params):
            changes = _plan_one(headroom, asked, one, params).changes
            sent.append({**request, "params": {**params, **changes}} if changes else request)
        else:
            sent.append(request)
    return Plan({} if _is_given(sent, requests) else {endpoint.key: sent})


def _messages(endpoint: Endpoint, body: WireObject) -> list[object] | None:
    """The messages of a body; the Responses API also takes a text, which is what the user says."""
    value = body.get(endpoint.key)
    if endpoint.shape == "openai_responses" and isinstance(value, str):
        return [{"role": "user", "content": value}]
    return value if is_array(value) else None


def _is_given(sent: list[object], given: object) -> bool:
    """Whether what would be sent is what was given."""
    if isinstance(given, str):
        return sent == [{"role": "user", "content": given}]
    if not is_array(given) or len(sent) != len(given):
        return False
    return all(a is b for a, b in zip(sent, given, strict=True))
