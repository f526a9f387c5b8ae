"""How a caller switches us off for one call, by the same name in every adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

BYPASS_KEY = "headroom_bypass"
"""The key of a call's metadata (LangChain's config, LiteLLM's and Agno's metadata, …)."""

BYPASS_HEADER = "x-headroom-bypass"
"""The header of a request that says the same over HTTP."""

_OFF = frozenset({"", "0", "false", "no", "off"})


def wants_bypass(metadata: object) -> bool:
    """Whether a call's metadata, or a request's headers in lower case, ask to be left alone.

    The values of headers are texts, so `"false"` and `"0"` mean no.
    """
    if not isinstance(metadata, Mapping):
        return False
    given = cast("Mapping[object, object]", metadata)  # the check above says nothing of its items
    for key in (BYPASS_KEY, BYPASS_HEADER):
        value = given.get(key)
        if isinstance(value, str):
            value = value.strip().lower() not in _OFF
        if value:
            return True
    return False
