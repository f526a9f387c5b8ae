"""Draw figures as SVG: bars by kind, and ways by what they save and what stays in sight."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

WIDTH, HEIGHT = 860, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 50, 70
COLOURS = ("#1b6ca8", "#e08e45", "#5b8c5a", "#8d6cab")
_INK, _LINE = "#333333", "#dddddd"
_STEP = 20
_NAME, _LINE_HEIGHT = 150, 14
"""Names of dots that are nearer than this to each other would overlap."""

Point = tuple[str, float, float]


def draw(results: Mapping[str, object], folder: Path) -> list[Path]:
    """Write a picture for each benchmark of `results` that has one; where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, str] = {}
    peers = results.get("peers")
    if _is_group(peers):
        ways = _figures(peers, "all")
        points = [(name, each["saved"], each["readable"]) for name, each in ways.items()]
        pictures["ways"] = scatter("Tokens saved, and what the answers need in sight", points)
        kinds = [kind for kind in peers if kind not in {"all", "not run"}]
        shown = {
            way: [_figures(peers, kind)[way]["saved"] for kind in kinds]
            for way in ("ours, lossless", "ours, balanced")
        }
        pictures["kinds"] = bars("Tokens saved by kind of result, %", kinds, shown)
    paths: list[Path] = []
    for name, picture in pictures.items():
        paths.append(folder / f"{name}.svg")
        paths[-1].write_text(picture, encoding="utf-8")
    return paths


def bars(title: str, names: Sequence[str], groups: Mapping[str, Sequence[float]]) -> str:
    """A group of bars for each name, from 0 to 100."""
    wide = (WIDTH - LEFT - RIGHT) / len(names)
    bar = wide * 0.8 / len(groups)
    parts = list(_frame(title))
    for place, (group, values) in enumerate(groups.items()):
        parts.append(_key(place, group))
        for at, value in enumerate(values):
            x = LEFT + at * wide + wide * 0.1 + place * bar
            y = _y(value)
            height = HEIGHT - BOTTOM - y
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{height:.1f}"'
                f' fill="{COLOURS[place]}"><title>{escape(names[at])}: {value:.1f}</title></rect>'
            )
    middles = (LEFT + (at + 0.5) * wide for at in range(len(names)))
    parts += [_text(x, HEIGHT - BOTTOM + 18, n) for x, n in zip(middles, names, strict=True)]
    return _picture(parts)


def scatter(title: str, points: Sequence[Point]) -> str:
    """A dot for each way: to the right it saves more, further up more stays in sight."""
    parts = list(_frame(title))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 42, "tokens saved, %"))
    ticks = range(0, 101, _STEP)
    parts += [_text(_x(tick), HEIGHT - BOTTOM + 18, str(tick)) for tick in ticks]
    named: list[tuple[float, float]] = []
    for name, across, up in points:
        x, y = _x(across), _y(up)
        colour = COLOURS[0] if name.startswith("ours") else COLOURS[1]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{colour}"/>')
        # Names stand to the left of dots near the right edge, so that none is cut off.
        anchor, dx = ("end", -10) if across > 60 else ("start", 10)
        # Dots may lie on each other; their names stand in lines of their own, downwards.
        line = y + 4
        while any(
            abs(x - there) < _NAME and abs(line - taken) < _LINE_HEIGHT for there, taken in named
        ):
            line += 1
        named.append((x, line))
        parts.append(_text(x + dx, line, name, anchor))
    return _picture(parts)


def _frame(title: str) -> Iterator[str]:
    yield _text(WIDTH / 2, 24, title, size=16)
    for tick in range(0, 101, _STEP):
        y = _y(tick)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{_LINE}"/>'
        yield _text(LEFT - 8, y + 4, str(tick), "end")


def _key(place: int, name: str) -> str:
    x, y = LEFT + place * 200, HEIGHT - 20
    dot = f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{COLOURS[place]}"/>'
    return dot + _text(x + 18, y, name, "start")


def _x(value: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / 100


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(0.0, value) / 100


def _text(x: float, y: float, text: str, anchor: str = "middle", *, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="{_INK}">{escape(text)}</text>'
    )


def _picture(parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif">'
    )
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>"]) + "\n"


def _figures(peers: Mapping[str, object], kind: str) -> dict[str, dict[str, float]]:
    """The share saved, and of the items the share that can be read, of each way for a kind."""
    ways = peers.get(kind)
    found: dict[str, dict[str, float]] = {}
    for name, figures in ways.items() if _is_group(ways) else ():
        if _is_group(figures):
            saved, readable = figures.get("saved"), figures.get("loose")
            if isinstance(saved, int | float) and isinstance(readable, int | float):
                found[name] = {"saved": saved, "readable": readable}
    return found


def _is_group(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)
