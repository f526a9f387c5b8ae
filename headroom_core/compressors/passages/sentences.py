"""Cut running text into sentences, by offsets: nothing is changed, merged or lost.

Any language with sentence marks works, spaced or not. Where a mark may be part of a word (an
abbreviation, an initial, an ordinal) the sentence goes on: one too long says no more than one too
short, and reads better.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

# A run of marks is matched from its first one only, which keeps long runs linear. In a JSON string
# a quote and a line end stand as escapes. All that may end a sentence is in the class in front, so
# that no other character is tried. The group holds the blanks that follow, but not after a line end
# of JSON: where many of these follow each other, each would be read as often as there are any.
_BLANKS = r"(?:\s|\\[nrt](?![a-zA-Z]:))"
_END = re.compile(
    r"""[.!?…。！？｡؟۔।\\](?:(?:"""
    r"""(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+(?:\\?["'”’»)\]*_`])*+(?=\s|\\[nrt]|$)"""
    r"""|(?<=[。！？｡؟۔।])[。！？｡؟۔।]*+(?:\\?["'”’»)\]」』】）》])*+"""
    rf""")(?=({_BLANKS}*+))"""
    r"""|(?<=\\)n(?=\\n|[-*•] ))"""
)
_BLANK = re.compile(f"{_BLANKS}++")
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
        first, stop = mark.span()
        follows = mark.end(1)
        if follows < 0:
            if first > at:
                found.append((at, first))
                at = _skip_blanks(text, first, end)
        elif not (follows < end and text[follows].islower()) and _ends(text, first, stop):
            found.append((at, stop))
            at = follows
    if at < end:
        found.append((at, at + len(text[at:end].rstrip())))
    return found


def _skip_blanks(text: str, at: int, end: int) -> int:
    blank = _BLANK.match(text, at, end)
    return blank.end() if blank else at


def _ends(text: str, first: int, stop: int) -> bool:
    """Whether these marks end a sentence: all do but a dot, which may be part of a word."""
    if stop > first + 1 or text[first] != ".":
        return True
    before = text[max(0, first - _LOOK_BACK) : first]
    # Nearly always a plain word, which is told without a pattern.
    word = before[before.rfind(" ") + 1 :]
    if not word.isalnum():
        last = _LAST_WORD.search(before)
        if last is None:
            return True
        word = last.group()
    if word.isdigit():
        return len(word) > _LONGEST_ORDINAL
    return not (word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper()))
