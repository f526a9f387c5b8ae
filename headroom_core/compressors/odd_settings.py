"""Settings with a value like hardly any other of their name has in the same file.

Of twenty services with `tls = on`, the one with `tls = off` is what a reader must not miss.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SETTING = re.compile(
    r"\s*(?:- )?[\"']?([A-Za-z_][\w.$/@-]{0,79})[\"']?(?:\s*[:=]\s*|\s+)(\S.{0,199})"
    r"|\s*<([A-Za-z_][\w.:-]{0,79})>([^<]{1,200})</"
)
_NAME = re.compile(
    r"\s*(?:- )?[\"']?(?:name|id|title|key)[\"']?\s*[:=]|\s*<(?:name|id|artifactId)>"
)
_LEAST_TIMES = 10
_MOST_VALUES = 50
_LEAST_REPEATED = 4
_FEW = 2
_SHARE = 100
_MOST_ODD = 3
_FARTHEST_NAME = 60


def odd_settings(lines: Sequence[str]) -> list[int]:
    """The lines with the rare values of settings that have few values; none where many are rare."""
    # Per setting, the lines of each of its values, at most as many as a rare one has.
    found: dict[str, dict[str, list[int]]] = {}
    times: dict[str, int] = {}
    most = max(_FEW, len(lines) // _SHARE) + 1
    for at, line in enumerate(lines):
        match = _SETTING.match(line)
        if match is None:
            continue
        key, value = (match[1], match[2]) if match[1] else (match[3], match[4])
        value = value.rstrip(" ,;")
        times[key] = times.get(key, 0) + 1
        values = found.setdefault(key, {})
        if value in values or len(values) <= _MOST_VALUES:
            places = values.setdefault(value, [])
            if len(places) < most:
                places.append(at)
    odd: list[int] = []
    for key, values in found.items():
        if times[key] >= _LEAST_TIMES and len(values) <= min(
            _MOST_VALUES, times[key] // _LEAST_REPEATED
        ):
            few = max(_FEW, times[key] // _SHARE)
            rare = [places for places in values.values() if len(places) <= few]
            odd += [at for places in rare if len(rare) <= _MOST_ODD for at in places]
    return sorted(odd)


def names_above(lines: Sequence[str], at: int) -> Iterator[int]:
    """The lines near above one that name what it stands in, the innermost first."""
    limit = _indent(lines[at]) + 1
    for above in range(at - 1, max(at - _FARTHEST_NAME, 0) - 1, -1):
        line = lines[above]
        if line.startswith(("[", "---")) or not limit:
            return
        if _indent(line) < limit and _NAME.match(line):
            yield above
            limit = _indent(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
