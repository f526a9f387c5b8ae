"""Clients of the Anthropic SDK: a copy of a client with a middleware of ours, the SDK's own hook."""

from __future__ import annotations

from copy import copy
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from headroom_core.errors import MissingExtraError
from headroom_sdk.options import asks_for_bypass, body_of, for_round, rewritten, without_bypass
from headroom_sdk.plan import Asked, Plan, make_plan
from headroom_sdk.state import ClientHeadroom

try:
    from anthropic import (
        Anthropic,
        AnthropicBedrock,
        AnthropicBedrockMantle,
        AnthropicVertex,
        APIResponse,
        AsyncAnthropic,
        AsyncAnthropicBedrock,
        AsyncAnthropicBedrockMantle,
        AsyncAnthropicVertex,
        AsyncAPIResponse,
        Middleware,
    )
    from anyio.to_thread import run_sync
except ImportError as exc:
    raise MissingExtraError("anthropic>=0.108", extra="anthropic") from exc

from headroom_sdk.streams import ajoin, join
from headroom_sdk.rounds import Refused, aanswer, answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anthropic import APIRequest, AsyncCallNext, CallNext
    from httpx2 import Response

    from headroom_sdk.options import Options

CLIENTS = (
    *(Anthropic, AnthropicBedrock, AnthropicBedrockMantle, AnthropicVertex),
    *(AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle, AsyncAnthropicVertex),
)
"""What can be wrapped; those of other clouds are subclasses of these."""

_REFUSALS = frozenset({400, 404, 413, 422})
"""The statuses that say that a request is wrong, and not that the provider is in trouble."""


def wrap_anthropic(client: Any, headroom: ClientHeadroom) -> object:
    """A copy of the client with our middleware innermost, so that it sees what is sent."""
    others = [each for each in client.middleware if not isinstance(each, HeadroomMiddleware)]
    # Its streams are not server-sent events but frames of AWS, which we do not join.
    framed = isinstance(client, (AnthropicBedrock, AsyncAnthropicBedrock))
    ours = HeadroomMiddleware(headroom, joins_streams=not framed)
    return _with_headroom(type(client).copy(client, middleware=[*others, ours]), headroom)


def _with_headroom(client: Any, headroom: ClientHeadroom) -> Any:
    """Give a client its `.headroom`, and the same to the copies that are made of it.

    On the instance, since the SDK asks for the exact class of a client to know its credentials.
    """

    def copied(*args: Any, **kwargs: Any) -> Any:
        made = type(client).copy(client, *args, **kwargs)
        kept = any(isinstance(each, HeadroomMiddleware) for each in made.middleware)
        return _with_headroom(made, headroom) if kept else made

    client.headroom = headroom
    client.copy = client.with_options = copied
    return client


class HeadroomMiddleware(Middleware):
    """Compresses what a client sends, and answers the calls of the retrieve tool."""

    def __init__(
        self, headroom: ClientHeadroom | None = None, *, joins_streams: bool = True
    ) -> None:
        self.headroom: ClientHeadroom = headroom or ClientHeadroom()
        self._joins_streams = joins_streams

    def handle(self, request: APIRequest, call_next: CallNext) -> APIResponse[Any]:
        plan, options = self._plan(request)
        numbers = count(1)

        def send(changes: Mapping[str, object]) -> APIResponse[Any]:
            sent = for_round(rewritten(options, changes), next(numbers))
            return call_next(_with_options(request, sent))

        def again(changes: Mapping[str, object]) -> Response:
            return _accepted(send(changes), changes)

        first = send(plan.changes)
        if plan.loop is None or not _is_answer(first, APIResponse):
            return first
        raw = first.http_response
        if request.stream:
            return _replaced(first, join(plan.loop, raw, lambda new: send(new).http_response))
        try:
            return _replaced(first, answer(plan.loop, raw, again))
        except _Failed as failed:
            return failed.response

    async def handle_async(
        self, request: APIRequest, call_next: AsyncCallNext
    ) -> AsyncAPIResponse[Any]:
        plan, options = await run_sync(self._plan, request)
        numbers = count(1)

        async def send(changes: Mapping[str, object]) -> AsyncAPIResponse[Any]:
            sent = for_round(rewritten(options, changes), next(numbers))
            return await call_next(_with_options(request, sent))

        async def again(changes: Mapping[str, object]) -> Response:
            return _accepted(await send(changes), changes)

        async def stream(changes: Mapping[str, object]) -> Response:
            return (await send(changes)).http_response

        first = await send(plan.changes)
        if plan.loop is None or not _is_answer(first, AsyncAPIResponse):
            return first
        raw = first.http_response
        if request.stream:
            return _replaced(first, await ajoin(plan.loop, raw, stream))
        try:
            return _replaced(first, await aanswer(plan.loop, raw, again))
        except _Failed as failed:
            return failed.response

    def _plan(self, request: APIRequest) -> tuple[Plan, Options]:
        """What becomes of the request, and its options without our header."""
        options = without_bypass(request.options)
        asked = Asked(
            method=request.method,
            url=request.url,
            body=body_of(options),
            bypass=asks_for_bypass(request.options),
            joins=self._joins_streams or not request.stream,
            counts=request.retries_taken == 0,
        )
        return make_plan(self.headroom, asked), options


class _Failed(Exception):  # noqa: N818 - it says what happened
    """A round was answered with an error that the SDK shall handle, by a retry perhaps."""

    def __init__(self, response: Any) -> None:
        super().__init__(response)
        self.response = response


def _accepted(response: Any, changes: Mapping[str, object]) -> Response:
    """The response of a round, if it is an answer."""
    raw: Response = response.http_response
    if raw.is_success:
        return raw
    if changes and raw.status_code in _REFUSALS:
        raise Refused
    raise _Failed(response)


def _is_answer(response: object, kind: type) -> bool:
    """Whether this is an answer of the provider, and not what another middleware has put there."""
    return isinstance(response, kind) and response.http_response.is_success


def _with_options(request: APIRequest, options: Options) -> APIRequest:
    """The request with other options. Its own `copy()` would copy the whole body first."""
    copied = copy(request)
    copied.options = options
    return copied


def _replaced(response: Any, raw: Response) -> Any:
    """The SDK's response around another one of HTTP."""
    if raw is response.http_response:
        return response
    copied = copy(response)
    copied.http_response = raw
    copied._parsed_by_type = {}  # noqa: SLF001 - it may hold what another middleware has parsed
    return copied
