"""The version of the installed distribution."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("headroom-gateway")
except PackageNotFoundError:  # pragma: no cover - only in a source tree that is not installed
    __version__ = "0.0.0+source"
