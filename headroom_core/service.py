"""What stands behind `POST /v1/compress` and `GET /v1/retrieve/{ref}`, without any HTTP.

Each function takes what a request holds, already parsed, and returns a status and an object to
send as JSON. The shapes are those that gateways' compression guardrails speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import (
    ConfigError,
    CorruptedError,
    EvictedError,
    MessagesError,
    NotFoundError,
    RetrieveError,
    StoreError,
)
from headroom_core.formats.wire import is_array, is_object, string
from headroom_core.retrieval.cursor import SELECTORS
from headroom_core.retrieve import retrieve
from headroom_core.tool import DEFAULT_TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.engine.headroom import Headroom
    from headroom_core.savings import Ledger
    from headroom_core.store.base import Store

OK, BAD_REQUEST, NOT_FOUND, UNAVAILABLE = 200, 400, 404, 503
RETRIEVING_MODE = "ccr"
"""The mode in which the caller shows its model the retrieve tool and answers the calls."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status of HTTP and the object to send with it."""

    status: int
    body: dict[str, object]


def compress_reply(engine: Headroom, body: object, *, ledger: Ledger | None = None) -> Reply:
    """Compress `messages`; something is hidden only when `config.mode` says it can be redeemed.

    The answer has as many messages as came, with the same roles in the same order. `ledger` takes
    in what was saved.
    """
    if not is_object(body):
        return _wrong("the body must be an object with `messages`")
    messages, model, config = body.get("messages"), body.get("model"), body.get("config", {})
    if not is_array(messages) or not (model is None or isinstance(model, str)):
        return _wrong("`messages` must be a list, and `model`, if given, a string")
    retrieving = is_object(config) and string(config, "mode") == RETRIEVING_MODE
    try:
        result = engine.compress(messages, model=model, retrieval=retrieving or None)
    except (ConfigError, MessagesError) as exc:
        return _wrong(str(exc))
    if ledger is not None:
        ledger.add(result)
    refs = dict.fromkeys(edit.ref for edit in result.edits if edit.ref is not None)
    return Reply(
        OK,
        {
            "messages": result.messages,
            "tokens_before": result.tokens_before,
            "tokens_after": result.tokens_after,
            "tokens_saved": result.tokens_saved,
            "compression_ratio": result.compression_ratio,
            "transforms_applied": result.transforms_applied,
            "ccr_hashes": list(refs),
            "warnings": result.warnings,
        },
    )


def retrieve_reply(store: Store, ref: str, asked: Mapping[str, str]) -> Reply:
    """Give an original back, or the part that the parameters of a request's query choose.

    Without a selector it is the whole original. `404` is the answer for what is not here, with
    `reason` telling `evicted` from `unknown`.
    """
    known = {*SELECTORS, "max_tokens", "cursor"}
    if odd := [name for name in asked if name not in known]:
        return _wrong(f"unknown parameter {odd[0]!r}; there are {', '.join(sorted(known))}")
    try:
        found = retrieve(
            store,
            ref,
            lines=asked.get("lines"),
            query=asked.get("query") or None,
            where=asked.get("where"),
            path=asked.get("path"),
            symbol=asked.get("symbol"),
            max_tokens=_tokens(asked),
            cursor=asked.get("cursor"),
        )
    except RetrieveError as exc:
        return _wrong(str(exc))
    except NotFoundError as exc:
        reason = "evicted" if isinstance(exc, EvictedError) else "unknown"
        return Reply(NOT_FOUND, {"error": str(exc), "reason": reason})
    except StoreError as exc:
        reason = "corrupted" if isinstance(exc, CorruptedError) else "unavailable"
        return Reply(UNAVAILABLE, {"error": str(exc), "reason": reason})
    return Reply(
        OK,
        {
            "original_content": found.text,
            "unit": found.unit,
            "shown": [list(each) for each in found.shown],
            "total": found.total,
            "cursor": found.cursor,
            "exact": found.exact,
        },
    )


def _tokens(asked: Mapping[str, str]) -> int | None:
    given = asked.get("max_tokens")
    if given is not None:
        if not given.isdecimal() or len(given) > 9:
            raise RetrieveError(f"`max_tokens` must be a whole number, got {given[:40]!r}")
        return int(given)
    return DEFAULT_TOKENS if any(asked.get(name) for name in (*SELECTORS, "cursor")) else None


def _wrong(what: str) -> Reply:
    return Reply(BAD_REQUEST, {"error": what, "reason": "request"})
