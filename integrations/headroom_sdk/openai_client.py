"""Clients of the OpenAI SDK: a copy of a client, of a class that overrides `request()`.

The SDK has no hook of its own. `request()` is public, runs once for all attempts of a call, gets
the body as plain JSON, and every resource goes through it.
"""

from __future__ import annotations

import sys
from inspect import signature
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from headroom_core.errors import MissingExtraError
from headroom_sdk.options import asks_for_bypass, body_of, for_round, rewritten, without_bypass
from headroom_sdk.plan import Asked, Plan, make_plan
from headroom_sdk.responses import LIBRARIES

try:
    from anyio.to_thread import run_sync
    from openai import (
        AsyncOpenAI,
        BadRequestError,
        DefaultHttpxClient,
        NotFoundError,
        OpenAI,
        UnprocessableEntityError,
    )
except ImportError as exc:
    raise MissingExtraError("openai", extra="openai") from exc

from headroom_sdk.rounds import Refused, aanswer, answer
from headroom_sdk.streams import ajoin, join

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from httpx2 import Response

    from headroom_sdk.options import Options, Wanted
    from headroom_sdk.state import ClientHeadroom

CLIENTS = (OpenAI, AsyncOpenAI)
"""What can be wrapped; those of Azure and others are subclasses of these."""

# The statuses that say that a request is wrong, and not that the provider is in trouble.
_REFUSALS = (BadRequestError, NotFoundError, UnprocessableEntityError)
_ROOTS = [cls.__module__.partition(".")[0] for cls in DefaultHttpxClient.__mro__]
# The response class of the library that this version of the SDK stands on.
_RESPONSE: type[object] = sys.modules[next(name for name in _ROOTS if name in LIBRARIES)].Response


def wrap_openai(client: OpenAI | AsyncOpenAI, headroom: ClientHeadroom) -> object:
    """A copy of the client, of the same class by name and by `isinstance`."""
    copied = _copied(client)
    ours = (_Compressing, _AsyncCompressing)
    classes: tuple[type[object], ...] = type(client).__mro__
    base = next(cls for cls in classes if not issubclass(cls, ours))
    mixin = _Compressing if isinstance(client, OpenAI) else _AsyncCompressing
    # The name is sent as the user agent, and other libraries look at it.
    fields = {"headroom": headroom, "__module__": base.__module__, "__doc__": base.__doc__}
    copied.__class__ = type(base.__name__, (mixin, base), fields)
    return copied


def _copied(client: Any) -> Any:  # noqa: ANN401 - two kinds of clients, with more in some versions
    """A copy of the client, with what the SDK's own copies do not take over."""
    checked = "_enforce_credentials" in signature(client.copy).parameters
    copied = client.copy(**({"_enforce_credentials": False} if checked else {}))
    copied._strict_response_validation = client._strict_response_validation  # noqa: SLF001 - an argument of the client's class
    return copied


class _Compressing(OpenAI):
    headroom: ClientHeadroom

    def request(
        self, cast_to: Wanted, options: Options, *, stream: bool = False, stream_cls: Wanted = None
    ) -> Wanted:
        once: Callable[..., object] = super().request
        plan = _plan(self.headroom, options)
        options = without_bypass(options)
        if plan.loop is None:
            changed = rewritten(options, plan.changes)
            return once(cast_to, changed, stream=stream, stream_cls=stream_cls)
        numbers = count(1)

        def send(changes: Mapping[str, object]) -> Response:
            sent = for_round(rewritten(options, changes), next(numbers))
            return _http(once(_RESPONSE, sent, stream=stream, stream_cls=stream_cls))

        def again(changes: Mapping[str, object]) -> Response:
            try:
                return send(changes)
            except _REFUSALS as exc:
                raise (Refused(exc) if changes else exc) from None

        first = send(plan.changes)
        response = join(plan.loop, first, send) if stream else answer(plan.loop, first, again)
        return self._process_response(
            cast_to=cast_to,
            options=options,
            response=response,
            stream=stream,
            stream_cls=stream_cls,
            retries_taken=_retries(response),
        )


class _AsyncCompressing(AsyncOpenAI):
    headroom: ClientHeadroom

    async def request(
        self, cast_to: Wanted, options: Options, *, stream: bool = False, stream_cls: Wanted = None
    ) -> Wanted:
        once: Callable[..., Awaitable[object]] = super().request
        plan = await run_sync(_plan, self.headroom, options)
        options = without_bypass(options)
        if plan.loop is None:
            changed = rewritten(options, plan.changes)
            return await once(cast_to, changed, stream=stream, stream_cls=stream_cls)
        numbers = count(1)

        async def send(changes: Mapping[str, object]) -> Response:
            sent = for_round(rewritten(options, changes), next(numbers))
            return _http(await once(_RESPONSE, sent, stream=stream, stream_cls=stream_cls))

        async def again(changes: Mapping[str, object]) -> Response:
            try:
                return await send(changes)
            except _REFUSALS as exc:
                raise (Refused(exc) if changes else exc) from None

        first = await send(plan.changes)
        loop = plan.loop
        response = ajoin(loop, first, send) if stream else await aanswer(loop, first, again)
        return await self._process_response(
            cast_to=cast_to,
            options=options,
            response=response,
            stream=stream,
            stream_cls=stream_cls,
            retries_taken=_retries(response),
        )


def _plan(headroom: ClientHeadroom, options: Options) -> Plan:
    asked = Asked(
        method=options.method,
        url=options.url,
        body=body_of(options),
        bypass=asks_for_bypass(options),
    )
    return make_plan(headroom, asked)


def _http(response: object) -> Response:
    """The response itself, where the SDK wraps it because the caller wants it raw."""
    return cast("Response", getattr(response, "http_response", response))


def _retries(response: Response) -> int:
    """How many attempts failed before this response, as its own request says."""
    said = response.request.headers.get("x-stainless-retry-count", "0")
    return int(said) if said.isdecimal() else 0
