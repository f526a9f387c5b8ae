"""The functions most people use: a shared engine behind `compress`, `retrieve` and `acompress`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from headroom_core.engine.shared import shared_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.report import CompressResult
    from headroom_core.retrieve import Retrieved
    from headroom_core.settings import Settings

M = TypeVar("M")


def compress(  # noqa: PLR0913 - each is a choice of the caller
    messages: Sequence[M],
    *,
    model: str | None = None,
    retrieval: bool | None = None,
    wire: WireFormat | None = None,
    settings: Settings | None = None,
    bypass: bool = False,
) -> CompressResult[M]:
    """Shorten what a model is about to read, and never mutate what was passed.

    `messages` are in any of the three wire formats; the result holds the same format. `model`
    changes the reported figures and never a byte. `retrieval=True` says that you pass
    `result.tools` to the model and answer its calls with `retrieve`; only then may anything be
    hidden. `wire` names the format of the tools where the messages do not show it yet, as a first
    user message does not. `settings` default to environment, file and defaults. `bypass=True`
    touches nothing.
    """
    return shared_engine(settings).compress(
        messages, model=model, retrieval=retrieval, wire=wire, bypass=bypass
    )


async def acompress(  # noqa: PLR0913 - as `compress`
    messages: Sequence[M],
    *,
    model: str | None = None,
    retrieval: bool | None = None,
    wire: WireFormat | None = None,
    settings: Settings | None = None,
    bypass: bool = False,
) -> CompressResult[M]:
    """`compress`, off the event loop when there is much to do."""
    return await shared_engine(settings).acompress(
        messages, model=model, retrieval=retrieval, wire=wire, bypass=bypass
    )


def retrieve(  # noqa: PLR0913 - each is one way to ask
    ref: str,
    *,
    lines: str | None = None,
    query: str | None = None,
    where: str | None = None,
    path: str | None = None,
    symbol: str | None = None,
    max_tokens: int | None = None,
    cursor: str | None = None,
    settings: Settings | None = None,
) -> Retrieved:
    """The original that a note names. Without a selector: all of it, byte for byte.

    At most one selector chooses a part: `lines="120-180"`, `query="connection reset"` (the best
    stretches first), `where="status >= 500 and service = 'api'"` or `where="count by status"`
    (rows, or exact figures about them), `path="$.items[3].name"`, `symbol="Parser.parse"`.
    With `max_tokens` the answer is no longer than that, and its `cursor` gets the rest.

    Raises `NotFoundError` for a ref that was never stored here, `EvictedError` for one that the
    size cap has removed, `CorruptedError` instead of handing out damaged text, and `RetrieveError`
    for a selector that is wrong.
    """
    return shared_engine(settings).retrieve(
        ref,
        lines=lines,
        query=query,
        where=where,
        path=path,
        symbol=symbol,
        max_tokens=max_tokens,
        cursor=cursor,
    )
