"""Name long ids that come again and again once, at the top: `$1` stands for the first of them."""

from __future__ import annotations

import re
from collections import Counter

from headroom_core.compressors.base import MAX_DECODED_CHARS
from headroom_core.errors import DecodeError

_TOKEN = re.compile(r"[\w.:/-]{10,}")
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[T:-][0-9:.]*Z?)?\Z")
_USE = re.compile(r"\$([0-9]{1,6})(?![0-9])")
_LEGEND = re.compile(r"first ([0-9]{1,6}) lines = ids that \$1, \$2 \.\.\. stand for, then ")
_LEAST = 3


def name_ids(legend: str, body: str) -> tuple[str, str]:
    """Return the form with its ids named; the same form if there are none, or if `$1` is taken."""
    found = Counter(filter(_is_id, _TOKEN.findall(body)))
    ids = [each for each, count in found.items() if count >= _LEAST]
    if not ids or _USE.search(body):
        return legend, body
    names = {each: f"${number}" for number, each in enumerate(ids, 1)}
    named = _TOKEN.sub(lambda match: names.get(match.group(), match.group()), body)
    said = f"first {len(ids)} lines = ids that $1, $2 ... stand for, then "
    return said + legend, "\n".join([*ids, named])


def restore_ids(legend: str, body: str) -> tuple[str, str]:
    """Undo `name_ids`."""
    said = _LEGEND.match(legend)
    if said is None:
        return legend, body
    *ids, named = body.split("\n", int(said[1]))
    if len(ids) != int(said[1]):
        raise DecodeError("the log form has fewer lines than ids")
    longest = max(map(len, ids), default=0)
    if named.count("$") * longest > MAX_DECODED_CHARS:
        raise DecodeError("the log form repeats its ids too often")

    def id_of(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 0 < number <= len(ids):
            raise DecodeError(f"the log form has no id {match.group()}")
        return ids[number - 1]

    return legend[said.end() :], _USE.sub(id_of, named)


def _is_id(token: str) -> bool:
    """Whether a token is no word and no date."""
    return any(map(str.isdigit, token)) and _DATE.match(token) is None
