"""What the requests of one worker share."""

from __future__ import annotations

import json
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from headroom_asgi.replay import Replay
from headroom_asgi.rewrite import REPLAY_SHARE, Rewriter
from headroom_core.compressors.bases import SHELF
from headroom_core.engine.headroom import Headroom
from headroom_core.fail_open import fail_open
from headroom_core.retrieval.tables.read import TABLES
from headroom_core.savings import Ledger
from headroom_proxy.figures import Figures
from headroom_proxy.prefix import Prefixes
from headroom_proxy.shared_figures import SharedFigures
from headroom_proxy.tenants import Tenants
from headroom_proxy.upstreams import Upstreams
from headroom_proxy.wire import Wire
from headroom_proxy.write_guard import WriteGuard, worst

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import httpx2

    from headroom_core.store.base import Store
    from headroom_proxy.prefix import Diagnosis
    from headroom_proxy.record import Record
    from headroom_proxy.settings import ProxySettings

THREADS = 4
"""Threads that shorten requests. More would only wait for each other."""
_SAMPLE = json.dumps([{"id": number, "state": "ok"} for number in range(40)])

LATEST = 50
"""Changed prefixes that `/stats` tells of."""


class Bounded(Protocol):
    """A memory that says how large it is."""

    @property
    def max_bytes(self) -> int: ...
    @property
    def bytes_used(self) -> int: ...


class Worker:
    """The settings, connections, engines and figures of one process."""

    def __init__(
        self,
        settings: ProxySettings,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        demo: Sequence[dict[str, object]] = (),
        figures_directory: Path | None = None,
    ) -> None:
        self.settings: ProxySettings = settings
        self.demo: Sequence[dict[str, object]] = demo
        self.upstreams: Upstreams = Upstreams(settings)
        self.wire: Wire = Wire(settings, transport)
        self.tenants: Tenants = Tenants(settings.compression)
        self.prefixes: Prefixes = Prefixes()
        self.replay: Replay = Replay(settings.compression.memo_bytes // REPLAY_SHARE)
        self.changed_prefixes: deque[dict[str, object]] = deque(maxlen=LATEST)
        self.ledger: Ledger = Ledger()
        self.figures: Figures = Figures()
        self.shared: SharedFigures = SharedFigures(self.figures, self.ledger, figures_directory)
        self.threads: ThreadPoolExecutor = ThreadPoolExecutor(THREADS, "headroom")
        self.started: float = time.time()
        self.in_flight: int = 0
        self.is_stopping: bool = False

    def memories(self) -> dict[str, Bounded]:
        """What is remembered of earlier requests, by what it is for."""
        return {
            "outcomes": self.tenants.memory,
            "conversations": self.replay,
            "prefixes": self.prefixes,
            "bases": SHELF,
            "tables": TABLES,
        }

    def warm_up(self) -> None:
        """Load what the first request would otherwise wait for, such as the vocabulary."""
        with fail_open("warming up"):
            settings = replace(self.settings.compression, store="memory://")
            engine = Headroom(settings)
            engine.compress([{"role": "tool", "tool_call_id": "1", "content": _SAMPLE}])
            engine.close()

    def rewriter(self, namespace: str) -> Rewriter:
        """A rewriter for the requests of one client."""
        return Rewriter(
            self.tenants.engine(namespace),
            self.ledger,
            retrieval=self.settings.retrieval,
            most_rounds=self.settings.max_rounds,
            replay=self.replay,
            owner=namespace,
        )

    def tell_prefix(self, route: str, diagnosis: Diagnosis) -> None:
        """Count what became of a conversation's prefix, and remember why one changed."""
        reason = diagnosis.reason
        self.figures.add("headroom_prefix_total", outcome=diagnosis.outcome, reason=reason)
        if reason:
            self.changed_prefixes.append(
                {
                    "when": int(time.time()),
                    "route": route,
                    "reason": reason,
                    "place": diagnosis.place,
                    "messages_kept": diagnosis.kept,
                }
            )

    def write_guard(self, messages: Sequence[object], store: Store, record: Record) -> WriteGuard:
        """The write guard of one response. What becomes of a call is counted, and logged."""

        def tell(outcome: str) -> None:
            self.figures.add("headroom_write_guard_total", outcome=outcome)
            record.guard = worst(record.guard, outcome)

        return WriteGuard(messages, store, tell)

    async def close(self) -> None:
        """Let go of everything."""
        self.is_stopping = True
        self.threads.shutdown(wait=False, cancel_futures=True)
        await self.wire.close()
        self.tenants.close()
        self.shared.leave()
