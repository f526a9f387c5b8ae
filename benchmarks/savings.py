"""What is saved of tool results, and what the reader of the rest still finds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from benchmarks.evidence import Readable, same_data
from headroom_core.conversations import decode
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import DecodeError, HeadroomError
from headroom_core.settings import Mode, Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.corpus import Item

MODES: tuple[Mode, ...] = ("lossless", "balanced", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """What one way of shortening made of a text, and what it gives back on request."""

    text: str
    seconds: float
    originals: tuple[str, ...] = ()
    decoded: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item, measured."""

    id: str
    kind: str
    size: int
    before: int
    after: int
    strict: bool
    """Every needle stands in the visible text."""
    loose: bool
    """Every needle can be read from the visible text, though perhaps not in one piece."""
    redeemable: bool
    """Every needle can be read, or be had back."""
    exact: bool
    """The original can be had back byte for byte."""
    same: bool
    """The original can be had back, or the same JSON."""
    seconds: float


class Figures(TypedDict):
    """The figures of a group of items. Shares are percentages of the items."""

    items: int
    tokens_before: int
    tokens_after: int
    saved: float
    strict: float
    loose: float
    redeemable: float
    exact: float
    same: float
    inflated: int
    p50_ms: float
    p95_ms: float
    mb_per_s: float


def engine_for(mode: Mode) -> Headroom:
    """An engine whose notes can be redeemed, but for `lossless`, which makes none."""
    return Headroom(Settings(mode=mode, retrieval=mode != "lossless"), store=MemoryStore())


def ours(mode: Mode) -> Callable[[Item], Shortened]:
    """Our own way of shortening, in one engine for all items."""
    engine = engine_for(mode)

    def shorten(item: Item) -> Shortened:
        messages = item.messages()
        start = time.perf_counter()
        result = engine.compress(messages)
        seconds = time.perf_counter() - start
        text = str(result.messages[-1]["content"])
        refs = dict.fromkeys(edit.ref for edit in result.edits if edit.ref)
        return Shortened(
            text=text,
            seconds=seconds,
            originals=tuple(filter(None, (_original(engine, ref) for ref in refs))),
            decoded=_decoded(text),
        )

    return shorten


def _original(engine: Headroom, ref: str) -> str | None:
    try:
        return engine.retrieve(ref).text
    except HeadroomError:
        return None


def _decoded(text: str) -> str | None:
    try:
        return decode(text)
    except DecodeError:
        return None


def measure(items: Iterable[Item], shorten: Callable[[Item], Shortened]) -> list[Row]:
    """Shorten every item and look for what its question needs."""
    return [_row(item, shorten(item)) for item in items]


def _row(item: Item, short: Shortened) -> Row:
    count = deciding_counter().count
    visible = Readable(short.text)
    kept = [Readable(each) for each in short.originals]
    told = [visible.tells(needle, item.content) for needle in item.needles]
    back = [short.text, *short.originals, *([short.decoded] if short.decoded is not None else [])]
    return Row(
        id=item.id,
        kind=item.kind,
        size=len(item.content.encode("utf-8", "replace")),
        before=count(item.content),
        after=count(short.text),
        strict=all(map(visible.shows, item.needles)),
        loose=all(told),
        redeemable=all(
            seen or any(text.shows(needle) for text in kept)
            for needle, seen in zip(item.needles, told, strict=True)
        ),
        exact=item.content in back,
        same=any(same_data(each, item.content) for each in back),
        seconds=short.seconds,
    )


def figures(rows: Sequence[Row]) -> Figures:
    """The figures of some rows; there must be one."""
    before, after = sum(row.before for row in rows), sum(row.after for row in rows)
    seconds = [row.seconds for row in rows]
    return Figures(
        items=len(rows),
        tokens_before=before,
        tokens_after=after,
        saved=percent(before - after, before),
        strict=percent(sum(row.strict for row in rows), len(rows)),
        loose=percent(sum(row.loose for row in rows), len(rows)),
        redeemable=percent(sum(row.redeemable for row in rows), len(rows)),
        exact=percent(sum(row.exact for row in rows), len(rows)),
        same=percent(sum(row.same for row in rows), len(rows)),
        inflated=sum(row.after > row.before for row in rows),
        p50_ms=round(quantile(seconds, 0.5) * 1000, 2),
        p95_ms=round(quantile(seconds, 0.95) * 1000, 2),
        mb_per_s=round(sum(row.size for row in rows) / 1e6 / max(sum(seconds), 1e-9), 2),
    )


def by_kind(rows: Sequence[Row]) -> dict[str, Figures]:
    """The figures of each kind and, under `all`, of everything."""
    kinds = sorted({row.kind for row in rows})
    parts = {kind: figures([row for row in rows if row.kind == kind]) for kind in kinds}
    return {"all": figures(rows), **parts}


def percent(part: float, whole: float) -> float:
    """A share in percent, to one place."""
    return round(100 * part / whole, 1) if whole else 0.0


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(items: Sequence[Item], modes: Sequence[Mode] = MODES) -> dict[str, dict[str, Figures]]:
    """For each mode, the figures by kind."""
    return {mode: by_kind(measure(items, ours(mode))) for mode in modes}
