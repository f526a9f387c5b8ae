"""A pytest plugin that gives every client that a suite makes to `with_headroom`.

`INJECT=client` puts it in, and `RETRIEVAL=0` leaves the retrieve tool out.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import wraps
from threading import local
from typing import TYPE_CHECKING, Any

from headroom_core.engine.headroom import Headroom
from headroom_core.fail_open import raising
from headroom_sdk import ClientHeadroom, headroom_of, with_headroom
from injected import report

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import pytest

HOW = os.environ.get("INJECT", "")
RETRIEVAL = os.environ.get("RETRIEVAL", "1") == "1"
ledgers: list[ClientHeadroom] = []
left_alone: list[object] = []
"""Classes of the suite itself, with constructors of their own."""


class _Making(local):
    """What is being made in this thread, so that only a caller's own client is wrapped."""

    depth = 0


making = _Making()


@contextmanager
def _left_alone() -> Generator[None]:
    making.depth += 1
    try:
        yield
    finally:
        making.depth -= 1


def _alone(function: Callable[..., object]) -> Callable[..., object]:
    @wraps(function)
    def called(*args: object, **kwargs: object) -> object:
        with _left_alone():
            return function(*args, **kwargs)

    return called


def _injected(kind: Any, engine: Headroom) -> None:
    """Let clients of this class wrap themselves as soon as they are made."""
    own: Callable[..., None] = kind.__init__

    @wraps(own)
    def init(self: Any, *args: object, **kwargs: object) -> None:
        with _left_alone():
            own(self, *args, **kwargs)
        if making.depth or isinstance(getattr(self, "headroom", None), ClientHeadroom):
            return
        if type(self).__init__ is not init:
            left_alone.append(self.__class__)  # it is not made yet, so it cannot be copied
            return
        with _left_alone():
            wrapped: Any = with_headroom(self, retrieval=RETRIEVAL, engine=engine)
        # The wrapped one, for whoever holds this one already.
        self.__dict__ = vars(wrapped)
        self.__class__ = type(wrapped)
        ledgers.append(headroom_of(wrapped))

    kind.__init__ = init


def _kinds(base: type) -> Iterator[type]:
    """A class and all that are made of it."""
    subclasses: list[type] = base.__subclasses__()
    yield base
    for each in subclasses:
        yield from _kinds(each)


def _inject() -> None:
    # One for all of them; made here, because suites clear the environment.
    engine = Headroom()
    if os.environ["SUITE"] == "openai":
        from headroom_sdk import openai_client as oc  # noqa: PLC0415 - the other SDK may be absent

        bases: tuple[type, ...] = oc.CLIENTS
        ours: tuple[type, ...] = (oc._Compressing, oc._AsyncCompressing)
    else:
        from headroom_sdk import anthropic_client as ac  # noqa: PLC0415 - as above

        bases, ours = ac.CLIENTS, ()
        setattr(ac.Wrapping, "copied", _alone(ac.Wrapping.copied))  # noqa: B010 - known as fixed
        setattr(ac._Within, "__init__", _alone(ac._Within.__init__))  # noqa: B010 - as above
    for kind in dict.fromkeys(kind for base in bases for kind in _kinds(base)):
        if kind not in ours and "__init__" in vars(kind):
            _injected(kind, engine)
    # What goes wrong in Headroom shall fail the test in which it does.
    raising().__enter__()


if HOW:
    _inject()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say what was put in, each worker for itself."""
    del session
    report(
        len(ledgers),
        f"clients, {len(left_alone)} more left alone",
        [each.savings for each in ledgers],
    )
