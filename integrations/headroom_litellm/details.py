"""What LiteLLM knows about a call beside its messages: who wants it left alone, what it saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.bypass import BYPASS_KEY, wants_bypass
from headroom_core.formats.wire import WireObject, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.report import CompressResult

METADATA = ("metadata", "litellm_metadata")
SOURCE = "headroom"


def is_bypassed(arguments: Mapping[str, object]) -> bool:
    """Whether the caller asks for this call to be left alone, in metadata or by a header."""
    request = arguments.get("proxy_server_request")
    sent_to_proxy = request.get("headers") if is_object(request) else None
    extra, own = arguments.get("extra_headers"), arguments.get("headers")
    places = [arguments.get(name) for name in METADATA]
    return any(map(wants_bypass, [*places, *map(_lower, (sent_to_proxy, extra, own))]))


def without_ours(arguments: Mapping[str, object]) -> WireObject:
    """The caller's metadata without our key, where it has it: OpenAI's APIs store metadata."""
    metadata = arguments.get("metadata")
    if not is_object(metadata) or BYPASS_KEY not in metadata:
        return {}
    return {"metadata": {key: value for key, value in metadata.items() if key != BYPASS_KEY}}


def savings_of(result: CompressResult[object]) -> WireObject:
    """The figures of one request in the words of LiteLLM's spend logs."""
    return {
        "tokens_before": result.tokens_before,
        "tokens_after": result.tokens_after,
        "tokens_saved": result.tokens_saved,
        "source": SOURCE,
    }


def record_savings(params: WireObject, savings: WireObject) -> None:
    """Write the savings of one request where LiteLLM's spend logs look for them.

    The proxy holds on to its own metadata and reads it later; a caller's is copied.
    """
    own = params.get("litellm_metadata")
    metadata = own if is_object(own) else WireObject()
    if not is_object(params.get("proxy_server_request")):
        metadata = dict(metadata)
    metadata["compression_savings"] = savings
    params["litellm_metadata"] = metadata


def _lower(headers: object) -> WireObject:
    return {name.lower(): value for name, value in headers.items()} if is_object(headers) else {}
