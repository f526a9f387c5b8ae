"""Give back to the system what lies free in the heap, in pieces between what is still in use.

Requests of many sizes, worked on by several threads, leave such pieces behind. The C library keeps
them unless it is asked, so a process seems to grow though it holds no more than before.
"""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TRIM_SECONDS = 10.0
"""How often that is done while requests come in. It takes about a millisecond."""


def trim() -> None:
    """Give back whole pages, where the C library can: glibc, so most Linux systems."""
    if _trim is not None:
        _trim(0)


def _found() -> Callable[[int], object] | None:
    if sys.platform != "linux":
        return None
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except AttributeError:
        return None
    return found


_trim = _found()
