"""Headroom for LiteLLM: `litellm.callbacks = [HeadroomCallback()]`, in its SDK and its proxy.

In the proxy's `config.yaml` it is `callbacks: ["headroom_litellm.proxy_handler_instance"]`.
"""

from __future__ import annotations

from headroom_core.errors import MissingExtraError

try:
    import litellm as _litellm
except ImportError as exc:
    raise MissingExtraError("litellm", extra="litellm") from exc

from headroom_litellm.callback import HeadroomCallback

del _litellm

__all__ = ["HeadroomCallback", "proxy_handler_instance"]

proxy_handler_instance: HeadroomCallback


def __getattr__(name: str) -> HeadroomCallback:
    """Make the instance for the proxy when it is asked for, from environment and files."""
    if name != "proxy_handler_instance":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    instance = HeadroomCallback()
    globals()[name] = instance
    return instance
