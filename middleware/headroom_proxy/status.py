"""What the proxy tells about itself: is it well, what has it done, what has it saved."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, cast

from headroom_core.errors import HeadroomError
from headroom_core.fail_open import swallowed
from headroom_core.model_settings import ModelSettings
from headroom_core.tokens import degraded_reason
from headroom_core.version import __version__
from headroom_proxy.figures import Figure, exposition

if TYPE_CHECKING:
    from headroom_proxy.settings import ProxySettings
    from headroom_proxy.worker import Worker

_TOLD = (
    "upstream_openai",
    "upstream_anthropic",
    "retrieval",
    "max_body_bytes",
    "max_rewrite_bytes",
    "max_concurrency",
    "max_rounds",
    "workers",
)


def degraded(settings: ProxySettings) -> list[str]:
    """What does not work as well as it could, in this environment and with these settings."""
    reason = degraded_reason()
    found = [reason] if reason else []
    if not settings.retrieval:
        found.append("retrieval is off, so only lossless forms are used")
    if settings.compression.mode == "lossless":
        found.append("the mode is lossless, so nothing is ever left out")
    return found


def health(worker: Worker) -> dict[str, object]:
    """What `GET /health` answers while the proxy runs at all."""
    wrong = degraded(worker.settings)
    return {
        "status": "degraded" if wrong else "healthy",
        "version": __version__,
        "degraded": wrong,
        "uptime_seconds": int(time.time() - worker.started),
    }


def not_ready(worker: Worker) -> str:
    """Why the proxy should get no requests now, or nothing."""
    if worker.is_stopping:
        return "stopping"
    try:
        worker.tenants.engine(worker.tenants.namespace([])).store.contains("0" * 16)
    except HeadroomError:
        return "the store of originals cannot be used"
    return ""


def metrics(worker: Worker) -> str:
    """The figures of all workers for Prometheus."""
    return exposition(worker.shared.total())


def stats(worker: Worker) -> dict[str, object]:
    """The figures of all workers for people, the settings, and why prefixes have changed.

    What is in memory is that of this worker alone.
    """
    total = worker.shared.total()
    before = _sum(total, "headroom_input_tokens_total", when="before")
    after = _sum(total, "headroom_input_tokens_total", when="after")
    overhead = _sum(total, "headroom_input_tokens_total", when="overhead")
    saved = before - after - overhead
    settings = worker.settings
    return {
        "version": __version__,
        "uptime_seconds": int(time.time() - worker.started),
        "requests": _by(total, "headroom_requests_total", "route"),
        "statuses": _by(total, "headroom_requests_total", "status"),
        "tokens": {
            "before": before,
            "after": after,
            "overhead": overhead,
            "saved": saved,
            "ratio": round(saved / before, 4) if before else 0.0,
        },
        "compressions": _by(total, "headroom_compressions_total", "outcome"),
        "forms": _by(total, "headroom_edits_total", "form"),
        "retrievals": _sum(total, "headroom_retrievals_total"),
        "prefixes": {
            **_by(total, "headroom_prefix_total", "outcome"),
            "reasons": _by(total, "headroom_prefix_total", "reason"),
            "latest_changes": list(worker.changed_prefixes),
        },
        "write_guard": _by(total, "headroom_write_guard_total", "outcome"),
        "faults": _by(total, "headroom_faults_total", "kind"),
        "warnings": _by(total, "headroom_warnings_total", "warning"),
        "memory": {
            name: {"bytes": each.bytes_used, "most": each.max_bytes}
            for name, each in worker.memories().items()
        },
        "swallowed": dict(swallowed),
        "degraded": degraded(settings),
        "settings": {
            **{name: getattr(settings, name) for name in _TOLD},
            **{
                each.name: _plain(getattr(settings.compression, each.name))
                for each in fields(settings.compression)
                if each.name not in {"store", "retrieval"}
            },
        },
    }


def _sum(figures: dict[Figure, float], name: str, **labels: str) -> int:
    return int(figures.get((name, tuple(labels.items())), 0))


def _by(figures: dict[Figure, float], name: str, label: str) -> dict[str, int]:
    out: Counter[str] = Counter()
    for (each, labels), value in figures.items():
        if each == name and (key := dict(labels).get(label)):
            out[key] += int(value)
    return dict(out)


def _plain(value: object) -> object:
    """A setting as JSON has it: sets as lists, groups as objects."""
    if isinstance(value, ModelSettings):
        return asdict(value)
    if not isinstance(value, frozenset):
        return value
    return sorted(map(str, cast("frozenset[object]", value)))  # the check says nothing of items
