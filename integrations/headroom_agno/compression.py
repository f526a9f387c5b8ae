"""Agno's own seam: a compression manager that writes `compressed_content` beside `content`."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from agno.compression.manager import CompressionManager

from headroom_agno.codec import AgnoCodec
from headroom_agno.model import HeadroomAgnoModel
from headroom_agno.offer import make_offer
from headroom_agno.shared import Shared, is_short
from headroom_core.fail_open import fail_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agno.models.base import Model
    from agno.models.message import Message as AgnoMessage

    from headroom_core.engine.headroom import Headroom
    from headroom_core.report import CompressResult
    from headroom_core.savings import Savings
    from headroom_core.settings import Settings

# Agno asks `should_compress`, which sees the tools of the request, and then calls `compress`, which
# does not. The answer belongs to the request, and so to the task or thread that makes it.
_redeemable: ContextVar[bool] = ContextVar("headroom_agno_redeemable", default=False)


class HeadroomCompressionManager(CompressionManager):
    """Shortens each tool result once, before a model first reads it, without a model of its own.

        Agent(model=..., tools=[..., HeadroomToolkit()],
              compression_manager=HeadroomCompressionManager())

    Agno sends `compressed_content` and stores it with the message, beside the whole `content`. With
    `retrieval` (and the retrieve tool among the agent's tools) long results become views;
    otherwise every change decodes back.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        retrieval: bool = True,
        engine: Headroom | None = None,
    ) -> None:
        super().__init__(compress_tool_results=True, compress_tool_results_limit=1)
        self._shared = Shared(settings=settings, retrieval=retrieval, engine=engine)

    @property
    def savings(self) -> Savings:
        """What was saved so far, by this manager and all copies of it."""
        return self._shared.ledger.savings()

    def should_compress(
        self,
        messages: list[AgnoMessage],
        tools: list[Any] | None = None,
        model: Model | None = None,
        response_format: object = None,
    ) -> bool:
        """Whether there is a result that gets shorter and has not been shortened yet."""
        del response_format
        _redeemable.set(self._can_redeem(tools, model))
        return self._asked(messages, model, redeemable=_redeemable.get())

    async def ashould_compress(
        self,
        messages: list[AgnoMessage],
        tools: list[Any] | None = None,
        model: Model | None = None,
        response_format: object = None,
    ) -> bool:
        """Whether there is a result that gets shorter and has not been shortened yet."""
        del response_format
        redeemable = self._can_redeem(tools, model)
        _redeemable.set(redeemable)
        if is_short(messages):
            return self._asked(messages, model, redeemable=redeemable)
        return await asyncio.to_thread(self._asked, messages, model, redeemable=redeemable)

    def compress(self, messages: list[AgnoMessage], run_metrics: object = None) -> None:
        """Write the shorter texts beside the whole ones; what has one already keeps it."""
        del run_metrics
        self._write(messages, redeemable=_redeemable.get())

    async def acompress(self, messages: list[AgnoMessage], run_metrics: object = None) -> None:
        """Write the shorter texts beside the whole ones; what has one already keeps it."""
        del run_metrics
        if is_short(messages):
            self._write(messages, redeemable=_redeemable.get())
        else:
            await asyncio.to_thread(self._write, messages, redeemable=_redeemable.get())

    def _can_redeem(self, tools: Sequence[object] | None, model: Model | None) -> bool:
        if not self._shared.retrieval or model is None:
            return False
        adds_tool = isinstance(model, HeadroomAgnoModel) and model.adds_retrieve_tool
        return make_offer(model, tools, adds_tool=adds_tool).redeemable

    def _asked(self, messages: list[AgnoMessage], model: Model | None, *, redeemable: bool) -> bool:
        if not self.compress_tool_results:
            return False
        with fail_open("compression of tool results", tell=self._shared.ledger.warn):
            result = self._result(messages, model, redeemable=redeemable)
            self._shared.ledger.add(result)
            return bool(_shorter(messages, result))
        return False

    def _write(self, messages: list[AgnoMessage], *, redeemable: bool) -> None:
        with fail_open("compression of tool results", tell=self._shared.ledger.warn):
            result = self._result(messages, None, redeemable=redeemable)
            for native, text in _shorter(messages, result):
                native.compressed_content = text
                self._count("tool_results_compressed", 1)
                self._count("original_size", len(str(native.content)))
                self._count("compressed_size", len(text))

    def _result(
        self, messages: list[AgnoMessage], model: Model | None, *, redeemable: bool
    ) -> CompressResult[AgnoMessage]:
        return self._shared.engine.compress_native(
            messages, AgnoCodec(), model=model.id if model else None, retrieval=redeemable
        )

    def _count(self, name: str, amount: int) -> None:
        """Add to the figures that Agno shows in its events."""
        self.stats[name] = self.stats.get(name, 0) + amount


def _shorter(
    messages: Sequence[AgnoMessage], result: CompressResult[AgnoMessage]
) -> list[tuple[AgnoMessage, str]]:
    """The results that are to get a shorter text, with it. Agno has one text for a message."""
    return [
        (native, sent.content)
        for native, sent in zip(messages, result.messages, strict=True)
        if sent is not native
        and native.role == "tool"
        and native.compressed_content is None
        and isinstance(sent.content, str)
    ]
