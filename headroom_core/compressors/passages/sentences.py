"""Cut running text into sentences, by offsets: nothing is changed, merged or lost.

Any language with sentence marks works, spaced or not. Where a mark may be part of a word (an
abbreviation, an initial, an ordinal) the sentence goes on: one too long says no more than one too
short, and reads better.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

# A run of marks is matched from its first one only, which keeps long runs linear. In a JSON string
# a quote and a line end stand as escapes.
_END = re.compile(
    r"""(?<![.!?…])[.!?…]++(?:\\?["'”’»)\]*_`])*+(?=\s|\\[nrt]|$)"""
    r"""|[。！？｡؟۔।]++(?:\\?["'”’»)\]」』】）》])*+"""
    r"""|\\n(?=\\n)|\\n(?=[-*•] )"""
)
_BLANK = re.compile(r"(?:\s|\\[nrt](?![a-zA-Z]:))+")
_LAST_WORD = re.compile(r"[^\W_](?:[^\W_]|\.(?=[^\W_])){0,11}$")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev hon sr jr st ste mt ft vs etc e.g i.e eg ie cf viz fig figs eq no nos"
    " vol vols ch sec pp p ca approx inc ltd co corp dept univ assn bros al gen col capt lt sgt gov"
    " sen rep jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m u.s u.k ed eds trans"
    " z.b d.h u.a o.ä bzw usw nr bd hrsg str vgl evtl ggf inkl zzgl abs art geb gest"
    " m mm mme mlle mgr av env p.ex c.-à-d sra srta dra ud uds pág págs núm ej p.ej"
    " г гг т.е т.д т.п т.к др пр ул им рис стр см тыс млн млрд руб коп напр".split()
)
_LONGEST_ORDINAL = 2
_LOOK_BACK = 16


def sentences(text: str, start: int, end: int) -> list[Span]:
    """Return the sentences between two offsets, in order, without the blanks around them."""
    found: list[Span] = []
    at = _skip_blanks(text, start, end)
    for mark in _END.finditer(text, at, end):
        stop = mark.start() if mark.group().startswith("\\n") else mark.end()
        if stop <= at or not _ends(text, mark, end):
            continue
        found.append((at, stop))
        at = _skip_blanks(text, stop, end)
    if at < end:
        found.append((at, at + len(text[at:end].rstrip())))
    return found


def _skip_blanks(text: str, at: int, end: int) -> int:
    blank = _BLANK.match(text, at, end)
    return blank.end() if blank else at


def _ends(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether a sentence ends at this mark."""
    follows = _skip_blanks(text, mark.end(), end)
    if follows < end and text[follows].islower() and mark.group()[0] != "\\":
        return False
    if mark.group() != ".":
        return True
    before = _LAST_WORD.search(text, max(0, mark.start() - _LOOK_BACK), mark.start())
    if before is None:
        return True
    word = before.group()
    if word.isdigit():
        return len(word) > _LONGEST_ORDINAL
    return not (word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper()))
