"""Whether an answer stays within reach of a question that does not speak of it.

Asked twice: with a question that says nothing ("Here is the output."), and with the item's own
without the words that it shares with the sentences of its answer. Where the text is then shown in
full, or with the answer in sight, nothing is lost. Else one retrieval has to give it: by the same
words or, once the model knows what it looks for, by the item's question.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypedDict

from benchmarks.evidence import Readable
from benchmarks.savings import engine_for
from headroom_core.compressors.passages.scoring import root
from headroom_core.relevance import tokens
from headroom_core.tool import NAME, answer_tool_call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.corpus import Item
    from headroom_core.engine.headroom import Headroom

Reached = Literal["in_full", "in_sight", "by_the_same_words", "by_its_question", "lost"]
_SENTENCE = re.compile(r"[^.!?。！？\n]*+(?:[.!?](?!\s)[^.!?。！？\n]*+)*+[.!?。！？\n]?")


class Reach(TypedDict):
    """How many items there are, and where their answers are to be had."""

    items: int
    in_full: int
    in_sight: int
    by_the_same_words: int
    by_its_question: int
    lost: int


def saying_nothing(items: Iterable[Item]) -> list[tuple[Item, str]]:
    """Each item that has a question which says nothing, with it."""
    return [(item, item.blind) for item in items if item.blind]


def in_other_words(items: Iterable[Item]) -> list[tuple[Item, str]]:
    """Each item, with its question without the words of its answer."""
    return [(item, _without(item.question, _words_near(item))) for item in items]


def measure(
    pairs: Iterable[tuple[Item, str]], engine: Headroom | None = None
) -> list[tuple[str, Reached]]:
    """The kind of each item, and where its answer is to be had when this is asked instead."""
    engine = engine or engine_for("balanced")
    return [(item.kind, _reached(item, asked, engine)) for item, asked in pairs]


def _reached(item: Item, asked: str, engine: Headroom) -> Reached:
    result = engine.compress(_asking(item, asked).messages())
    text = str(result.messages[-1]["content"])
    hidden = [edit.ref for edit in result.edits if edit.ref]
    if not hidden:
        return "in_full"
    if _tells(text, item):
        return "in_sight"
    if _tells(_with_retrieval(text, hidden[0], asked, engine), item):
        return "by_the_same_words"
    if _tells(_with_retrieval(text, hidden[0], item.question, engine), item):
        return "by_its_question"
    return "lost"


def _with_retrieval(text: str, ref: str, query: str, engine: Headroom) -> str:
    """What is in sight after one retrieval, in the room that an answer has by default."""
    told = answer_tool_call(NAME, {"ref": ref, "query": query}, store=engine.store)
    return f"{text}\n{told}"


def _asking(item: Item, asked: str) -> Item:
    """The item with another question, also where its call repeats the question."""
    arguments = item.arguments.replace(
        json.dumps(item.question, ensure_ascii=False), json.dumps(asked, ensure_ascii=False)
    )
    return replace(item, question=asked, arguments=arguments)


def _tells(text: str, item: Item) -> bool:
    readable = Readable(text)
    return all(readable.tells(needle, item.content) for needle in item.needles)


def by_kind(found: Sequence[tuple[str, Reached]]) -> dict[str, Reach]:
    """How many items of each kind reached what and, under `all`, of everything."""
    groups = {
        "all": found,
        **{kind: [each for each in found if each[0] == kind] for kind, _ in sorted(found)},
    }
    return {name: _counts([reached for _, reached in group]) for name, group in groups.items()}


def _counts(found: Sequence[Reached]) -> Reach:
    return Reach(
        items=len(found),
        in_full=found.count("in_full"),
        in_sight=found.count("in_sight"),
        by_the_same_words=found.count("by_the_same_words"),
        by_its_question=found.count("by_its_question"),
        lost=found.count("lost"),
    )


def run(items: Sequence[Item]) -> dict[str, dict[str, Reach]]:
    """Both ways to ask, by kind."""
    return {
        "a question that says nothing": by_kind(measure(saying_nothing(items))),
        "a question in other words": by_kind(measure(in_other_words(items))),
    }


def _words_near(item: Item) -> frozenset[str]:
    """The terms of the sentences in which the answer stands, and how they begin."""
    text = item.content
    needles = [
        (found.start(), found.end())
        for needle in item.needles
        for found in re.finditer(re.escape(needle), text)
    ]
    near = (
        sentence.group()
        for sentence in _SENTENCE.finditer(text)
        if any(sentence.start() < end and start < sentence.end() for start, end in needles)
    )
    return frozenset(each for word in tokens(" ".join(near)) for each in _forms(word.terms))


def _without(question: str, used: frozenset[str]) -> str:
    kept = (each for each in tokens(question) if used.isdisjoint(_forms(each.terms)))
    return " ".join(question[each.start : each.end] for each in kept)


def _forms(terms: Iterable[str]) -> Iterator[str]:
    for term in terms:
        yield from filter(None, (term, root(term)))
