"""Models to ask: any OpenAI-compatible server, or any provider through LiteLLM."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException
from importlib import import_module
from typing import TYPE_CHECKING, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headroom_core.errors import ConfigError, HeadroomError, MissingExtraError
from headroom_core.formats.wire import is_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats.wire import WireObject

MOST_BYTES = 2**24
"""A longer response is none that a question of ours has."""
_SECONDS = 120


class CallError(HeadroomError):
    """A model could not be asked, or its response is not one."""


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirection for an error: the key is for the server that was named."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


class Model(Protocol):
    """Answers one request in the format of OpenAI's Chat Completions, or raises `CallError`."""

    def complete(self, messages: Sequence[object], tools: Sequence[object]) -> WireObject:
        """Send a request and return the response."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpModel:
    """A model behind `{base_url}/chat/completions`."""

    base_url: str
    model: str
    api_key: str = ""

    def __post_init__(self) -> None:
        if urlsplit(self.base_url).scheme not in {"http", "https"}:
            raise ConfigError(f"`--base-url` must be an http or https URL, got {self.base_url!r}")

    def complete(self, messages: Sequence[object], tools: Sequence[object]) -> WireObject:
        body: WireObject = {"model": self.model, "messages": list(messages), "temperature": 0}
        if tools:
            body["tools"] = list(tools)
        headers = {"content-type": "application/json"}
        if self.api_key:
            headers["authorization"] = f"Bearer {self.api_key}"
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        request = Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - checked above
        try:
            with build_opener(_NoRedirects).open(request, timeout=_SECONDS) as response:
                raw: bytes = response.read(MOST_BYTES + 1)
            value: object = json.loads(raw) if len(raw) <= MOST_BYTES else None
        except HTTPError as exc:
            with exc:
                raise CallError(f"the server answers {exc.code} {exc.reason}") from exc
        except (HTTPException, OSError, ValueError) as exc:
            raise CallError(f"{type(exc).__name__}: {exc}") from exc
        if not is_object(value):
            raise CallError("the response is no JSON object of a sensible size")
        return value


class LiteLLMModel:
    """A model of any provider that LiteLLM knows; its key comes from where LiteLLM looks."""

    def __init__(self, model: str) -> None:
        self._model = model
        # Heavy, and only here: everything else of the evals runs without it.
        try:
            self._litellm = import_module("litellm")
            self._openai = import_module("openai")
        except ImportError as exc:
            raise MissingExtraError("litellm", extra="evals") from exc

    def complete(self, messages: Sequence[object], tools: Sequence[object]) -> WireObject:
        try:
            response = self._litellm.completion(
                model=self._model,
                messages=list(messages),
                tools=list(tools) or None,
                temperature=0,
                drop_params=True,
            )
        except ImportError as exc:
            # It loads some of what it needs only when there are tools.
            raise MissingExtraError(exc.name or "litellm", extra="evals") from exc
        # All errors of LiteLLM are of this family.
        except self._openai.OpenAIError as exc:
            raise CallError(f"{type(exc).__name__}: {exc}") from exc
        value: object = response.model_dump()
        if not is_object(value):
            raise CallError("the response is no object")
        usage = value.get("usage")
        # What LiteLLM says about the price; nothing where it knows none.
        cost: object = response._hidden_params.get("response_cost")  # noqa: SLF001 - documented
        return {**value, "usage": {**(usage if is_object(usage) else {}), "cost": cost}}
