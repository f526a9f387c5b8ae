"""Read lines as entries of a log: what they say without the time, and which lines belong to one."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.sections import CLOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

# What follows the minute: seconds, zone, year, and the signs around.
_REST = re.compile(r"[^\s\]\"|]{0,30}(?: [0-9]{4}\b)?[\]\"|,]*\s?(?:- )?")
_WORDY = re.compile(r"[^\W\d]{2}")
_MOST_START = 40


@dataclass(frozen=True, slots=True)
class Entries:
    """The lines of a log, read."""

    messages: list[str]
    """Each line without its time."""
    heads: Sequence[int]
    """For each line the line that starts its entry; a traceback belongs to the line above it."""
    ends: Sequence[int]
    """Where the entry ends that starts at a line."""
    span: str
    """The first and the last time, if there are any."""


def read_entries(lines: Sequence[str]) -> Entries:
    """Read every line once."""
    messages: list[str] = []
    heads = array("i", range(len(lines)))
    times: list[str] = []
    for line in lines:
        clock = CLOCK.match(line)
        if clock is None or clock.end() > _MOST_START:
            messages.append(line)
        else:
            rest = _REST.match(line, clock.end())
            end = rest.end() if rest else clock.end()
            messages.append(line[end:])
            times.append(line[:end].strip(" -[]|,"))
    timed = len(times) * 2 > len(lines)
    ends = array("i", heads)
    for at, line in enumerate(lines):
        goes_on = messages[at] is line if timed else line[:1] in (" ", "\t")
        if at and goes_on:
            heads[at] = heads[at - 1]
        ends[heads[at]] = at + 1
    return Entries(messages, heads, ends, f"{times[0]} to {times[-1]}" if times else "")
