"""A few parts of long JSON, which tell whether its tables can pay before all of it is read.

They stand in the sample as they stand in the text and below what they stand below there, so that
what is alike in the text is alike in the sample. JSON with blanks is not asked about: they pay.
"""

from __future__ import annotations

import json
import re
from heapq import nlargest
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.document import BLANK, weighs_much

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_ROOM, ROOM = 3_000, 12_000
"""About so many characters at least and at most are in a sample."""
_SHARE = 8
"""Of a text between the two such a part is taken."""
FROM = 4 * LEAST_ROOM
"""To try a shorter text as a whole takes hardly longer."""
_MOST = 8
_PARTS = 8
_WHOLE = 3
"""So many neighbours are taken as they are, rather than a part of each of more."""
_SPARSE = 300
"""Where a value has less, fewer neighbours are better than less of each."""
_DEEPEST = 6
_BLANKS = re.compile(r'":\s|^[{\[]\s')
_HEAD = 200
_KEY = re.compile(r'"([^"\\]*)":')
_START = 3_000
_LEAST_KEYS = 12
_FEW_NAMES = 0.5
_LINES = "}\n{"


def sample_of(text: str) -> str | None:
    """The sample of a JSON text, or of lines of it; `None` where it tells nothing."""
    if len(text) < FROM or _BLANKS.search(text, 0, _HEAD) or _repeats(text[:_START]):
        return None
    if weighs_much(text):
        return None
    most = max(LEAST_ROOM, min(ROOM, len(text) // _SHARE))
    try:
        if text[0] == "{" and _LINES in text:
            lines = text.rstrip("\n").split("\n")
            found = "\n".join(lines[at] for at in _places(list(map(len, lines)), most))
        else:
            # What is cut on many levels may turn out too small.
            samples = (_thin(text, room, 0) for room in (most, 2 * most, 4 * most))
            found = next((each for each in samples if len(each) > most // 2), "")
    except (ValueError, IndexError, RecursionError):
        return None
    return found if 0 < len(found) <= min(_MOST * most, len(text) // 2) else None


def _repeats(start: str) -> bool:
    """Whether the keys at the start of a text come again and again, as those of rows do."""
    keys = _KEY.findall(start)
    return len(keys) >= _LEAST_KEYS and len(set(keys)) <= _FEW_NAMES * len(keys)


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
    are_small = sum(sizes) * (_WHOLE if depth else _PARTS) <= room * len(values)
    if are_small and max(sizes) <= room:
        kept: Sequence[int] = _places(sizes, room, parts=1 if depth else _PARTS)
        thinned = {at: values[at] for at in kept}
    else:
        count = max(2, room // _SPARSE)
        kept = range(len(values))[:count] if depth else _largest(sizes, min(count, _PARTS))
        size = sum(sizes[at] for at in kept)
        thinned = {at: _thin(values[at], room * sizes[at] // size, depth + 1) for at in kept}
    if isinstance(members, list):
        return f"[{','.join(thinned.values())}]"
    keys = list(members)
    named = (f"{json.dumps(keys[at], ensure_ascii=False)}:{thinned[at]}" for at in thinned)
    return f"{{{','.join(named)}}}"


def _largest(sizes: Sequence[int], count: int) -> list[int]:
    """Where the largest values stand: what they save counts most."""
    return sorted(nlargest(count, range(len(sizes)), key=sizes.__getitem__))


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
