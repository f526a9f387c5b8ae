"""Headroom as middleware of any ASGI application.

    app.add_middleware(CompressionMiddleware)

`Rewriter` does the same to the body of a request without any server around it.
"""

from headroom_core.errors import MissingExtraError

try:
    import anyio as _anyio
    import starlette as _starlette
except ImportError as exc:
    raise MissingExtraError("starlette", extra="asgi") from exc

from headroom_asgi.middleware import CompressionMiddleware
from headroom_asgi.paths import PATHS
from headroom_asgi.rewrite import Rewriter, Rewritten

__all__ = ["PATHS", "CompressionMiddleware", "Rewriter", "Rewritten"]

del _anyio, _starlette
