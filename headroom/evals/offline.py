"""Tier 0: checks without a model, each of which fails for a compressor that breaks its promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom.evals import generators as made
from headroom.evals import listings
from headroom.evals.bill import Prices, bill
from headroom.evals.items import conversation, seeded
from headroom.evals.passages import SAYS_NOTHING, passages_item
from headroom.evals.reading import answer, error_kinds, failing_tests
from headroom_core.conversations import decode
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import HeadroomError
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter
from headroom_core.tool import NAME, answer_tool_call

if TYPE_CHECKING:
    from headroom.evals.items import Item
    from headroom_core.formats.wire import WireObject

MakeEngine = Callable[[Settings], Headroom]


def make_engine(settings: Settings) -> Headroom:
    """Return the engine as it is shipped, with a store of its own."""
    return Headroom(settings, store=MemoryStore())


@dataclass(frozen=True, slots=True)
class Sent:
    """What a model would see of an item."""

    visible: str
    ref: str | None
    lossless: bool
    engine: Headroom


def send(item: Item, make: MakeEngine, settings: Settings) -> Sent:
    """Compress the conversation of an item and look at its tool result."""
    engine = make(settings)
    result = engine.compress(conversation(item))
    edit = result.edits[-1] if result.edits else None
    visible = result.messages[-1]["content"]
    assert isinstance(visible, str)  # noqa: S101 - a text was patched into a text
    return Sent(visible, edit.ref if edit else None, edit is None or edit.lossless, engine)


def evidence(seed: str, make: MakeEngine) -> str:
    """Every needle is in sight, whatever is left out."""
    sorts = (made.needle_item, made.search_item, made.incident_item, made.issue_item,
             made.exploration_item, listings.tests_item)  # fmt: skip
    item = _pick(sorts, seed)
    sent = send(item, make, _BALANCED)
    lost = [needle for needle in item.needles if needle not in sent.visible]
    return f"out of sight: {lost[0]}" if lost else ""


def round_trip(seed: str, make: MakeEngine) -> str:
    """A lossless form decodes to the same text, and a ref gives it back byte for byte."""
    item = _pick((*made.GENERATORS.values(), listings.log_item, listings.tests_item), seed)
    for settings in (Settings(mode="lossless"), _BALANCED):
        sent = send(item, make, settings)
        try:
            if sent.lossless:
                back = decode(sent.visible)
            else:
                back = sent.engine.retrieve(sent.ref or "").text
        except HeadroomError as exc:
            return f"{settings.mode}: {exc}"
        if back != item.text:
            return f"{settings.mode}: another text came back"
    return ""


def answers(seed: str, make: MakeEngine) -> str:
    """A figure or a cell of a table can be read from the visible text."""
    item = listings.table_item(seed, as_csv=bool(seeded(seed).randrange(2)))
    sent = send(item, make, _BALANCED)
    read = answer(sent.visible, item.ask) if item.ask else None
    return "" if read == item.answers[0] else f"{item.question} {read}, not {item.answers[0]}"


def error_listing(seed: str, make: MakeEngine) -> str:
    """All templates of errors can be listed from the visible text, and no other."""
    item = listings.log_item(seed)
    return _difference(error_kinds(send(item, make, _BALANCED).visible), item.answers)


def failure_listing(seed: str, make: MakeEngine) -> str:
    """All failing tests can be listed from the visible text, and no other."""
    item = listings.tests_item(seed)
    return _difference(failing_tests(send(item, make, _BALANCED).visible), item.answers)


def recall(seed: str, make: MakeEngine) -> str:
    """A line that is left out comes back when the model asks for its number or its words."""
    item = made.needle_item(seed)
    sent = send(item, make, _BALANCED)
    lines = item.text.split("\n")
    hidden = [at for at, line in enumerate(lines) if line not in sent.visible]
    if sent.ref is None or not hidden:
        return ""
    at = seeded(seed).choice(hidden)
    for selector in ({"lines": str(at + 1)}, {"query": lines[at].split()[4]}):
        told = answer_tool_call(NAME, {"ref": sent.ref, **selector}, store=sent.engine.store)
        if lines[at] not in told:
            return f"line {at + 1} is not in the answer to {selector}"
    return ""


def blind_question(seed: str, make: MakeEngine) -> str:
    """A question that shares no word with its answer leaves it in sight, or one retrieval away."""
    item = passages_item(seed)
    for question in (item.question, SAYS_NOTHING):
        sent = send(replace(item, question=question), make, _BALANCED)
        if sent.lossless or item.needles[0] in sent.visible:
            continue
        call = {"ref": sent.ref or "", "query": question}
        if item.needles[0] not in answer_tool_call(NAME, call, store=sent.engine.store):
            return f"{item.needles[0]!r} is out of reach of {question!r}"
    return ""


def prefix(seed: str, make: MakeEngine) -> str:
    """What a message becomes does not change when the conversation grows."""
    messages = _growing(seed)
    whole = make(_BALANCED).compress(messages).messages
    for count, message in enumerate(messages[:-1], 1):
        # What ends with other messages is no other work.
        if (
            message["role"] == "tool"
            and make(_BALANCED).compress(messages[:count]).messages != whole[:count]
        ):
            return f"the first {count} messages change when more follow"
    return ""


def cheaper(seed: str, make: MakeEngine) -> str:
    """With a prompt cache, a conversation that grows is billed lower than without compression."""
    messages = _growing(seed)
    grown = [messages[: count + 1] for count, each in enumerate(messages) if each["role"] == "tool"]
    counter = deciding_counter()
    plain = bill(grown, counter, Prices())
    ours = bill([make(_BALANCED).compress(each).messages for each in grown], counter, Prices())
    return "" if ours < plain else f"billed {ours:,.0f} with us, {plain:,.0f} without"


CHECKS: dict[str, Callable[[str, MakeEngine], str]] = {
    "evidence": evidence,
    "round trip": round_trip,
    "answers": answers,
    "error listing": error_listing,
    "failure listing": failure_listing,
    "retrieval recall": recall,
    "blind question": blind_question,
    "prefix purity": prefix,
    "bill": cheaper,
}
"""By name; each returns what is wrong for a seed, or nothing."""

_BALANCED = Settings(retrieval=True)


def _pick(sorts: tuple[Callable[[str], Item], ...], seed: str) -> Item:
    """One sort in turn, so that even few seeds meet all of them."""
    number = int(seed.rpartition("/")[2])
    return sorts[number % len(sorts)](seed)


def _difference(read: set[str], right: tuple[str, ...]) -> str:
    missing, wrong = sorted(set(right) - read), sorted(read - set(right))
    if missing:
        return f"not in sight: {', '.join(missing)}"
    return f"never there: {', '.join(wrong)}" if wrong else ""


def _growing(seed: str) -> list[WireObject]:
    """A conversation in which four tools have printed something."""
    messages: list[WireObject] = []
    for number, make in enumerate(
        (listings.tests_item, made.search_item, listings.log_item, listings.table_item)
    ):
        messages += conversation(make(f"{seed}/{number}"), call_id=f"call_{number}")[1:]
    return messages
