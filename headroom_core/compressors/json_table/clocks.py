"""Times and dates that advance by the same step from row to row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d)?", re.ASCII)
_DATE_CHARS = 10


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, or the date, of the first row and the step to the next: seconds, or days."""

    start: str
    step: int

    def at(self, rows: Sequence[int]) -> list[str]:
        """The texts for some rows; raises `ValueError` when the calendar ends before one."""
        start = datetime.fromisoformat(self.start)
        date_only = len(self.start) == _DATE_CHARS
        step = timedelta(days=self.step) if date_only else timedelta(seconds=self.step)
        try:
            times = [start + step * row for row in rows]
        except OverflowError as exc:
            raise ValueError("a row lies beyond the calendar") from exc
        if date_only:
            return [time.isoformat()[:_DATE_CHARS] for time in times]
        sep = self.start[_DATE_CHARS]
        return [time.isoformat(sep=sep, timespec="seconds") for time in times]

    def __str__(self) -> str:
        unit = "d" if len(self.start) == _DATE_CHARS else "s"
        return f"{{{self.start}+{self.step}{unit}*row}}"


def find_clock(first: str, second: str, third: str) -> tuple[str, Clock, str] | None:
    """What stands before the time in three texts, the time's progress, and what stands behind."""
    found = _TIME.search(first)
    if found is None:
        return None
    start, end = found.span()
    times = [text[start:end] for text in (first, second, third)]
    if any(
        text[:start] != first[:start] or text[end:] != first[end:] or not _TIME.fullmatch(time)
        for text, time in zip((first, second, third), times, strict=True)
    ):
        return None
    try:
        moments = [datetime.fromisoformat(time) for time in times]
    except ValueError:
        return None
    step = moments[1] - moments[0]
    if not step or moments[2] - moments[1] != step:
        return None
    size = step.days if end - start == _DATE_CHARS else step.days * 86_400 + step.seconds
    return first[:start], Clock(times[0], size), first[end:]
