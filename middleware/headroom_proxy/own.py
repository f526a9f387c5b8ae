"""The routes that the proxy answers itself."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from headroom_proxy import service, status
from headroom_proxy.demo import demonstration

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.service import Reply
    from headroom_proxy.access import Asked
    from headroom_proxy.client import Client
    from headroom_proxy.worker import Worker

T = TypeVar("T")

_METHODS = {"compress": ("POST",), "retrieve": ("GET", "POST")}
_READING = ("GET", "HEAD")
_TEXT = [(b"content-type", b"text/plain; charset=utf-8")]
_EXPOSITION = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]


async def answer(route: str, asked: Asked, client: Client, worker: Worker) -> None:
    """Answer a request on one of our routes."""
    allowed = _METHODS.get(route, _READING)
    if asked.method not in allowed:
        allow = [(b"allow", ", ".join(allowed).encode())]
        await client.answer_json(405, {"error": f"use {' or '.join(allowed)}"}, allow)
        return
    match route:
        case "livez":
            await client.answer(200, b"ok\n", _TEXT)
        case "readyz":
            why = await _in_thread(worker, lambda: status.not_ready(worker))
            await client.answer(503 if why else 200, f"{why or 'ok'}\n".encode(), _TEXT)
        case "health":
            await client.answer_json(200, status.health(worker))
        case "stats":
            await client.answer_json(200, status.stats(worker))
        case "metrics":
            await client.answer(200, status.metrics(worker).encode(), _EXPOSITION)
        case "demo":
            settings = worker.settings
            mode, retrieval = settings.compression.mode, settings.retrieval
            show = partial(demonstration, worker.demo, mode, retrieval=retrieval)
            await client.answer(200, (await _in_thread(worker, show)).encode(), _TEXT)
        case _:
            await _serve(route, asked, client, worker)


async def _serve(route: str, asked: Asked, client: Client, worker: Worker) -> None:
    """Compress or retrieve for another gateway, in the namespace of its key."""
    body, _ = await client.read(worker.settings.max_body_bytes)
    namespace = worker.tenants.namespace(asked.headers)

    def work() -> Reply:
        engine = worker.tenants.engine(namespace)
        if route == "compress":
            return service.compressed(engine, worker.ledger, body)
        return service.retrieved(engine, worker.ledger, asked, body)

    reply = await _in_thread(worker, work)
    await client.answer_json(reply.status, reply.body)


async def _in_thread(worker: Worker, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(worker.threads, work)
