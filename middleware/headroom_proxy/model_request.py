"""One call of a model over HTTP: shorten the request, and answer what the model asks on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from headroom_asgi.body import decoded
from headroom_asgi.headers import told, with_body
from headroom_core.bypass import BYPASS_HEADER, wants_bypass
from headroom_core.fail_open import fail_open
from headroom_proxy.batch import Batch
from headroom_proxy.forward import passed_back, send
from headroom_proxy.headers import RawHeaders, replaced, value_of
from headroom_proxy.rounds import Rounds
from headroom_proxy.routes import body_encoding

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_asgi.paths import Endpoint
    from headroom_asgi.rewrite import Rewritten
    from headroom_core.retrieve_loop import Exchange
    from headroom_proxy.access import Asked
    from headroom_proxy.client import Client
    from headroom_proxy.prefix import Diagnosis
    from headroom_proxy.record import Record
    from headroom_proxy.upstreams import Upstream
    from headroom_proxy.wire import Answer
    from headroom_proxy.worker import Worker

T = TypeVar("T")

SMALL_BYTES = 4_096
"""Bodies up to this size are worked on at once: a thread would cost more than the work."""


class ModelRequest:
    """A request of a client for an answer of a model."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a request is made of
        self,
        worker: Worker,
        upstream: Upstream,
        asked: Asked,
        endpoint: Endpoint,
        client: Client,
        record: Record,
    ) -> None:
        self._worker = worker
        self._upstream = upstream
        self._asked = asked
        self._endpoint = endpoint
        self._client = client
        self._record = record
        self._namespace = worker.tenants.namespace(asked.headers)

    async def run(self, raw: bytes) -> None:
        """Send the request, and give the client its answer."""
        plain = self._plain(raw)
        if plain is None:
            # Not what it says that it is: the upstream will say so.
            answer = await self._sent(raw, raw, reads=False)
            await passed_back(answer, self._client)
            return
        is_small = len(plain) <= SMALL_BYTES
        work = partial(self._rewritten, plain)
        request, diagnosis = work() if is_small else await self._off(work)
        exchange = request.exchange
        body = raw if request.raw is plain else request.raw
        answer = await self._sent(raw, body, reads=exchange is not None)
        self._record.first_byte()
        headers = self._told(request, diagnosis)
        is_read = answer.status == 200 and not answer.header(b"content-encoding")
        if exchange is None or not is_read:
            await passed_back(answer, self._client, headers)
            return
        rounds = self._rounds(raw, request, exchange)
        if answer.header(b"content-type").startswith(b"text/event-stream"):
            await rounds.stream(answer, self._client, headers)
        else:
            await rounds.whole(answer, self._client, headers)

    def _plain(self, raw: bytes) -> bytes | None:
        """The body without its content encoding; `None` where it has another one than it says."""
        encoding = body_encoding(self._asked)
        if not encoding:
            return raw
        return decoded(raw, encoding, limit=self._worker.settings.max_rewrite_bytes)

    async def _off(self, work: Callable[[], T]) -> T:
        """Do work off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._worker.threads, work)

    def _rewritten(self, raw: bytes) -> tuple[Rewritten, Diagnosis | None]:
        start = perf_counter()
        self._rewriter = self._worker.rewriter(self._namespace)
        given = value_of(self._asked.headers, BYPASS_HEADER.encode()) or b""
        bypass = wants_bypass({BYPASS_HEADER: given.decode("latin-1")})
        if self._endpoint.is_batch:
            request = Batch(self._rewriter, raw, bypass=bypass).finish()
        else:
            answers = not self._endpoint.counts
            request = self._rewriter.rewrite(
                raw, self._endpoint.shape, bypass=bypass, answers=answers
            )
        self._record.rewrite_seconds = perf_counter() - start
        return request, self._diagnosed(request)

    def _diagnosed(self, request: Rewritten) -> Diagnosis | None:
        """What became of the prefix of the conversation that the request goes on with."""
        if request.body and not self._endpoint.counts:
            with fail_open("diagnosis of a prefix"):
                return self._worker.prefixes.look(
                    self._endpoint.shape, request.body, self._namespace, request.names
                )
        return None

    def _told(self, request: Rewritten, diagnosis: Diagnosis | None) -> RawHeaders:
        """Headers that tell the client what was done; noted for the log and the figures too."""
        headers: RawHeaders = []
        if (result := request.result) is not None:
            self._record.tokens_before = result.tokens_before
            self._record.tokens_after = result.tokens_after
            headers = told(result)
            if result.warnings:
                headers.append((b"x-headroom-warnings", b"%d" % len(result.warnings)))
        if diagnosis is not None:
            self._record.prefix = diagnosis.reason or diagnosis.outcome
            self._worker.tell_prefix(self._record.route, diagnosis)
            headers.append((b"x-headroom-prefix", _header(str(diagnosis))))
        return headers

    async def _sent(self, raw: bytes, body: bytes, *, reads: bool) -> Answer:
        """Send a body upstream. `reads` says that the answer has to be read here."""
        asked = self._asked
        if body is not raw:
            asked = replace(asked, headers=with_body(asked.headers, len(body)))
        if reads:
            identity = {b"accept-encoding": b"identity"}
            asked = replace(asked, headers=replaced(asked.headers, identity))
        return await send(self._worker.wire, self._upstream, asked, body)

    def _rounds(self, raw: bytes, request: Rewritten, exchange: Exchange) -> Rounds:
        engine = self._rewriter.engine
        messages = request.result.messages if request.result is not None else []

        def answered() -> None:
            self._record.retrievals += 1
            self._rewriter.count_answers(exchange)

        return Rounds(
            request,
            exchange,
            self._worker.write_guard(messages, engine.store, self._record),
            send=lambda body: self._sent(raw, body, reads=True),
            answered=answered,
            threads=self._worker.threads,
        )


def _header(text: str) -> bytes:
    """A text as the value of a header."""
    return text.encode("ascii", "replace").replace(b"\r", b" ").replace(b"\n", b" ")
