"""The pictures of the benchmarks: valid SVG whose bars and dots stand where the figures are."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from benchmarks import plots

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def ways(saved: float, loose: float) -> dict[str, object]:
    return {
        "ours, lossless": {"saved": saved / 2, "loose": 100.0},
        "ours, balanced": {"saved": saved, "loose": loose},
        "head & tail": {"saved": saved, "loose": 20.0},
    }


def test_pictures_are_drawn_from_the_figures_of_peers(tmp_path: Path) -> None:
    peers: dict[str, object] = {
        "all": ways(80.0, 98.0),
        "json": ways(60.0, 90.0),
        "logs": ways(90.0, 100.0),
        "not run": {"RTK": "another program"},
    }

    drawn = plots.draw({"peers": peers, "savings": {}}, tmp_path / "figures")

    assert [path.name for path in drawn] == ["ways.svg", "kinds.svg"]
    dots = list(ET.parse(drawn[0]).iter(f"{SVG}circle"))
    assert len(dots) == 3
    assert [dot.get("cx") == dots[1].get("cx") for dot in dots] == [False, True, True]
    bars = [each for each in ET.parse(drawn[1]).iter(f"{SVG}rect") if len(each)]
    titles = [bar[0].text for bar in bars]
    assert titles == ["json: 30.0", "logs: 45.0", "json: 60.0", "logs: 90.0"]
    heights = [float(str(bar.get("height"))) for bar in bars]
    assert [round(height / heights[0], 1) for height in heights] == [1.0, 1.5, 2.0, 3.0]


def test_without_peers_there_is_nothing_to_draw(tmp_path: Path) -> None:
    assert plots.draw({"savings": {"all": {}}}, tmp_path) == []


def test_a_loss_has_no_bar() -> None:
    picture = plots.bars("a < b", ["rag"], {"ours": [-5.0]})

    assert 'height="0.0"' in picture
    assert "a &lt; b" in picture


def test_names_of_dots_that_lie_on_each_other_stand_in_lines_of_their_own() -> None:
    picture = plots.scatter(
        "ways", [("one", 2.0, 100.0), ("two", 2.3, 100.0), ("three", 2.1, 99.0)]
    )

    texts = list(ET.fromstring(picture).iter(f"{SVG}text"))
    lines = {each.text: float(str(each.get("y"))) for each in texts}
    names = sorted(lines[name] for name in ("one", "two", "three"))
    assert [later - earlier >= 14 for earlier, later in itertools.pairwise(names)] == [
        True,
        True,
    ]
