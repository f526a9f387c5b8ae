"""Settings by families of names: `net.ipv4.tcp_mem` is of `net`, of `net.ipv4` and of more."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = re.compile(r"([\w.$/@-]+)\s*[:=]")
"""The name of a setting, at the start of its line."""
_FAMILY = re.compile(r"(?<=\w)[._/-]")
_KNOWN = 99
"""The rank of a line all of whose families are shown: behind every new one."""


def spread(lines: Sequence[str], numbers: Sequence[int]) -> list[int]:
    """Order some of the lines, so that the first few are of as many families as there are.

    First comes one line of each family such as `net`, then one of each `net.ipv4`; large families
    take turns with small ones. What has no family comes with the first.
    """
    seen: set[str] = set()
    turns: Counter[tuple[int, str]] = Counter()
    ranks: list[tuple[int, int, int]] = []
    for line in numbers:
        key = KEY.match(lines[line].strip())
        families = [key[1][: end.start()] for end in _FAMILY.finditer(key[1])] if key else []
        unseen = (at for at, family in enumerate(families) if family not in seen)
        new = next(unseen, _KNOWN if families else 0)
        seen.update(families[new:])
        turn = new, families[0] if families else ""
        ranks.append((new, turns[turn], line))
        turns[turn] += 1
    return [line for _, _, line in sorted(ranks)]
