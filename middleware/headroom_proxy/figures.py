"""What a worker counts: plain numbers by name and labels, which add up over workers."""

from __future__ import annotations

from collections import Counter
from math import inf
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Labels = tuple[tuple[str, str], ...]
Figure = tuple[str, Labels]

FIRST_BYTE = "headroom_first_byte_seconds"
REWRITE = "headroom_rewrite_seconds"
IN_FLIGHT = "headroom_requests_in_flight"

_BUCKETS = {
    FIRST_BYTE: (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
    REWRITE: (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
}

_BOUNDS: dict[str, list[tuple[float, Figure]]] = {
    name: [
        (bound, (f"{name}_bucket", (("le", "+Inf" if bound == inf else str(bound)),)))
        for bound in (*bounds, inf)
    ]
    for name, bounds in _BUCKETS.items()
}
"""The figure of each bucket of a histogram."""

HELP: dict[str, tuple[str, str]] = {
    "headroom_requests_total": ("counter", "Requests by route and status."),
    IN_FLIGHT: ("gauge", "Requests that are being answered."),
    "headroom_bytes_total": ("counter", "Bytes of bodies, from and to clients."),
    FIRST_BYTE: ("histogram", "From the request to the first byte of the upstream's answer."),
    REWRITE: ("histogram", "Time spent on shortening a request before it was sent."),
    "headroom_input_tokens_total": (
        "counter",
        "Tokens of compressible text before and after, and what the retrieve tool cost.",
    ),
    "headroom_compressions_total": ("counter", "Requests by what was done to them."),
    "headroom_edits_total": ("counter", "Parts shortened, by form."),
    "headroom_retrievals_total": ("counter", "Calls of the retrieve tool answered."),
    "headroom_prefix_total": ("counter", "What became of a conversation's cacheable prefix."),
    "headroom_write_guard_total": ("counter", "Tool calls that carried a note, by outcome."),
    "headroom_faults_total": ("counter", "What went wrong, by kind. No content, no addresses."),
    "headroom_warnings_total": ("counter", "What was left alone, and why."),
    "headroom_workers": ("gauge", "Processes that serve this port."),
}
"""Each figure's kind and what it says."""


class Figures:
    """Counts of one worker. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[Figure] = Counter()
        self.changes: int = 0
        """How often something was counted: tells whether there is anything new."""

    def add(self, name: str, by: float = 1, **labels: str) -> None:
        """Add to a figure. Names of labels are Python names."""
        with self._lock:
            self._counts[name, tuple(labels.items())] += by  # type: ignore[assignment] # seconds too
            self.changes += 1

    def observe(self, name: str, seconds: float) -> None:
        """Take a duration into a histogram."""
        with self._lock:
            for bound, figure in _BOUNDS[name]:
                self._counts[figure] += int(seconds <= bound)
            self._counts[f"{name}_sum", ()] += seconds  # type: ignore[assignment] # seconds too
            self._counts[f"{name}_count", ()] += 1
            self.changes += 1

    def snapshot(self) -> dict[Figure, float]:
        """The counts so far."""
        with self._lock:
            return dict(self._counts)


def added(snapshots: Iterable[dict[Figure, float]]) -> dict[Figure, float]:
    """The sum of several workers' counts."""
    total: Counter[Figure] = Counter()
    for each in snapshots:
        total.update(each)
    return dict(total)


def exposition(figures: dict[Figure, float]) -> str:
    """The counts in the text format of Prometheus."""
    lines: list[str] = []
    for name, (kind, text) in HELP.items():
        own = [(figure, value) for figure, value in figures.items() if _family(figure[0]) == name]
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
        lines += [f"{full}{_labels(labels)} {_number(value)}" for (full, labels), value in own]
    return "\n".join(lines) + "\n"


def _family(name: str) -> str:
    for end in ("_bucket", "_sum", "_count"):
        if name.endswith(end) and name.removesuffix(end) in _BUCKETS:
            return name.removesuffix(end)
    return name


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
