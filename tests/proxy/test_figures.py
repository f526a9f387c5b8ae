"""Figures: they add up, also over workers, and read as Prometheus wants them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.savings import Ledger
from headroom_proxy.figures import IN_FLIGHT, REWRITE, Figures, exposition
from headroom_proxy.shared_figures import SharedFigures

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(
    r"# (?:HELP|TYPE) [a-z_]+ .+"
    r'|[a-z_]+(?:\{[a-z]+="(?:[^"\\\n]|\\.)*"(?:,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? -?[\d.e+-]+'
)


def test_the_exposition_has_the_grammar_of_prometheus() -> None:
    figures = Figures()
    figures.add("headroom_requests_total", route="chat", status="200")
    figures.add("headroom_warnings_total", warning='a "quoted"\nback\\slash')
    figures.observe(REWRITE, 0.004)
    figures.observe(REWRITE, 3)

    lines = exposition(figures.snapshot()).splitlines()

    assert all(LINE.fullmatch(line) for line in lines)
    assert 'headroom_requests_total{route="chat",status="200"} 1' in lines
    assert 'headroom_rewrite_seconds_bucket{le="0.0025"} 0' in lines
    assert 'headroom_rewrite_seconds_bucket{le="0.005"} 1' in lines
    assert 'headroom_rewrite_seconds_bucket{le="+Inf"} 2' in lines
    assert "headroom_rewrite_seconds_sum 3.004" in lines


def test_any_worker_tells_the_figures_of_all(tmp_path: Path) -> None:
    figures = [Figures() for _ in range(3)]
    workers = [SharedFigures(each, Ledger(), tmp_path) for each in figures]
    for number, each in enumerate(figures, 1):
        each.add("headroom_requests_total", number, route="chat")
        each.add(IN_FLIGHT)
    for worker in workers:
        worker.write()
        worker.write()
    (tmp_path / "of another kind").write_text("{")

    for worker in workers:
        total = worker.total()
        assert total["headroom_requests_total", (("route", "chat"),)] == 6
        assert total[IN_FLIGHT, ()] == 3


def test_what_a_worker_counted_outlives_it(tmp_path: Path) -> None:
    gone, here = Figures(), Figures()
    leaving = SharedFigures(gone, Ledger(), tmp_path)
    gone.add("headroom_requests_total", 5, route="chat")
    gone.add(IN_FLIGHT)

    leaving.leave()

    total = SharedFigures(here, Ledger(), tmp_path).total()
    assert total["headroom_requests_total", (("route", "chat"),)] == 5
    assert (IN_FLIGHT, ()) not in total


def test_alone_there_is_nothing_to_share() -> None:
    figures = SharedFigures(Figures(), Ledger(), None)
    figures.write()
    figures.leave()

    assert figures.total()["headroom_retrievals_total", ()] == 0
