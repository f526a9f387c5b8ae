"""A few parts of long JSON, which tell whether its tables can pay before all of it is read.

They stand in the sample as they stand in the text and below what they stand below there, so that
what is alike in the text is alike in the sample. JSON with blanks is not asked about: they pay.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.document import BLANK, weighs_much

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOM = 12_000
"""About so many characters are in a sample."""
FROM = 8 * ROOM
"""To try a shorter text as a whole takes hardly longer."""
_MOST = 8
_PARTS = 8
_WHOLE = 3
"""So many neighbours are taken as they are, rather than a part of each of more."""
_LEAST_ROOM = 300
"""Where a value has less, fewer neighbours are better than less of each."""
_DEEPEST = 6
_BLANKS = re.compile(r'":\s|^[{\[]\s')
_HEAD = 200
_LINES = "}\n{"


def sample_of(text: str) -> str | None:
    """The sample of a JSON text, or of lines of it; `None` where it tells nothing."""
    if len(text) < FROM or weighs_much(text) or _BLANKS.search(text, 0, _HEAD):
        return None
    try:
        if text[0] == "{" and _LINES in text:
            lines = text.rstrip("\n").split("\n")
            found = "\n".join(lines[at] for at in _places(list(map(len, lines)), ROOM))
        else:
            # What is cut on many levels may turn out too small.
            samples = (_thin(text, room, 0) for room in (ROOM, 2 * ROOM, 4 * ROOM))
            found = next((each for each in samples if len(each) > ROOM // 2), "")
    except (ValueError, IndexError, RecursionError):
        return None
    return found if 0 < len(found) <= _MOST * ROOM else None


def _thin(text: str, room: int, depth: int) -> str:
    """The text of a value with less in it, on all levels.

    Of the outermost level neighbours from a few places are left; further in the first ones, since
    what stands beside each other begins alike and ends where it will.
    """
    if len(text) <= room or depth == _DEEPEST or text[0] not in "[{":
        return text
    members = quick.members(text)
    if members is None:
        members = _members(text)
    values = list(members.values()) if isinstance(members, dict) else members
    sizes = list(map(len, values))
    if not values:
        return text
    if sum(sizes) * (_WHOLE if depth else _PARTS) <= room * len(values):
        kept: Sequence[int] = _places(sizes, room, parts=1 if depth else _PARTS)
        thinned = {at: values[at] for at in kept}
    else:
        step = 1 if depth else max(1, len(values) // _PARTS)
        kept = range(0, len(values), step)[: max(2, room // _LEAST_ROOM)]
        size = sum(sizes[at] for at in kept)
        thinned = {at: _thin(values[at], room * sizes[at] // size, depth + 1) for at in kept}
    if isinstance(members, list):
        return f"[{','.join(thinned.values())}]"
    keys = list(members)
    named = (f"{json.dumps(keys[at], ensure_ascii=False)}:{thinned[at]}" for at in thinned)
    return f"{{{','.join(named)}}}"


def _places(sizes: Sequence[int], room: int, parts: int = _PARTS) -> list[int]:
    """Runs of neighbours from places that are spread over all, of about so many characters."""
    count = max(1, len(sizes) * room // (sum(sizes) * parts))
    starts = (len(sizes) * part // parts for part in range(parts))
    kept = {at for start in starts for at in range(start, min(start + count, len(sizes)))}
    return sorted(kept)


def _members(text: str) -> list[str] | dict[str, str]:
    """The texts of the values in an array or map. Raises `ValueError` where it is no JSON."""
    decoder = json.JSONDecoder()
    items: list[str] = []
    named: dict[str, str] = {}
    at = _after_blanks(text, 1)
    while text[at] not in "]}":
        if text[at] == ",":
            at = _after_blanks(text, at + 1)
        key: object = None
        if text[0] == "{":
            key, at = decoder.raw_decode(text, at)
            at = _after_blanks(text, _after_blanks(text, at) + 1)
        _, end = decoder.raw_decode(text, at)
        if isinstance(key, str):
            named[key] = text[at:end]
        else:
            items.append(text[at:end])
        at = _after_blanks(text, end)
    if _after_blanks(text, at + 1) < len(text):
        raise ValueError("something stands behind the value")
    return named if text[0] == "{" else items


def _after_blanks(text: str, at: int) -> int:
    match = BLANK.match(text, at)
    return match.end() if match else at
