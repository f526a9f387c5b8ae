"""`Headroom`: the engine that people and adapters use, without any module state."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, Unpack, cast

from headroom_core.compressors.registry import CLEANERS, REGISTRY
from headroom_core.config import load, store_key
from headroom_core.engine.at_rest import readable
from headroom_core.engine.conversation import CausalPass, Passed
from headroom_core.engine.learned import learned_views
from headroom_core.engine.lossless import LosslessForms
from headroom_core.engine.memory import memory_of
from headroom_core.engine.originals import Originals
from headroom_core.engine.part import PartWorker
from headroom_core.engine.views import Views
from headroom_core.errors import ConfigError, MessagesError
from headroom_core.fail_open import fail_open
from headroom_core.formats import WireCodec, wire_format
from headroom_core.report import CompressResult, N
from headroom_core.retrieve import Retrieved, Selectors, retrieve
from headroom_core.settings import Settings
from headroom_core.store.open import open_store
from headroom_core.store.settings import StoreSettings
from headroom_core.tokens import deciding_counter, degraded_reason, reporting_counter
from headroom_core.tool import tools_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.codec import Codec
    from headroom_core.compressors.base import Compressor
    from headroom_core.engine.memory import Memory
    from headroom_core.formats import WireFormat
    from headroom_core.ml.embedding import NamedScorer
    from headroom_core.store.base import Store
    from headroom_core.tokens import TokenCounter

OFF_LOOP_CHARS = 16_384
"""Above this much text, `acompress` works in a thread and leaves the event loop free."""

M = TypeVar("M")


class Headroom:
    """Compresses conversations and gives originals back. Safe to share between threads and tasks.

    `settings` default to the environment, the configuration file and the defaults, in this order.
    `store` is opened from the settings when none is given. `scorer` chooses the sentences of prose
    instead of what `relevance` names; its first choice is frozen in the store. `memory` is shared
    with other engines of the same settings; without one, an engine has its own of `memo_bytes`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        store: Store | None = None,
        compressors: Sequence[Compressor] = REGISTRY,
        scorer: NamedScorer | None = None,
        memory: Memory | None = None,
    ) -> None:
        if settings is not None and not isinstance(settings, Settings):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise ConfigError(f"`settings` must be a `Settings`, got {settings!r}")
        self.settings: Settings = settings or load().settings
        kept = self.settings.store_settings()
        if kept == StoreSettings():
            # Settings that say nothing about a store mean the one of this machine, so that any
            # `retrieve` on it finds what any `compress` has put away.
            kept = load().settings.store_settings()
        self._originals = Originals(
            (lambda: store) if store is not None else (lambda: open_store(kept, key=store_key())),
            kept.redactor(),
        )
        self._counter = deciding_counter()
        self._learned = learned_views(
            self.settings, lambda: self.store, self._originals.may_keep, scorer
        )
        self._causal_pass = self._made(
            (*self._learned.views, *compressors), memory or memory_of(self.settings.memo_bytes)
        )
        self._untold = [reason for each in compressors if (reason := each.unavailable())]
        self._untold += self._learned.warnings

    @property
    def store(self) -> Store:
        """The store of originals, opened at first use."""
        return self._originals.store

    def compress(
        self,
        messages: Sequence[M],
        *,
        model: str | None = None,
        retrieval: bool | None = None,
        wire: WireFormat | None = None,
        bypass: bool = False,
    ) -> CompressResult[M]:
        """Compress messages in any of the wire formats; see `headroom.compress`."""
        # A wire message is patched into a copy of its own type.
        codec = cast("Codec[M]", WireCodec())
        result = self.compress_native(
            messages, codec, model=model, retrieval=retrieval, bypass=bypass
        )
        if self._redeemable(retrieval) and self.settings.surface == "tool":
            result.tools.extend(tools_for(wire or wire_format(messages, model)))
        return result

    async def acompress(
        self,
        messages: Sequence[M],
        *,
        model: str | None = None,
        retrieval: bool | None = None,
        wire: WireFormat | None = None,
        bypass: bool = False,
    ) -> CompressResult[M]:
        """Do the same off the event loop, when there is enough text for it to matter."""

        def work() -> CompressResult[M]:
            return self.compress(
                messages, model=model, retrieval=retrieval, wire=wire, bypass=bypass
            )

        if _is_short(messages):
            return work()
        import asyncio  # noqa: PLC0415 - takes as long to import as all the rest of the engine

        return await asyncio.to_thread(work)

    def compress_native(
        self,
        messages: Sequence[N],
        codec: Codec[N],
        *,
        model: str | None = None,
        retrieval: bool | None = None,
        bypass: bool = False,
    ) -> CompressResult[N]:
        """Compress a framework's own messages through its codec: the seam for adapters."""
        _require_messages(messages)
        own = reporting_counter(model)
        # An approximation is made of the deciding counter, whose figures are at hand.
        counter = own if own.exact and own.name != self._counter.name else None
        redeemable = self._redeemable(retrieval)
        if bypass:
            sent, passed = list(messages), _counted(messages, codec, counter or self._counter)
        else:
            sent, passed = self._causal_pass.run(
                messages, codec, redeemable=redeemable, counter=counter
            )
        off = self._told_once() if redeemable else []
        degraded = degraded_reason()
        return CompressResult(
            messages=sent,
            tokens_before=passed.tokens_before,
            tokens_after=passed.tokens_after,
            counter=own.name,
            counter_exact=own.exact,
            edits=passed.edits,
            warnings=[*passed.warnings, *off, *([degraded] if degraded else [])],
        )

    def retrieve(self, ref: str, **selectors: Unpack[Selectors]) -> Retrieved:
        """The original behind a note, or a part of it; see `headroom.retrieve`."""
        return retrieve(self.store, ref, **selectors)

    def keep(self, text: str, *, tell: Callable[[str], object]) -> str | None:
        """Store an original by the rules of the settings, for who replaces it outside a request.

        Return its ref; `None`, and a warning to `tell`, if it may not or cannot be stored.
        """
        return self._originals.keep(text, tell)

    def warm(self) -> None:
        """Run every learned model once, so that no request waits for what that sets up."""
        for warm in self._learned.warmers:
            warm()

    def close(self) -> None:
        """Close the store. The engine can be used again; it then opens the store again."""
        self._originals.close()

    def _told_once(self) -> list[str]:
        """What views are off in this environment, for the first result that could have had them."""
        untold, self._untold = self._untold, []
        return untold

    def _redeemable(self, retrieval: bool | None) -> bool:  # noqa: FBT001 - passed through
        if retrieval is None:
            return self.settings.retrieval
        if not isinstance(retrieval, bool):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise ConfigError(f"`retrieval` must be a bool, got {retrieval!r}")
        return retrieval

    def _made(self, compressors: Sequence[Compressor], memory: Memory) -> CausalPass:
        by_name = {each.name: each for each in compressors}
        lossless = LosslessForms(compressors, by_name, self._counter)
        cleaners = [each for each in CLEANERS if each in compressors]
        others = [each for each in compressors if each not in cleaners]
        keep = self.settings.keep_rules()
        views = Views(others, cleaners, self._counter)
        worker = PartWorker(self.settings, keep, self._originals, self._counter, lossless, views)
        return CausalPass(self.settings, keep, worker, self._counter, memory)


def _require_messages(messages: object) -> None:
    if not isinstance(messages, (list, tuple)):
        raise MessagesError(
            f"`messages` must be a list of messages, got {type(messages).__name__}; wrap a single"
            " text as [{'role': 'user', 'content': text}]"
        )


def _counted(messages: Sequence[N], codec: Codec[N], counter: TokenCounter) -> Passed:
    """The figures of messages that are left alone."""
    passed = Passed()
    for native in messages:
        with fail_open("counting of a message", tell=passed.warnings.append):
            texts = [each for part in codec.parse(native).parts for each in readable(part)]
            passed.tokens_before += sum(counter.count_many(texts))
    passed.tokens_after = passed.tokens_before
    return passed


def _is_short(messages: Sequence[object]) -> bool:
    """Whether there is so little text that a thread would cost more than the work."""
    codec = WireCodec()
    left = OFF_LOOP_CHARS
    for native in messages if isinstance(messages, (list, tuple)) else ():
        for part in codec.parse(native).parts:
            left -= sum(map(len, readable(part)))
        if left < 0:
            return False
    return True
