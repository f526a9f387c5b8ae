"""The command line: one module for each command."""

from __future__ import annotations

from headroom.cli.main import main

__all__ = ["main"]
