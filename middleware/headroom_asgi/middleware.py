"""`CompressionMiddleware`: shortens the requests that pass through an application to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_asgi.body import ENCODINGS, ReadBody, decoded, read_body, replayed
from headroom_asgi.headers import (
    accepting_identity,
    content_encoding,
    is_json,
    of_scope,
    told,
    with_body,
)
from headroom_asgi.off_loop import off_loop
from headroom_asgi.paths import COUNTING_PATHS, PATHS, checked_paths, endpoint_of
from headroom_asgi.rewrite import Rewriter, Rewritten
from headroom_asgi.rounds import Rounds
from headroom_core.bypass import wants_bypass
from headroom_core.engine.shared import shared_engine
from headroom_core.errors import ConfigError
from headroom_core.savings import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from headroom_asgi.paths import Endpoint
    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings


class CompressionMiddleware:
    """Shortens the tool results in requests of the OpenAI and Anthropic APIs.

        app.add_middleware(CompressionMiddleware)                    # lossless
        app.add_middleware(CompressionMiddleware, retrieval=True)    # and views, with their tool

    Everything else passes byte for byte, and so does all of a request but what got shorter.
    With `retrieval`, requests that have tools get the retrieve tool as well, and its calls are
    answered here: the application is called again, and the client sees the final answer only.
    """

    def __init__(  # noqa: PLR0913 - all but the application are settings with defaults
        self,
        app: ASGIApp,
        *,
        settings: Settings | None = None,
        retrieval: bool | None = None,
        engine: Headroom | None = None,
        paths: Mapping[str, WireFormat] = PATHS,
        count_tokens: bool = False,
        minimum_size: int = 0,
        maximum_size: int = 64 * 2**20,
        thread_minimum_size: int = 16 * 2**10,
    ) -> None:
        if engine is not None and settings is not None:
            raise ConfigError("`engine` has settings of its own: give it or `settings`, not both")
        if not 0 <= minimum_size <= maximum_size:
            raise ConfigError(
                "`minimum_size` must be between 0 and `maximum_size`, got"
                f" {minimum_size!r} and {maximum_size!r}"
            )
        self.app = app
        self.paths: dict[str, WireFormat] = checked_paths(paths)
        self.counting_paths: Mapping[str, WireFormat] = COUNTING_PATHS if count_tokens else {}
        self.minimum_size = minimum_size
        self.maximum_size = maximum_size
        self.thread_minimum_size = thread_minimum_size
        self._ledger = Ledger()
        self.rewriter: Rewriter = Rewriter(
            engine or shared_engine(settings), self._ledger, retrieval=retrieval
        )

    @property
    def savings(self) -> Savings:
        """What was saved so far, over all requests."""
        return self._ledger.savings()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        endpoint = endpoint_of(scope["path"], self.paths, self.counting_paths)
        if endpoint is None or not self._may_be_read(of_scope(scope)):
            await self.app(scope, receive, send)
            return
        await Responder(self, endpoint)(scope, receive, send)

    def _may_be_read(self, headers: Mapping[str, str]) -> bool:
        length = headers.get("content-length", "")
        is_too_long = length.isdecimal() and int(length[:20]) > self.maximum_size
        return is_json(headers) and content_encoding(headers) in ENCODINGS and not is_too_long


class Responder:
    """One request: reads and rewrites its body and tells the client what was saved."""

    def __init__(self, middleware: CompressionMiddleware, endpoint: Endpoint) -> None:
        self.app = middleware.app
        self.middleware = middleware
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = of_scope(scope)
        read = await read_body(receive, limit=self.middleware.maximum_size)
        plain = await self._plain(read, content_encoding(headers))
        if plain is None:
            await self.app(scope, replayed(read.messages, receive), send)
            return
        request = await self._rewritten(plain, bypass=wants_bypass(headers))
        send = _telling(send, request)
        if request.exchange is not None:
            asking = {**scope, "headers": accepting_identity(scope["headers"])}
            rounds = Rounds(self.app, self.middleware.rewriter, request, request.exchange)
            await rounds(asking, receive, send)
        elif request.raw is plain:
            await self.app(scope, replayed(read.messages, receive), send)
        else:
            changed = {**scope, "headers": with_body(scope["headers"], len(request.raw))}
            body: Message = {"type": "http.request", "body": request.raw, "more_body": False}
            await self.app(changed, replayed([body], receive), send)

    async def _plain(self, read: ReadBody, encoding: str) -> bytes | None:
        """The body to rewrite, if there is any."""
        if read.body is None or len(read.body) < self.middleware.minimum_size:
            return None
        if not encoding:
            return read.body
        return await off_loop(decoded, read.body, encoding, limit=self.middleware.maximum_size)

    async def _rewritten(self, plain: bytes, *, bypass: bool) -> Rewritten:
        rewriter = self.middleware.rewriter
        shape, answers = self.endpoint.shape, not self.endpoint.counts
        # An exchange reads the store, which is on a disk.
        if len(plain) < self.middleware.thread_minimum_size and not rewriter.retrieval:
            return rewriter.rewrite(plain, shape, bypass=bypass, answers=answers)
        return await off_loop(rewriter.rewrite, plain, shape, bypass=bypass, answers=answers)


def _telling(send: Send, request: Rewritten) -> Send:
    """A `send` that adds to the headers of the response what was saved."""
    if request.result is None:
        return send
    figures = told(request.result)

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *figures]}
        await send(message)

    return tell
