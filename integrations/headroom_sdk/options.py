"""The options of a request, as both SDKs describe it before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, cast

from headroom_core.bypass import BYPASS_HEADER, wants_bypass
from headroom_core.formats.wire import WireObject, is_object

IDEMPOTENCY_KEY = "idempotency-key"

# The class is `openai._models.FinalRequestOptions` or its twin in `anthropic`: generated, private,
# and a pydantic model with the same fields in every version of both.
Options = Any

Wanted = Any
"""What the caller wants back: a class, or a generic alias of one. The SDK alone knows which."""


def body_of(options: Options) -> object:
    """The JSON body that these options make, `extra_body` included."""
    extra: object = options.extra_json
    if not isinstance(extra, Mapping):
        return cast("object", options.json_data)
    own: object = options.json_data
    return {**(own if is_object(own) else {}), **cast("Mapping[str, object]", extra)}


def headers_of(options: Options) -> Mapping[str, object]:
    """The headers that this one call gives; the client's own are not among them."""
    given: object = options.headers
    return cast("Mapping[str, object]", given) if isinstance(given, Mapping) else {}


def asks_for_bypass(options: Options) -> bool:
    """Whether the caller wants this call left alone."""
    return wants_bypass({name.lower(): value for name, value in headers_of(options).items()})


def without_bypass(options: Options) -> Options:
    """The options without our header, which is not for the provider."""
    given = headers_of(options)
    kept = {name: value for name, value in given.items() if name.lower() != BYPASS_HEADER}
    return options if len(kept) == len(given) else _copied(options, headers=kept)


def rewritten(options: Options, changes: Mapping[str, object]) -> Options:
    """The options with other values for keys of the body, each where it came from."""
    if not changes:
        return options
    extra: Any = options.extra_json
    in_extra = [key for key in changes if isinstance(extra, Mapping) and key in extra]
    fields: WireObject = {}
    if in_extra:
        fields["extra_json"] = {**extra, **{key: changes[key] for key in in_extra}}
    if rest := {key: value for key, value in changes.items() if key not in in_extra}:
        fields["json_data"] = {**(options.json_data or {}), **rest}
    return _copied(options, **fields)


def for_round(options: Options, number: int) -> Options:
    """The options of a round after the first: another request, so with another idempotency key.

    A provider would answer the same key with the first round's answer.
    """
    if number == 1:
        return options
    fields: WireObject = {}
    if options.idempotency_key:
        fields["idempotency_key"] = f"{options.idempotency_key}-{number}"
    given = headers_of(options)
    if any(name.lower() == IDEMPOTENCY_KEY for name in given):
        fields["headers"] = {
            name: f"{value}-{number}" if name.lower() == IDEMPOTENCY_KEY else value
            for name, value in given.items()
        }
    return _copied(options, **fields) if fields else options


def _copied(options: Options, **fields: object) -> Options:
    copied = copy(options)
    for name, value in fields.items():
        setattr(copied, name, value)
    return copied
