"""The ASGI application of one worker: lets requests in, and sends each on its way."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from headroom_core.fail_open import fail_open
from headroom_proxy import own
from headroom_proxy.access import Access, Asked, Refusal
from headroom_proxy.client import Client, ClientGoneError, TooLargeError, error_body
from headroom_proxy.figures import IN_FLIGHT
from headroom_proxy.forward import forward
from headroom_proxy.heap import TRIM_SECONDS, trim
from headroom_proxy.model_request import ModelRequest
from headroom_proxy.record import Record
from headroom_proxy.responses_traffic import ResponsesTraffic
from headroom_proxy.routes import model_endpoint, own_route, route_name
from headroom_proxy.shared_figures import WRITE_SECONDS
from headroom_proxy.sockets import ClientSocket, PlainTraffic, join
from headroom_proxy.upstream_socket import DeniedError, connected
from headroom_proxy.wire import BrokenError, UpstreamError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from headroom_core.savings import Savings
    from headroom_proxy.headers import RawHeaders
    from headroom_proxy.upstreams import Upstream
    from headroom_proxy.worker import Worker


_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    413: "request_too_large",
    502: "api_error",
    503: "overloaded_error",
}


class Gateway:
    """The proxy of one worker."""

    def __init__(self, worker: Worker) -> None:
        self.worker: Worker = worker
        self._access = Access(worker.settings)

    @property
    def savings(self) -> Savings:
        """What this worker has saved."""
        return self.worker.ledger.savings()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.worker.figures.add("headroom_workers")
        chores = [asyncio.create_task(each) for each in (self._write_figures(), self._trim_heap())]
        self.worker.threads.submit(self.worker.warm_up)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for chore in chores:
            chore.cancel()
        await self.worker.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _write_figures(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            with fail_open("sharing of figures"):
                self.worker.shared.write()

    async def _trim_heap(self) -> None:
        """Give back what requests have left free, as long as there are any."""
        worker, seen = self.worker, 0
        while True:
            await asyncio.sleep(TRIM_SECONDS)
            if worker.figures.changes != seen:
                seen = worker.figures.changes
                await asyncio.get_running_loop().run_in_executor(worker.threads, trim)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        worker = self.worker
        client = Client(receive, send, most=worker.settings.max_body_bytes)
        asked, refusal = self._access.check(asked_of(scope))
        record = Record(asked.method, route_name(asked.path))
        worker.in_flight += 1
        worker.figures.add(IN_FLIGHT)
        try:
            async with client.watched():
                await self._answer(asked, refusal, client, record)
        except ClientGoneError:
            record.fault = "client_left"
        finally:
            worker.in_flight -= 1
            record.close(client, worker.figures, worker.settings.access_log)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        worker = self.worker
        asked, refusal = self._access.check(asked_of(scope))
        record = Record("WEBSOCKET", route_name(asked.path))
        client = ClientSocket(scope, receive, send)
        worker.in_flight += 1
        worker.figures.add(IN_FLIGHT)
        try:
            await client.opened()
            await self._join(asked, refusal or self._too_busy(), client, record)
        finally:
            worker.in_flight -= 1
            record.close(client, worker.figures, worker.settings.access_log)

    async def _join(
        self, asked: Asked, refusal: Refusal | None, client: ClientSocket, record: Record
    ) -> None:
        upstream = self.worker.upstreams.choose(asked.path, asked.headers)
        if refusal is not None:
            record.fault = "refused"
            await client.deny(refusal.status, *_error(upstream, refusal))
            return
        record.upstream = upstream.provider
        try:
            connection = await connected(upstream, asked, self.worker.settings)
        except DeniedError as exc:
            await client.deny(exc.status, exc.headers, exc.body)
        except UpstreamError as exc:
            record.fault = "upstream_unreachable"
            await client.deny(502, *_error(upstream, _unreachable(exc)))
        else:
            record.first_byte()
            is_known = record.route == "responses"
            known = ResponsesTraffic(self.worker, asked, record) if is_known else PlainTraffic()
            async with connection:
                await client.accept(connection)
                await join(client, connection, known, record)

    async def _send(self, upstream: Upstream, asked: Asked, client: Client, record: Record) -> None:
        """Send a request on its way: one for a model with care, any other as it is."""
        wire, most = self.worker.wire, self.worker.settings.max_rewrite_bytes
        endpoint = model_endpoint(asked)
        if endpoint is None:
            await forward(wire, upstream, asked, client.chunks(), client, record)
            return
        body, is_whole = await client.read(most)
        if is_whole:
            await ModelRequest(self.worker, upstream, asked, endpoint, client, record).run(body)
        else:
            await forward(wire, upstream, asked, client.rest(body), client, record)

    def _too_busy(self) -> Refusal | None:
        if self.worker.in_flight > self.worker.settings.max_concurrency:
            return Refusal(503, "too many requests at a time")
        return None

    async def _answer(
        self, asked: Asked, refusal: Refusal | None, client: Client, record: Record
    ) -> None:
        upstream = self.worker.upstreams.choose(asked.path, asked.headers)
        try:
            route = own_route(asked.path)
            if refusal is None and route is None:
                refusal = self._too_busy()
            if refusal is not None:
                record.fault = "refused"
                await _refuse(client, upstream, refusal)
            elif route is not None:
                await own.answer(route, asked, client, self.worker)
            else:
                record.upstream = upstream.provider
                await self._send(upstream, asked, client, record)
        except TooLargeError:
            record.fault = "too_large"
            if not client.status:
                most = self.worker.settings.max_body_bytes
                await _refuse(client, upstream, Refusal(413, f"more than {most:,} bytes"))
        except UpstreamError as exc:
            record.fault = "upstream_unreachable"
            await _refuse(client, upstream, _unreachable(exc))
        except BrokenError as exc:
            record.fault = "upstream_broke_off"
            if not client.status:
                await _refuse(client, upstream, Refusal(502, f"the answer broke off ({exc})"))
            # Else it is left unfinished, so that the client sees a broken one as well.


async def _refuse(client: Client, upstream: Upstream, refusal: Refusal) -> None:
    """Tell a client of an error of ours as it would be told of one of the upstream's."""
    headers, body = _error(upstream, refusal)
    await client.answer(refusal.status, body, headers)


def _error(upstream: Upstream, refusal: Refusal) -> tuple[RawHeaders, bytes]:
    kind = _KINDS.get(refusal.status, "invalid_request_error")
    body = json.dumps(error_body(upstream.provider, kind, refusal.why)).encode()
    headers = [(b"content-type", b"application/json"), (b"x-headroom-error", b"true")]
    return headers + ([(b"retry-after", b"1")] if refusal.status == 503 else []), body


def _unreachable(error: UpstreamError) -> Refusal:
    return Refusal(502, f"no answer from the upstream ({error})")


def asked_of(scope: Scope) -> Asked:
    """What a client asked for."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return Asked(
        scope.get("method", "GET"), path, scope.get("query_string", b""), list(scope["headers"])
    )
