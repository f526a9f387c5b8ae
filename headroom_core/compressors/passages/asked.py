"""What a conversation asks of a text: terms that say something, and phrases in quotes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.kinds import answer_kinds
from headroom_core.relevance import query_terms, telling_terms

if TYPE_CHECKING:
    from headroom_core.compressors.base import Hint

_Json = dict[str, "_Json"] | list["_Json"] | str | float | bool | None
_MOST_CHARS = 4_000
_MOST_TERMS = 200
_QUOTED = re.compile(
    r'"([^"\n]{1,200})"|“([^”\n]{1,200})”|„([^“”\n]{1,200})[“”]|«([^»\n]{1,200})»'
    r"|「([^」\n]{1,200})」|『([^』\n]{1,200})』|`([^`\n]{1,200})`|(?<!\w)'([^'\n]{2,200})'(?!\w)"
)
_ASKING = re.compile(
    r"query|queries|question|search|text|prompt|keyword|topic|term|q|input|needle|pattern",
    re.IGNORECASE,
)
# Words of a request about a text as a whole: they name nothing that could be looked up in it.
_GENERIC = frozenset(
    query_terms(
        "section chapter paragraph document page matter matters important importance summary"
        " summarize summarise overview explain analyze analyse describe check review read look"
        " help please thanks following above below content contents information details detail"
        " interesting relevant key main points point question answer answers work example examples"
        " understand think know want thing things go through happen happens best good"
        " brief briefly concise short sentence sentences word words cite source sources respond"
        " reply context result results provided given using use based according only passage"
    )
)
_GENERIC_PAIRS = frozenset(
    "什么 哪个 哪些 哪里 多少 怎么 如何 为何 为什 这是 是什 请看 看一 一下 一节 这一 节说 说了 了什"
    " 文档 检索 索结 结果 果请 请问 是否 告诉 诉我 我们 内容 总结 重要".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The terms of the question and of the call, and what was quoted."""

    terms: tuple[str, ...]
    phrases: tuple[str, ...]
    own: frozenset[str]
    """The terms that can be looked up: without words such as "summary"."""
    kinds: tuple[re.Pattern[str], ...] = ()
    """What an answer would hold, as far as the question says: a time, an amount, a name."""
    quoted: tuple[str, ...] = ()
    """The phrases to the letter."""


def asked(hint: Hint) -> Asked:
    """Read the question and, where the call searched for something, what it searched for."""
    query = hint.query if len(hint.query) <= _MOST_CHARS else _ends_of(hint.query)
    searched = _searched(hint)
    terms = dict.fromkeys((*_terms(query), *_terms(searched)))
    wanted = tuple(terms)[:_MOST_TERMS]
    own = frozenset(wanted) - _GENERIC
    found = [next(filter(None, match.groups())) for match in _QUOTED.finditer(query)]
    phrases = tuple(dict.fromkeys(normal(each) for each in found))
    quoted = tuple(dict.fromkeys(found))
    return Asked(wanted, phrases, own, answer_kinds(f"{query}\n{searched}"), quoted)


def own_terms(text: str) -> frozenset[str]:
    """The terms of a text that name something: without stop words and words such as "summary"."""
    return frozenset(_terms(text)) - _GENERIC


def normal(title: str) -> str:
    """A title as it is compared: its words and signs, without markup and in one case."""
    return " ".join(re.sub(r"\{#[^}]*\}|[#*`_\\]+|\]\([^)]*\)|[\[\]]", " ", title).lower().split())


def _terms(text: str) -> list[str]:
    return [term for term in telling_terms(text) if term not in _GENERIC_PAIRS]


def _ends_of(text: str) -> str:
    """A long message asks at its start or at its end."""
    return f"{text[: _MOST_CHARS // 2]}\n{text[-_MOST_CHARS // 2 :]}"


def _searched(hint: Hint) -> str:
    """The values of a call's arguments that are questions."""
    if len(hint.arguments) > _MOST_CHARS:
        return ""
    try:
        arguments: _Json = json.loads(hint.arguments or "{}")
    except ValueError:
        return ""
    if not isinstance(arguments, dict):
        return ""
    return "\n".join(
        value
        for name, value in arguments.items()
        if isinstance(value, str) and _ASKING.fullmatch(name)
    )
