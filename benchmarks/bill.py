"""Replay whole conversations turn by turn: is the sent prefix kept, and what is the bill."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict, cast

from benchmarks.prices import TERMS, Cache, Piece
from benchmarks.savings import MODES, engine_for, percent
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.corpus import Conversation
    from benchmarks.prices import Terms
    from benchmarks.texts import Native
    from headroom_core.settings import Mode

PAUSES = {"20 s between turns": (20.0, 20.0), "and 10 min before each tenth": (20.0, 600.0)}


@dataclass(frozen=True, slots=True)
class Replay:
    """The prompts of a conversation, one for each turn."""

    prompts: list[list[Piece]]

    @property
    def tokens(self) -> int:
        return sum(piece.tokens for prompt in self.prompts for piece in prompt)


class Bills(TypedDict):
    """One mode's figures over some conversations. Costs are relative to sending all as it is."""

    turns: int
    tokens_before: int
    tokens_after: int
    saved: float
    prefix_kept: float
    cost: dict[str, float]


def replay(conversation: Conversation, mode: Mode | None) -> Replay:
    """The prompts of all turns; `None` sends everything as it is.

    The system prompt and, where notes can be redeemed, the retrieve tool are part of each prompt.
    """
    pieces = _pieces()
    engine = engine_for(mode) if mode else None
    prompts: list[list[Piece]] = []
    for turn in conversation.turns:
        sent: list[Native] = list(conversation.messages[:turn])
        tools: list[Native] = []
        if engine:
            result = engine.compress(sent)
            sent, tools = result.messages, result.tools
        head: list[Native] = [*tools, {"role": "system", "content": conversation.system}]
        prompts.append([pieces(each) for each in (*head, *sent)])
    return Replay(prompts)


def _pieces() -> Callable[[Native], Piece]:
    """Count each message once: a long conversation sends it many times."""
    count = deciding_counter().count
    known: dict[str, Piece] = {}

    def piece(message: Native) -> Piece:
        text = json.dumps(message, ensure_ascii=False, sort_keys=True)
        if text not in known:
            known[text] = Piece(text, sum(map(count, _readable(message))))
        return known[text]

    return piece


def _readable(value: object) -> list[str]:
    """Every string in a message, which is nearly what a provider counts."""
    if isinstance(value, str):
        return [value]
    inner: list[object] = []
    if isinstance(value, dict):
        inner.extend(cast("dict[str, object]", value).values())  # a message is JSON
    elif isinstance(value, list):
        inner.extend(cast("list[object]", value))  # as above
    return [text for each in inner for text in _readable(each)]


def prefix_kept(prompts: Sequence[Sequence[Piece]]) -> float:
    """The share of the tokens of each prompt with which the next one begins, in percent."""
    sent = kept = 0
    for before, after in pairwise(prompts):
        sent += sum(piece.tokens for piece in before)
        for old, new in zip(before, after, strict=False):
            if old.text != new.text:
                break
            kept += old.tokens
    return percent(kept, sent) if sent else 100.0


def cost(prompts: Sequence[list[Piece]], terms: Terms, pauses: tuple[float, float]) -> float:
    """What a conversation costs; before each tenth turn the pause is the second one."""
    cache = Cache(terms)
    now = 0.0
    for index, prompt in enumerate(prompts):
        now += pauses[1] if index % 10 == 9 else pauses[0]
        cache.send(prompt, now)
    return cache.cost


def run(
    conversations: Sequence[Conversation], modes: Sequence[Mode] = MODES
) -> dict[str, dict[str, Bills]]:
    """For each mode and conversation, and under `all`, the bill under each of the terms."""
    plain = {each.id: replay(each, None) for each in conversations}
    return {mode: _bills(conversations, plain, mode) for mode in modes}


def _bills(
    conversations: Sequence[Conversation], plain: dict[str, Replay], mode: Mode
) -> dict[str, Bills]:
    ours = {each.id: replay(each, mode) for each in conversations}
    groups = {"all": list(plain), **{name: [name] for name in plain}}
    return {
        name: _bill([plain[each] for each in ids], [ours[each] for each in ids])
        for name, ids in groups.items()
    }


def _bill(plain: list[Replay], ours: list[Replay]) -> Bills:
    before, after = sum(each.tokens for each in plain), sum(each.tokens for each in ours)
    costs: dict[str, float] = {}
    for terms in TERMS:
        for when, pauses in PAUSES.items():
            with_us = sum(cost(each.prompts, terms, pauses) for each in ours)
            without = sum(cost(each.prompts, terms, pauses) for each in plain)
            costs[f"{terms.name}; {when}"] = round(with_us / without, 3)
    return Bills(
        turns=sum(len(each.prompts) for each in plain),
        tokens_before=before,
        tokens_after=after,
        saved=percent(before - after, before),
        prefix_kept=min(prefix_kept(each.prompts) for each in ours),
        cost=costs,
    )
