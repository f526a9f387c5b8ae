"""The one place where an error of ours is swallowed so that a request goes on.

`with fail_open("compression of a tool result", tell=warnings.append):` logs the error with its
traceback, counts it, tells the result, and carries on. Cancellation and interrupts always pass.
"""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

logger: logging.Logger = logging.getLogger(__name__)

swallowed: Counter[str] = Counter()
"""How often each guarded step has failed in this process."""


class _Switch:
    """Whether errors are raised after all, as this project's own tests want."""

    on = False


class fail_open:  # noqa: N801 - reads as a statement: `with fail_open(...)`
    """Swallow an `Exception` of the block, visibly.

    A class and not a generator, so that type checkers see that the block may be left early.
    """

    def __init__(self, what: str, *, tell: Callable[[str], object] | None = None) -> None:
        self._what = what
        self._tell = tell

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or _Switch.on:
            return False
        swallowed[self._what] += 1
        logger.warning("%s failed, going on without it", self._what, exc_info=error)
        if self._tell is not None:
            self._tell(f"{self._what} failed ({type(error).__name__}), it was left as it is")
        return True


@contextmanager
def raising(enabled: bool = True) -> Generator[None]:  # noqa: FBT001, FBT002 - reads well at the call
    """Let the errors through while the block runs: for tests."""
    before, _Switch.on = _Switch.on, enabled
    try:
        yield
    finally:
        _Switch.on = before
