"""Words that no model may drop: numbers, names, code, negations and what was asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.relevance import query_terms, terms_of_word
from headroom_core.signals import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEGATIONS = frozenset(
    "not no never none nothing nobody neither nor cannot without unless except only but however"
    " nicht kein keine keinen nie ohne nur aber ne pas jamais sans sauf mais sin nunca ningún sino"
    " solo pero не нет ни без никогда только но لا ليس لم لن".split()
)
_TELLING = re.compile(
    r"\d|[^\W\d_][._:/\\@=#+-][^\W_]|^-{1,2}\w|_|[`<>{}()\[\]=$%&|~^]|[a-zа-я][A-ZА-Я]|[A-ZА-Я]{2}"
    r"|n['’]t\b|[€£¥°]"
)
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)]*$")
_EDGES = re.compile(r"^\W+|\W+$")


def must_keep(words: Sequence[str], query: str) -> list[bool]:
    """Say of each word whether it has to stay."""
    wanted = frozenset(query_terms(query)) - STOP_WORDS
    kept: list[bool] = []
    starts = True
    for word in words:
        bare = _EDGES.sub("", word)
        name = not starts and bare[:1].isupper()
        asked = bool(wanted) and not wanted.isdisjoint(terms_of_word(bare)) if bare else False
        telling = _TELLING.search(word) is not None or bare.lower() in _NEGATIONS
        kept.append(name or asked or telling)
        starts = _SENTENCE_END.search(word) is not None
    return kept
