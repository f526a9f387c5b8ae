"""Clients of the Anthropic SDK: conversations go through a middleware, the SDK's own hook."""

from __future__ import annotations

from copy import copy
from functools import wraps
from inspect import iscoroutine
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from headroom_core.errors import MissingExtraError
from headroom_sdk.endpoints import endpoint_of
from headroom_sdk.options import asks_for_bypass, body_of, for_round, rewritten, without_bypass
from headroom_sdk.plan import Asked, Plan, make_plan
from headroom_sdk.state import ClientHeadroom

try:
    from anthropic import (
        Anthropic,
        APIResponse,
        AsyncAnthropic,
        AsyncAPIResponse,
        Middleware,
    )
    from anthropic.lib.bedrock import (
        AnthropicBedrock,
        AnthropicBedrockMantle,
        AsyncAnthropicBedrock,
        AsyncAnthropicBedrockMantle,
    )
    from anthropic.lib.vertex import AnthropicVertex, AsyncAnthropicVertex
    from anyio.to_thread import run_sync
except ImportError as exc:
    raise MissingExtraError("anthropic>=0.108", extra="anthropic") from exc

from headroom_sdk.rounds import Refused, aanswer, answer
from headroom_sdk.streams import ajoin, join

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from anthropic import APIRequest, AsyncCallNext, CallNext
    from httpx2 import Response

    from headroom_sdk.options import Options, Wanted

CLIENTS = (
    *(Anthropic, AnthropicBedrock, AnthropicBedrockMantle, AnthropicVertex),
    *(AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle, AsyncAnthropicVertex),
)
"""What can be wrapped; those of other clouds are subclasses of these."""

Client = Any
"""One of these, or its class: they have no base class that is public."""

SdkResponse = Any
"""A response of either kind of client; nothing that is done to it differs between them."""

R = TypeVar("R")

_REFUSALS = frozenset({400, 404, 413, 422})
"""The statuses that say that a request is wrong, and not that the provider is in trouble."""


def wrap_anthropic(client: Client, headroom: ClientHeadroom) -> object:
    """A copy of the client whose conversations pass our middleware.

    Of the same class by name and by `isinstance`. The caller's own middleware stays as it is.
    """
    kind = cast("Client", type(client))
    if isinstance(before := getattr(kind, "_wrapping", None), Wrapping):
        kind = before.kind
    middleware: tuple[object, ...] = client.middleware
    others = [each for each in middleware if not isinstance(each, HeadroomMiddleware)]
    return _alike(client, Wrapping(kind, headroom).copied(client, middleware=others))


class Wrapping:
    """Makes a class of clients like `kind`, and does what is different in it.

    Nothing of it stands in a client's own attributes, so a client and its copies are as alike as
    they are without it.
    """

    def __init__(self, kind: Client, headroom: ClientHeadroom) -> None:
        @wraps(kind.copy)
        def copy(client: Client, *args: object, **kwargs: object) -> Client:
            return self.copied(client, *args, **kwargs)

        @wraps(kind.request)
        def request(client: Client, cast_to: Wanted, options: Options, **how: Wanted) -> Wanted:
            return self.requested(client, cast_to, options, **how)

        self.kind = kind
        # The streams of Bedrock are not server-sent events but frames of AWS, which we do not join.
        framed = issubclass(kind, (AnthropicBedrock, AsyncAnthropicBedrock))
        self._ours = HeadroomMiddleware(headroom, joins_streams=not framed)
        self._within = WeakKeyDictionary[object, _Within]()
        fields = {"headroom": headroom, "_wrapping": self, "request": request}
        copies = {"copy": copy, "with_options": copy}
        named = {"__module__": kind.__module__, "__doc__": kind.__doc__}
        self.wrapped: type = type(kind.__name__, (kind,), {**fields, **copies, **named})

    def copied(self, client: Client, *args: object, **kwargs: object) -> Client:
        """A copy of a client, of the class that is made here."""
        copied = self.kind.copy(_seen_as(self.kind, client), *args, **kwargs)
        copied.__class__ = self.wrapped
        return copied

    def requested(self, client: Client, cast_to: Wanted, options: Options, **how: Wanted) -> Wanted:
        """The answer to a request of a client, or what one awaits to get it."""
        if endpoint_of(options.method, options.url) is None:
            return self.kind.request(client, cast_to, without_bypass(options), **how)
        within = self._within.get(client)
        if within is None or not within.fits(client):
            within = self._within[client] = _Within(self.kind, client, self._ours)
        try:
            answer = within.client.request(cast_to, options, **how)
        finally:
            within.tell(client)
        return within.awaited(answer, client) if iscoroutine(answer) else answer


