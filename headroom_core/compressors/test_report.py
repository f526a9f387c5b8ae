"""Fold test runs: passing tests are listed under what their lines share; all else stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded, View
from headroom_core.compressors.test_runs import junit
from headroom_core.compressors.test_runs.passes import holds_passes, is_report
from headroom_core.compressors.test_runs.report import read, write
from headroom_core.compressors.test_runs.view import view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_MOST_OF_SOURCE = 0.95


class TestReport(Compressor):
    """The output of pytest, unittest, mocha, jest, vitest, go test, cargo test and others."""

    __test__ = False  # pytest would collect a class of this name
    name = "tests"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        if len(source) > MAX_DECODED_CHARS or not holds_passes(source):
            return None
        legend, body = write(source.lines)
        if len(legend) + len(body) > _MOST_OF_SOURCE * len(source):
            return None
        return Encoded(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if source.text[:1] == "<":
            return junit.view_of(source.text, hint)
        return view_of(source.lines, hint, room) if is_report(source) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        return read(legend, body)
