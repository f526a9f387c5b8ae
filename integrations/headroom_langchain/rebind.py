"""Put a model of ours into the runnables that a chat model has built around itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import (
    Runnable,
    RunnableBinding,
    RunnableParallel,
    RunnableSequence,
    RunnableWithFallbacks,
)
from langchain_core.runnables.passthrough import RunnableAssign
from pydantic import BaseModel

from headroom_core.formats.wire import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# What flows through them is of no concern here.
Anything = Runnable[Any, Any]


def rebound(  # noqa: PLR0911 - one for each kind of runnable
    runnable: Anything, wrap: Callable[[BaseChatModel], Anything]
) -> Anything:
    """The runnable with every chat model in it replaced; the same object if there is none."""
    match runnable:
        case BaseChatModel():
            return wrap(runnable)
        case RunnableBinding(bound=bound):
            return _changed(runnable, bound=rebound(bound, wrap))
        case RunnableSequence(first=first, middle=middle, last=last):
            return _changed(
                runnable,
                first=rebound(first, wrap),
                middle=_all(middle, wrap),
                last=rebound(last, wrap),
            )
        case RunnableParallel():
            steps = runnable.steps__
            return _changed(
                runnable, steps__={name: rebound(step, wrap) for name, step in steps.items()}
            )
        case RunnableAssign():
            inner = cast("Anything", runnable.mapper)  # pyright: ignore[reportUnknownMemberType] - bare in its class
            return _changed(runnable, mapper=rebound(inner, wrap))
        case RunnableWithFallbacks(runnable=inner, fallbacks=fallbacks):
            return _changed(
                runnable, runnable=rebound(inner, wrap), fallbacks=_all(fallbacks, wrap)
            )
        case _:
            return runnable


def _all(
    runnables: Sequence[Anything], wrap: Callable[[BaseChatModel], Anything]
) -> list[Anything]:
    return [rebound(each, wrap) for each in runnables]


def _changed(runnable: Anything, /, **fields: object) -> Anything:
    """A copy with these fields, if one of them is another than before."""
    if all(_same(getattr(runnable, name), value) for name, value in fields.items()):
        return runnable
    # Every runnable that holds others is a model of pydantic's.
    return runnable.model_copy(update=fields) if isinstance(runnable, BaseModel) else runnable


def _same(before: object, after: object) -> bool:
    if is_object(before) and is_object(after):
        return all(after[key] is value for key, value in before.items())
    if is_array(before) and is_array(after):
        return all(a is b for a, b in zip(before, after, strict=True))
    return before is after