class _Within:
    """A client that sends the conversations of another one, with our middleware innermost.

    Another one, so that the middleware of a client is the caller's own, and what is no conversation
    passes none of ours. It is kept as long as it fits, because it may have fetched credentials.
    """

    def __init__(self, kind: Client, outer: Client, ours: HeadroomMiddleware) -> None:
        middleware = [*outer.middleware, ours]
        made_anew = kind.copy(_seen_as(kind, outer), middleware=middleware)
        self.client: Client = _alike(outer, made_anew)
        # What both have, and nothing of the other one alone, which would keep it alive.
        made, state = _state(self.client), _state(outer)
        self._made_from = {name: value for name, value in state.items() if made.get(name) == value}

    def fits(self, outer: object) -> bool:
        """Whether the other one is as it was: its key, for one, can be assigned to."""
        state = _state(outer)
        return all(state.get(name) is value for name, value in self._made_from.items())

    async def awaited(self, answer: Awaitable[R], outer: object) -> R:
        """The answer to a request of an asynchronous client."""
        try:
            return await answer
        finally:
            self.tell(outer)

    def tell(self, outer: object) -> None:
        """Give the other one what this one has found out on the way: its project, credentials."""
        made, state = _state(self.client), _state(outer)
        for name, value in tuple(self._made_from.items()):
            found = made.get(name)
            if found is not value and state.get(name) is value:
                state[name] = self._made_from[name] = found


def _alike(client: Client, copied: Client) -> Client:
    """The copy, with what the SDK's own copies leave out.

    That is strict checks of answers, a project named "", and the credentials of a subclass.
    """
    made = _state(copied)
    for name, value in _state(client).items():
        if isinstance(value, (str, bool)) or made.get(name, value) is None:
            made[name] = value
    return copied


def _state(client: object) -> dict[str, object]:
    return vars(client)


def _seen_as(kind: Client, client: object) -> Client:
    """The client as one of this very class, by which the SDK tells what credentials it has."""
    seen = object.__new__(kind)
    seen.__dict__ = client.__dict__
    return seen


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
        if plan.loop is None or not _is_answer(first):
            return first
        raw = first.http_response
        if request.stream:
            return _replaced(first, join(plan.loop, raw, lambda new: send(new).http_response))
        try:
            final = answer(plan.loop, raw, again)
        except _Failed as failed:
            return cast("APIResponse[Any]", failed.response)
        return _replaced(first, final)

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
        if plan.loop is None or not _is_answer(first):
            return first
        raw = first.http_response
        if request.stream:
            return _replaced(first, ajoin(plan.loop, raw, stream))
        try:
            final = await aanswer(plan.loop, raw, again)
        except _Failed as failed:
            return cast("AsyncAPIResponse[Any]", failed.response)
        return _replaced(first, final)

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

    def __init__(self, response: object) -> None:
        super().__init__(response)
        self.response = response


def _accepted(response: SdkResponse, changes: Mapping[str, object]) -> Response:
    """The response of a round, if it is an answer."""
    raw: Response = response.http_response
    if raw.is_success:
        return raw
    if changes and raw.status_code in _REFUSALS:
        raise Refused
    raise _Failed(response)


def _is_answer(response: object) -> bool:
    """Whether this is an answer of the provider, and not what another middleware has put there."""
    match response:
        case APIResponse(http_response=raw) | AsyncAPIResponse(http_response=raw):
            return raw.is_success
        case _:
            return False


def _with_options(request: APIRequest, options: Options) -> APIRequest:
    """The request with other options. Its own `copy()` would copy the whole body first."""
    copied = copy(request)
    copied.options = options
    return copied


def _replaced(response: R, raw: Response) -> R:
    """The SDK's response around another one of HTTP."""
    copied: SdkResponse = copy(response)
    if raw is copied.http_response:
        return response
    copied.http_response = raw
    copied._parsed_by_type = {}  # noqa: SLF001 - it may hold what another middleware has parsed
    return cast("R", copied)
