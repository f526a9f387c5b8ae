"""Add up the figures of all workers, through small files in a directory that they share.

Any worker may be the one that is asked. Each writes its own figures when they have changed, and
reads those of the others when it is asked; what a worker counted before it ended stays counted.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING

from headroom_core.formats.wire import is_array
from headroom_proxy.figures import IN_FLIGHT, Figure, Figures, added

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from headroom_core.savings import Ledger, Savings

WRITE_SECONDS = 1.0
"""How old the figures of another worker may be."""
_GAUGES = frozenset({IN_FLIGHT, "headroom_workers"})


class SharedFigures:
    """The figures of this worker and, where there is a directory, of the others."""

    def __init__(self, own: Figures, ledger: Ledger, directory: Path | None) -> None:
        self._own = own
        self._ledger = ledger
        self._file = directory / f"{os.getpid()}.{secrets.token_hex(4)}" if directory else None
        self._written = -1

    def total(self) -> dict[Figure, float]:
        """The sum over all workers."""
        others = [_read(path) for path in self._others()]
        return added([self._mine(), *others])

    def write(self) -> None:
        """Let the other workers know, if there is something new."""
        if self._file is None or self._own.changes == self._written:
            return
        self._written = self._own.changes
        self._put(frozenset())

    def leave(self) -> None:
        """Leave what was counted behind, but for what is true only while this worker lives."""
        if self._file is not None:
            self._put(_GAUGES)

    def _put(self, but: Collection[str]) -> None:
        assert self._file is not None  # noqa: S101 - both callers have looked
        rows = [
            [name, labels, value]
            for (name, labels), value in self._mine().items()
            if name not in but
        ]
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(rows), encoding="utf-8")
        new.replace(self._file)

    def _mine(self) -> dict[Figure, float]:
        return added([self._own.snapshot(), _of_savings(self._ledger.savings())])

    def _others(self) -> list[Path]:
        if self._file is None:
            return []
        return [
            path
            for path in self._file.parent.iterdir()
            if path != self._file and path.suffix != ".new"
        ]


def _of_savings(savings: Savings) -> dict[Figure, float]:
    tokens, done = "headroom_input_tokens_total", "headroom_compressions_total"
    left = savings.requests - savings.compressed - savings.bypassed
    out: dict[Figure, float] = {
        (tokens, (("when", "before"),)): savings.tokens_before,
        (tokens, (("when", "after"),)): savings.tokens_after,
        (tokens, (("when", "overhead"),)): savings.overhead,
        (done, (("outcome", "compressed"),)): savings.compressed,
        (done, (("outcome", "bypassed"),)): savings.bypassed,
        (done, (("outcome", "left_alone"),)): left,
        ("headroom_retrievals_total", ()): savings.retrievals,
    }
    for form, count in savings.forms.items():
        out["headroom_edits_total", (("form", form),)] = count
    for warning, count in savings.warnings.items():
        out["headroom_warnings_total", (("warning", warning),)] = count
    return out


def _read(path: Path) -> dict[Figure, float]:
    try:
        rows: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    out: dict[Figure, float] = {}
    for row in rows if is_array(rows) else []:
        name, labels, value = row if is_array(row) and len(row) == 3 else (None, None, None)
        if isinstance(name, str) and is_array(labels) and isinstance(value, (int, float)):
            pairs = [each for each in labels if is_array(each) and len(each) == 2]
            out[name, tuple((str(key), str(text)) for key, text in pairs)] = value
    return out
