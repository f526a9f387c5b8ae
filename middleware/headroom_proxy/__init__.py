"""The gateway: a proxy in front of any client of the OpenAI and Anthropic APIs.

    headroom proxy --port 8787

or, as an ASGI application, `create_app(ProxySettings(...))`.
"""

from __future__ import annotations

from headroom_core.errors import MissingExtraError

try:
    from headroom_proxy.app import create_app
    from headroom_proxy.gateway import Gateway
    from headroom_proxy.settings import ProxySettings
except ModuleNotFoundError as exc:
    if exc.name not in {"httpx2", "starlette", "uvicorn", "websockets"}:
        raise
    raise MissingExtraError(exc.name, extra="proxy") from exc

__all__ = ["Gateway", "ProxySettings", "create_app"]
