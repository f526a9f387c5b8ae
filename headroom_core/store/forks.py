"""Let a process fork only between two operations of a store, never in the middle of one.

A forked child inherits locks that nobody there will ever release, and an open SQLite connection
whose file locks it only seems to hold: a later close elsewhere would then delete the log that the
child is writing to. So every store is quiet and let go of when the fork happens.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Protocol
from weakref import WeakSet


class ForkAware(Protocol):
    """What a store does around a fork. Both calls come from the thread that forks."""

    def before_fork(self) -> None:
        """Wait for the operation that runs, keep others out, let go of what cannot be shared."""
        ...

    def after_fork(self) -> None:
        """Let operations in again; called in the parent and in the child."""
        ...


_live: WeakSet[ForkAware] = WeakSet()
_quiet: list[ForkAware] = []
_registry = threading.Lock()


def watch_forks(store: ForkAware) -> None:
    """Call the store's methods around every fork, for as long as the store lives."""
    with _registry:
        _live.add(store)


def _before() -> None:
    _registry.acquire()
    _quiet.extend(_live)
    for store in _quiet:
        store.before_fork()


def _after() -> None:
    for store in _quiet:
        store.after_fork()
    _quiet.clear()
    _registry.release()


if sys.platform != "win32":  # pragma: no branch - there is no fork on Windows
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
