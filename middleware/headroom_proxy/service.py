"""`/v1/compress` and `/v1/retrieve` over HTTP: what gateways with a compression guardrail call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from headroom_core.errors import HeadroomError
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import is_object
from headroom_core.service import Reply, compress_reply, retrieve_reply
from headroom_core.tokens import deciding_counter
from headroom_proxy.routes import ref_in

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Ledger
    from headroom_proxy.access import Asked

_FAILED = Reply(500, {"error": "this could not be done; the log says why", "reason": "internal"})


def compressed(engine: Headroom, ledger: Ledger, body: bytes) -> Reply:
    """Answer `POST /v1/compress`."""
    asked = _parsed(body)
    if isinstance(asked, Reply):
        return asked
    with fail_open("/v1/compress"):
        return compress_reply(engine, asked, ledger=ledger)
    return _FAILED


def retrieved(engine: Headroom, ledger: Ledger, asked: Asked, body: bytes) -> Reply:
    """Answer `GET /v1/retrieve/{ref}?query=` and `POST /v1/retrieve`."""
    given: object = dict(parse_qsl(asked.query.decode("latin-1")))
    if asked.method == "POST":
        given = _parsed(body)
    if isinstance(given, Reply):
        return given
    if not is_object(given):
        return Reply(400, {"error": "the body must be an object", "reason": "request"})
    texts = {name: str(value) for name, value in given.items() if value is not None}
    named = texts.pop("ref", ""), texts.pop("hash", "")
    ref = ref_in(asked.path) or next(filter(None, named), "")
    with fail_open("/v1/retrieve"):
        try:
            reply = retrieve_reply(engine.store, ref, texts)
        except HeadroomError as exc:  # the store cannot even be opened
            return Reply(503, {"error": str(exc), "reason": "unavailable"})
        if isinstance(text := reply.body.get("original_content"), str):
            ledger.add_retrieval(deciding_counter().count(text))
        return reply
    return _FAILED


def _parsed(body: bytes) -> object:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return Reply(400, {"error": "the body is not JSON", "reason": "request"})
    return value
