"""The diagnosis of prefixes: what changed, where, and that nothing else is taken for a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from headroom_asgi.rewrite import NO_NAMES, Names
from headroom_core.formats.wire import is_array, is_object
from headroom_core.json_places import places_of
from headroom_proxy.prefix import Diagnosis, Prefixes
from tests.allocated import allocated
from tests.conversations import WIRES, Turn, Wire, written

if TYPE_CHECKING:
    from headroom_core.formats.wire import WireObject

SYSTEM = "You are an agent.\nToday is 2026-11-26.\nSession 7f3a99c1\nBe brief."
TOOLS = [{"name": name, "input_schema": {"type": "object"}} for name in ("read", "write", "run")]
TURNS = [Turn(f"question {n}", f"result {n}") for n in range(6)]


def request(wire: Wire, turns: int, *, system: str = SYSTEM, **fields: Any) -> WireObject:
    messages = written(TURNS[:turns], wire)
    body: WireObject = {"model": "m", "tools": TOOLS, **fields}
    match wire:
        case "openai_chat":
            return {**body, "messages": [{"role": "system", "content": system}, *messages]}
        case "openai_responses":
            return {**body, "instructions": system, "input": messages}
        case "anthropic":
            return {**body, "system": [{"type": "text", "text": system}], "messages": messages}


def seen(wire: Wire, *bodies: WireObject) -> Diagnosis:
    """What is said of the last request after the others."""
    prefixes = Prefixes()
    *_, last = [prefixes.look(wire, body, "n") for body in bodies]
    return last


@pytest.mark.parametrize("wire", WIRES)
def test_a_first_request_is_new_and_a_longer_one_extends_it(wire: Wire) -> None:
    assert seen(wire, request(wire, 2)).outcome == "new"
    assert seen(wire, request(wire, 2), request(wire, 4)).outcome == "extended"
    assert seen(wire, request(wire, 2), request(wire, 2)).outcome == "extended"
    assert seen(wire, request(wire, 2), request(wire, 3), request(wire, 6)).outcome == "extended"


@pytest.mark.requirement("proxy.prefix_diagnosis")
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "other"}, "changed: model"),
        ({"tools": [*TOOLS[1:], TOOLS[0]]}, "changed: tools order"),
        ({"tools": TOOLS[:2]}, "changed: tools removed (run)"),
        ({"tools": [*TOOLS, {"name": "more"}]}, "changed: tools added (more)"),
        ({"tools": [*TOOLS[:2], {"name": "run", "x": 1}]}, "changed: tools edited (run)"),
        ({"system": SYSTEM.replace("-26", "-27")}, "changed: system date (line 2)"),
        ({"system": SYSTEM.replace("7f3a", "8e11")}, "changed: system id (line 3)"),
        ({"system": SYSTEM.replace("brief", "long")}, "changed: system text (line 4)"),
        ({"system": SYSTEM + "\nMore."}, "changed: system text (line 5)"),
    ],
)
def test_the_reason_of_a_change_is_named(wire: Wire, change: dict[str, Any], said: str) -> None:
    assert str(seen(wire, request(wire, 3), request(wire, 4, **change))) == said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is 9:15 AM now", "It is 11:42 PM now"),
        ("Friday, Nov 27, 2026", "Saturday, Nov 28, 2026"),
        ("27 November 2026", "3 December 2026"),
        ("at 2026-11-27T00:10:02.123Z", "at 2026-11-28T10:10:02.5Z"),
        ("27.11.2026", "28.11.26"),
    ],
)
def test_dates_and_times_are_known_in_many_spellings(one: str, other: str) -> None:
    bodies = [request("anthropic", 1, system=text) for text in (one, other)]

    assert seen("anthropic", *bodies).reason == "system_date"


@pytest.mark.parametrize("wire", WIRES)
def test_an_edit_of_the_clients_own_history_is_found(wire: Wire) -> None:
    before, after = request(wire, 4), request(wire, 5)
    key = "input" if wire == "openai_responses" else "messages"
    given = after[key]
    messages = [each for each in given if is_object(each)] if is_array(given) else []
    at = 4 if wire == "openai_chat" else 3
    edited: WireObject = {**messages[at], "content": "something else"}

    found = seen(wire, before, {**after, key: [*messages[:at], edited, *messages[at + 1 :]]})
    shorter = seen(wire, after, {**after, key: [*messages[:2], *messages[-1:]]})

    assert str(found) == "changed: message edited (3)"
    assert shorter.reason == "messages_removed"


def test_marks_for_caches_ids_and_spellings_of_a_text_are_no_change() -> None:
    def body(content: object, **more: object) -> WireObject:
        message = {"role": "user", "content": content, **more}
        return {"model": "m", "messages": [message, {"role": "assistant", "content": "a"}]}

    mark = {"cache_control": {"type": "ephemeral"}}
    found = seen(
        "anthropic", body("hi"), body([{"type": "text", "text": "hi", **mark}], id="x", **mark)
    )

    assert found == Diagnosis("extended", kept=2)


def test_conversations_and_clients_are_kept_apart() -> None:
    prefixes = Prefixes()
    one, other = request("anthropic", 2), {**request("anthropic", 2), "model": "m2"}
    prefixes.look("anthropic", one, "n1")

    assert prefixes.look("anthropic", other, "n2").outcome == "new"
    assert prefixes.look("anthropic", one, "n1").outcome == "extended"
    assert prefixes.look("anthropic", {"input": "hi"}, "n1").outcome == "new"


def test_a_message_that_two_conversations_share_does_not_mix_them_up() -> None:
    def body(*texts: str) -> WireObject:
        return {"messages": [{"role": "user", "content": text} for text in texts]}

    told = seen(
        "openai_chat", body("a", "b", "same"), body("a", "c"), body("a", "c", "same", "more")
    )

    assert told.outcome == "extended"


def test_only_the_latest_requests_are_remembered() -> None:
    prefixes = Prefixes(most=3)
    bodies: list[WireObject] = [
        {"messages": [{"role": "user", "content": f"conversation {n}"}]} for n in range(10)
    ]
    for body in bodies:
        prefixes.look("openai_chat", body, "n")

    assert len(prefixes._requests) == len(prefixes._holding) == 3
    assert prefixes.look("openai_chat", bodies[-1], "n").outcome == "extended"


@pytest.mark.parametrize("wire", WIRES)
def test_what_is_known_by_its_name_leads_to_the_same_diagnosis(wire: Wire) -> None:
    def look(prefixes: Prefixes, body: WireObject, *, named: bool) -> Diagnosis:
        places = places_of(json.dumps(body).encode(), (key, "tools"))
        assert places is not None
        names = Names(places.names(key, b""), places.name("tools"))
        return prefixes.look(wire, body, "n", names if named else NO_NAMES)

    key = "input" if wire == "openai_responses" else "messages"
    named, plain = Prefixes(), Prefixes()
    bodies = [request(wire, 3), request(wire, 3), request(wire, 5, tools=TOOLS[:2])]
    bodies += [request(wire, 4, system="Be brief."), request(wire, 6), {"n": 1, **request(wire, 1)}]
    for body in bodies:
        assert look(named, body, named=True) == look(plain, body, named=False)


def long_request(number: int) -> WireObject:
    messages = [{"role": "user", "content": f"{number} {each}"} for each in range(20)]
    tools = [{"name": f"tool {number} {each}"} for each in range(5)]
    system = "\n".join(f"{number} line {each}" for each in range(50))
    return {"model": f"m{number}", "system": system, "tools": tools, "messages": messages}


def test_any_number_of_requests_stays_within_the_bound() -> None:
    prefixes = Prefixes(most=10**6, max_bytes=100_000)
    for number in range(300):
        prefixes.look("anthropic", long_request(number), "n")

    assert 80_000 < prefixes._bytes <= 100_000
    assert sum(len(old.messages) for _, old in prefixes._requests.values()) == len(
        prefixes._holding
    )
    assert prefixes.bytes_used <= prefixes.max_bytes
    assert prefixes.look("anthropic", long_request(299), "n").outcome == "extended"


def test_it_takes_no_more_than_it_says() -> None:
    prefixes = Prefixes()

    def look() -> None:
        for number in range(200):
            prefixes.look("anthropic", long_request(number), "n")

    def forget() -> None:
        prefixes._requests.clear()
        prefixes._holding.clear()
        prefixes._fingerprints._texts._entries.clear()

    assert allocated(look, forget) <= prefixes.bytes_used


def test_a_request_beyond_the_bound_is_diagnosed_and_not_remembered() -> None:
    prefixes = Prefixes(max_bytes=5_000)
    small, large = request("anthropic", 1), {**long_request(1), "model": "m" * 5_000}
    prefixes.look("anthropic", small, "n")

    assert prefixes.look("anthropic", large, "n").outcome == "new"
    assert prefixes.look("anthropic", large, "n").outcome == "new"
    assert prefixes.look("anthropic", small, "n").outcome == "extended"
