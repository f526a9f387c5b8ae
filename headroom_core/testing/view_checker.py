"""Check that a view glues nothing together: what stands side by side in it does so in its source.

The rule is independent of how views are made. The words of a visible line must stand in this
order, one behind the other, somewhere in the source, and the lines must come in the order of the
source; signs and white space do not count. What a view says of itself is left out: lines in
brackets, marks of gaps, rows of patterns, and the headings that `docs/forms.md` describes.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\W_]+")
# Tables of JSON write what a column's texts begin and end with once, also inside of `10:20Z`.
_PART = re.compile(r"[^\W\d_]+|\d+")
_GAP = re.compile(r"\[… [^\[\]\n]*\]| … ")
_FIGURES = "All rows, counted:"
_SIZE = re.compile(r" *(?:.+: )?(?:\{\d+ keys\}|\[\d+ items\].*|\d+> )?")
_VALUES = re.compile(
    r"\{\d+ keys\}|\[\d+ items\]|(?<=\}) in (?=\{)"  # large values in a row, and what it stands in
    r"|[|{}\[\]()\t,]|@key|@value|(?<=\"):|: |=|^ *\d+[>:] |^.{1,200}? = |^[a-l](?=[|\t])"
)
_LEGEND = re.compile(r"(?:[a-l]: )?\[")
_OURS = re.compile(
    r"\s*(?:[a-l]: )?\[.*\]"  # a note, a legend, a count
    r"|\s*(?://|#|--|/\*|%|;) … (?:lines? )?[\d,: -]+.*"  # the lines of a gap in code
    r"|[0-9]+ x .*"  # a row of patterns
    r"|diff .* \+\d+ -\d+(?: \[…\])?|@@ \d+.*"  # a file and a hunk of a diff
)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_PATH = re.compile(r"\S*[/.]\S*")
ORDERED = frozenset(
    "chunks code diff lines listing log markup outline"
    " prose search stanzas tests trace table".split()
)
"""The views whose lines come in the order of the source; JSON answers what was asked for first."""


def glued(form: str, source: str, body: str) -> list[str]:
    """The pieces of visible lines that stand nowhere in the source, or not where they should."""
    words = _words(_text_of(form, source), _PART if form == "json" else _WORD)
    wrong: list[str] = []
    at = 0
    for line, wanted in _pieces(form, body):
        if not wanted.strip():
            continue
        found = words.find(wanted, at if form in ORDERED else 0)
        if found < 0 and form == "search" and _PATH.fullmatch(line.strip()):
            continue  # the file that the next hits are in
        if found < 0:
            wrong.append(line)
        else:
            at = found
    return wrong


def _pieces(form: str, body: str) -> Iterator[tuple[str, str]]:
    """Each visible line with the pieces of it between marks; for JSON its values."""
    word = _PART if form == "json" else _WORD
    for line in _of_source(body.split("\n")):
        cut = _GAP.split(line)
        for piece in cut:
            for value in _VALUES.split(piece) if form == "json" else (piece,):
                # A mark may stand within a word, which then is whole in the source only.
                words = _words(value, word)
                yield line, words.strip() if len(cut) > 1 else words


def _of_source(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are not a view's own."""
    legend = figures = False
    for line in lines:
        legend = legend or (bool(_LEGEND.match(line)) and not line.rstrip().endswith("]"))
        figures = line == _FIGURES or (figures and line.startswith(" "))
        if not (legend or figures or _OURS.fullmatch(line) or _SIZE.fullmatch(line)):
            yield line
        legend = legend and not line.rstrip().endswith("]")


def _words(text: str, word: re.Pattern[str]) -> str:
    """The words of a text between blanks, so that one run of words is found in another."""
    return f" {' '.join(word.findall(text))} "


def _text_of(form: str, source: str) -> str:
    """What a reader of the source reads: HTML without its tags, JSON without escapes of letters."""
    if form == "markup":
        return unescape(_TAG.sub(" ", source))
    if form == "json":
        try:
            return json.dumps(json.loads(source), ensure_ascii=False)
        except ValueError:
            return source  # several documents, or JSON in other text
    return source
