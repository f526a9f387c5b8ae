"""A long conversation, direct and through the proxy: as much of its prefix is cached."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2
import pytest

from headroom_core.formats.wire import is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.tool import NAME
from tests.conversations import WIRES, Turn, Wire, log, rows, written
from tests.proxy.running import proxying
from tests.upstream import Asked, Received, say, serving
from tests.upstream import Turn as Said

if TYPE_CHECKING:
    from headroom_core.formats.wire import WireObject
    from tests.upstream.server import Answer

TURNS = 30
PATHS: dict[Wire, str] = {
    "openai_chat": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "anthropic": "/v1/messages",
}


def step(wire: Wire, number: int) -> list[WireObject]:
    """What one turn adds: a question, a call, and what it prints; logs, tables, or little."""
    results = [log(400), rows(120), "ok", log(300), rows(50), "error: no such file"]
    turn = Turn(f"step {number}", f"{results[number % 6]}\n# {number // 12}")
    (question, call, result) = written([turn], wire)
    text = json.dumps([call, result]).replace("call_0", f"call_{number}")
    return [question, *json.loads(text)]


def kept(wire: Wire, response: WireObject) -> list[WireObject]:
    """What a client keeps of an answer."""
    match wire:
        case "openai_chat":
            (choice,) = objects(response["choices"])
            return objects([choice["message"]])
        case "openai_responses":
            return objects(response["output"])
        case "anthropic":
            return [{"role": "assistant", "content": response["content"]}]


def objects(value: object) -> list[WireObject]:
    assert is_array(value)
    return [each for each in value if is_object(each)]


def talked(url: str, wire: Wire) -> None:
    """The whole conversation, with whatever the model answers in it."""
    key = "input" if wire == "openai_responses" else "messages"
    tool: WireObject = {"name": "run_command", "input_schema": {"type": "object"}}
    if wire != "anthropic":
        tool = {"type": "function", "name": "run_command", "function": {"name": "run_command"}}
    history: list[WireObject] = []
    with httpx2.Client(base_url=url, timeout=30) as client:
        for number in range(TURNS):
            history += step(wire, number)
            body = {"model": "m", "max_tokens": 9, "tools": [tool], key: history}
            response = client.post(PATHS[wire], json=body)
            history += kept(wire, response.raise_for_status().json())


def units(received: Received, wire: Wire) -> list[str]:
    """A request as a provider's cache sees it: tools, system, then each message."""
    body = received.json
    messages = body["input" if wire == "openai_responses" else "messages"]
    assert is_array(messages)
    head = [json.dumps(body.get(key)) for key in ("tools", "system", "instructions")]
    return [*head, *(json.dumps(each) for each in messages)]


def hit_rate(requests: list[Received], wire: Wire) -> float:
    """The part of what was sent before that an exact-prefix cache finds again."""
    hits = total = 0
    before: list[str] = []
    for received in requests:
        now = units(received, wire)
        same = next(
            (at for at, (a, b) in enumerate(zip(before, now, strict=False)) if a != b),
            min(len(before), len(now)),
        )
        if before:
            hits, total = hits + same, total + len(before)
        before = now
    return hits / total


@pytest.mark.requirement("proxy.cache_hits")
@pytest.mark.parametrize("wire", WIRES)
def test_thirty_turns_hit_the_cache_as_they_do_directly(wire: Wire) -> None:
    asked_before: set[str] = set()

    def model(received: Received) -> Answer:
        """Where there is a new note, the model asks about it first."""
        new = [note for note in find_notes(received.json) if note.ref not in asked_before]
        if not new or f'"call_{new[-1].ref}"' in received.raw.decode():
            return say("go on")
        asked_before.add(new[-1].ref)
        arguments = json.dumps({"ref": new[-1].ref, "lines": "1-3"})
        return Said(calls=(Asked(NAME, arguments, f"call_{new[-1].ref}"),))

    with serving(say("go on")) as direct:
        talked(direct.url, wire)
    with serving(model) as behind, proxying(behind.url) as proxy:
        talked(proxy.url, wire)

    assert len(direct.requests) == TURNS
    assert len(behind.requests) > TURNS + 5
    assert hit_rate(direct.requests, wire) == hit_rate(behind.requests, wire) == 1
    assert len(behind.requests[-1].raw) < len(direct.requests[-1].raw) / 2
