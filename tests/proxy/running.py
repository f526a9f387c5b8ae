"""The proxy on a port of loopback, in a thread, until the block ends."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import httpx2

from headroom_core.settings import Settings
from headroom_proxy import Gateway, ProxySettings, create_app
from headroom_proxy.run import Server, listen, server_config

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PATIENCE = 60.0


def eventually(holds: Callable[[], object]) -> None:
    """Wait for what another thread is about to do; a busy machine may take its time over it."""
    end = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < end, "it never came to hold"
        sleep(0.005)


@dataclass(frozen=True, slots=True)
class Running:
    """A proxy that runs."""

    url: str
    port: int
    gateway: Gateway

    def stats(self) -> Any:
        """Return what it counted, once it is done with all that was asked.

        A client has its answer before the proxy has closed its record of the request.
        """
        eventually(lambda: self.gateway.worker.in_flight == 0)
        return httpx2.get(f"{self.url}/stats", timeout=PATIENCE).json()


@contextmanager
def proxying(upstream: str, **settings: Any) -> Generator[Running]:
    """Serve in front of one upstream for both shapes. `settings` are those of the proxy."""
    settings.setdefault("compression", Settings(store="memory://"))
    given = ProxySettings(
        upstream_openai=upstream, upstream_anthropic=upstream, port=0, grace_seconds=1, **settings
    )
    gateway = create_app(given)
    listener = listen(given)
    started = Event()
    server = Server(server_config(given, gateway), on_start=started.set)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert started.wait(20)
    port: int = listener.getsockname()[1]
    try:
        yield Running(f"http://127.0.0.1:{port}", port, gateway)
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def exchanged(port: int, raw: bytes, *, until: bytes | None = None) -> bytes:
    """Send bytes over a socket and return all that comes back, or what comes until some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as conn:
        conn.sendall(raw)
        got = b""
        while until is None or until not in got:
            chunk = conn.recv(65_536)
            if not chunk:
                break
            got += chunk
        return got
