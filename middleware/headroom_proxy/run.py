"""Run the proxy: one process or several, until it is told to stop."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from headroom_core.errors import ConfigError
from headroom_proxy.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from headroom_proxy.gateway import Gateway
    from headroom_proxy.settings import ProxySettings

BACKLOG = 2048
SPARE_FILES = 128
"""Descriptors that are left for the store, the log and what Python itself opens."""
FILES_PER_REQUEST = 2
KEEP_ALIVE_SECONDS = 75
"""How long an idle client is waited for: longer than clients keep their own connections."""
MOST_HEADER_BYTES = 256 * 1024
PATIENCE_WITH_WORKERS = 60
"""Seconds a worker may be silent: one that is busy, or still starts, must not be killed for it."""


class Server(uvicorn.Server):
    """A server that says when it takes requests."""

    def __init__(self, config: uvicorn.Config, *, on_start: Callable[[], object]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_start()


def serve(
    settings: ProxySettings,
    *,
    demo: Sequence[dict[str, object]] = (),
    on_start: Callable[[ProxySettings], object],
) -> None:
    """Serve until a signal says otherwise. `on_start` is told the settings that are in force."""
    listener = listen(settings)
    started = replace(settings, port=listener.getsockname()[1], max_concurrency=room_for(settings))
    logging_to_stderr()
    if settings.workers == 1:
        # The server ends in order at these, and then raises them once more for whoever else cares.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _let_be)
        config = server_config(started, create_app(started, demo=demo))
        Server(config, on_start=partial(on_start, started)).run(sockets=[listener])
        return
    with tempfile.TemporaryDirectory(prefix="headroom-proxy-") as directory:  # pragma: no cover
        # Tests run this in processes of their own.
        make = partial(_create_in_worker, started, demo, Path(directory))
        config = server_config(started, make, factory=True)
        on_start(started)
        Multiprocess(config, sockets=[listener]).run()


def server_config(
    settings: ProxySettings, app: Gateway | Callable[[], Gateway], *, factory: bool = False
) -> uvicorn.Config:
    """How the server is set: it adds no headers, and its own log keeps to what is wrong."""
    return uvicorn.Config(
        app,
        factory=factory,
        workers=settings.workers,
        backlog=BACKLOG,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        log_config=None,
        log_level=None,
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=None,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=PATIENCE_WITH_WORKERS,
        timeout_graceful_shutdown=settings.grace_seconds,
        lifespan="on",
    )


def listen(settings: ProxySettings) -> socket.socket:
    """Take the port. Raises `ConfigError` where that is not possible."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With its protocol named, or asyncio does not know that it is TCP and lets small writes wait.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host.strip("[]"), settings.port))
    except OSError as exc:
        listener.close()
        taken = exc.errno == errno.EADDRINUSE
        hint = "; is a proxy running already? `--port` takes another one" if taken else ""
        where = f"{settings.host}:{settings.port}"
        raise ConfigError(f"cannot listen on {where}: {exc.strerror}{hint}") from exc
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def room_for(settings: ProxySettings) -> int:
    """How many requests at a time the open-files limit has room for, after raising it."""
    if sys.platform == "win32":
        return settings.max_concurrency
    import resource  # noqa: PLC0415 - there is none on Windows

    needed = settings.max_concurrency * FILES_PER_REQUEST + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return settings.max_concurrency
    return max(1, (soft - SPARE_FILES) // FILES_PER_REQUEST)


def logging_to_stderr() -> None:  # pragma: no cover - tests run it in a process of its own
    """Have the proxy's log, and what is wrong with the server, written to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    for name, level in (
        ("headroom_proxy", logging.INFO),
        ("headroom_core", logging.WARNING),
        ("uvicorn.error", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.addHandler(handler)
        logger.propagate = False
    logging.getLogger("uvicorn.error").addFilter(_is_news)


def _let_be(number: int, frame: FrameType | None) -> None:
    """Do nothing about a signal."""
    del number, frame


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the server says something new: a broken answer is in the access log already."""
    return not record.getMessage().startswith("ASGI callable returned without completing")


def _create_in_worker(
    settings: ProxySettings, demo: Sequence[dict[str, object]], figures: Path
) -> Gateway:  # pragma: no cover - tests run it in processes of their own
    logging_to_stderr()
    return create_app(settings, demo=demo, figures_directory=figures)
