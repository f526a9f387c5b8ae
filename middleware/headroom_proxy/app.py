"""Make the application: for a server, for a test, or inside of another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_proxy.gateway import Gateway
from headroom_proxy.settings import ProxySettings
from headroom_proxy.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import httpx2


def create_app(
    settings: ProxySettings | None = None,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    demo: Sequence[dict[str, object]] = (),
    figures_directory: Path | None = None,
) -> Gateway:
    """The proxy as an ASGI application.

    `transport` stands for the network on the way to the upstreams, `demo` is what `GET /demo`
    shows, and `figures_directory` is what several workers share, so that each can tell the figures
    of all.
    """
    worker = Worker(
        settings or ProxySettings(),
        transport=transport,
        demo=demo,
        figures_directory=figures_directory,
    )
    return Gateway(worker)
