"""The Responses API over a WebSocket: shortened, answered, and one conversation for the client."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.tool import NAME
from tests.conversations import Turn, log, written
from tests.proxy.running import Running, proxying
from tests.proxy.sockets import socket_serving
from tests.upstream import Asked, say
from tests.upstream import Turn as Said
from tests.upstream.events import responses_events

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from websockets.sync.server import ServerConnection

ORIGINAL = log(1_500)
TOOLS = [{"type": "function", "name": "run_command", "parameters": {"type": "object"}}]
GUTTER = "".join(f"{n:6d}\t    value_{n} = compute({n}, 'text {n}')\n" for n in range(1, 400))


class Provider:
    """Answers each `response.create` by a script, and remembers what it was sent."""

    def __init__(self, *script: Callable[[WireObject], Said] | Said) -> None:
        self.script = script
        self.frames: list[str] = []

    def __call__(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for frame in connection:
                assert isinstance(frame, str)
                self.frames.append(frame)
                told = self.script[min(len(self.frames), len(self.script)) - 1]
                body: WireObject = json.loads(frame)
                said = told if isinstance(told, Said) else told(body)
                name = f"resp_{len(self.frames)}"
                for event in responses_events(said, "m"):
                    response = event.get("response")
                    if is_object(response):
                        event["response"] = {**response, "id": name}
                    connection.send(json.dumps(event))

    @property
    def bodies(self) -> list[WireObject]:
        return [json.loads(frame) for frame in self.frames]


@contextmanager
def talking(provider: Provider) -> Generator[tuple[Running, ClientConnection]]:
    with (
        socket_serving(provider) as upstream,
        proxying(upstream.url) as proxy,
        connect(f"ws{proxy.url[4:]}/v1/responses", max_size=None, proxy=None) as client,
    ):
        yield proxy, client


def create(items: list[WireObject], **fields: object) -> str:
    body = {"type": "response.create", "model": "m", "tools": TOOLS, "input": items, "x": 1.0}
    return json.dumps({**body, **fields}, indent=1)


def answered(client: ClientConnection, frame: str) -> list[WireObject]:
    """The events of one response."""
    client.send(frame)
    events: list[WireObject] = []
    while not events or events[-1]["type"] != "response.completed":
        event: WireObject = json.loads(client.recv(timeout=20))
        events.append(event)
    return events


def text_of(events: list[WireObject]) -> str:
    deltas = [each for each in events if each["type"] == "response.output_text.delta"]
    return "".join(str(each["delta"]) for each in deltas)


def retrieves(body: WireObject) -> Said:
    (note, *_) = find_notes(body)
    arguments = json.dumps({"ref": note.ref, "query": "disk"})
    return Said(text="Let me look. ", calls=(Asked(NAME, arguments, "call_of_ours"),))


@pytest.mark.requirement("proxy.retrieval")
def test_the_model_is_answered_on_the_same_connection() -> None:
    provider = Provider(retrieves, say("it was the disk"), say("bye"))
    history = written([Turn("what failed?", ORIGINAL)], "openai_responses")

    with talking(provider) as (proxy, client):
        events = answered(client, create(history, previous_response_id=None))
        completed = events[-1]["response"]
        assert is_object(completed)
        more: list[WireObject] = [{"role": "user", "content": "and?"}]
        answered(client, create(more, previous_response_id=completed["id"]))
        client.close()
        stats = proxy.stats()

    first, second, third = provider.bodies
    assert [tool["name"] for tool in _objects(first["tools"])] == ["run_command", NAME]
    assert second["tools"] == first["tools"] == third["tools"]
    assert '"x": 1.0' in provider.frames[0]
    assert len(provider.frames[0]) < len(ORIGINAL) / 4
    assert second["previous_response_id"] == "resp_1"
    (output,) = _objects(second["input"])
    assert output["call_id"] == "call_of_ours"
    assert "disk" in str(output["output"])
    assert third["previous_response_id"] == completed["id"] == "resp_2"
    assert third["input"] == more
    assert text_of(events) == "Let me look. it was the disk"
    assert NAME not in json.dumps(events)
    assert [each["sequence_number"] for each in events] == list(range(len(events)))
    assert [each["type"] for each in events].count("response.created") == 1
    assert is_object(completed["usage"])
    assert completed["usage"]["output_tokens"] == 20
    assert stats["retrievals"] == 1


def _objects(value: object) -> list[WireObject]:
    assert is_array(value)
    return [each for each in value if is_object(each)]


def test_frames_without_anything_to_do_are_the_very_same() -> None:
    provider = Provider(say("hello"))
    sent = create([{"role": "user", "content": "hi"}], tools=[], y="\u00e9", generate=False)

    with talking(provider) as (_, client):
        events = answered(client, sent)

    assert provider.frames == [sent]
    assert events == list(_as_sent(say("hello")))


def _as_sent(said: Said) -> Generator[WireObject]:
    for event in responses_events(said, "m"):
        response = event.get("response")
        yield {**event, "response": {**response, "id": "resp_1"}} if is_object(response) else event


def test_a_result_is_known_by_the_call_of_an_earlier_response() -> None:
    """A file that was read keeps its lines, though its frame does not say that it is one."""
    read = Asked("Read", json.dumps({"file_path": "a.py"}), "c1")
    provider = Provider(Said(calls=(read,)), say("done"))
    output: WireObject = {"type": "function_call_output", "call_id": "c1", "output": GUTTER}

    with talking(provider) as (_, client):
        answered(client, create([{"role": "user", "content": "read a.py"}]))
        answered(client, create([output], previous_response_id="resp_1"))

    (sent,) = _objects(provider.bodies[1]["input"])
    assert sent["call_id"] == "c1"
    shown = str(sent["output"])
    assert len(shown) < len(GUTTER)
    assert "    value_7 = compute(7, 'text 7')" in shown


@pytest.mark.parametrize(
    "frame",
    [
        "response.create",
        '{"type": "response.create"',
        "[1]",
        '{"type": "response.create", "input": 5}',
    ],
)
def test_odd_frames_go_through(frame: str) -> None:
    def echo(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for each in connection:
                connection.send(each)

    with (
        socket_serving(echo) as upstream,
        proxying(upstream.url) as proxy,
        connect(f"ws{proxy.url[4:]}/v1/responses", proxy=None) as client,
    ):
        client.send(frame)
        assert client.recv(timeout=20) == frame


@pytest.mark.swallows
def test_a_frame_does_not_get_lost_when_we_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    provider = Provider(say("hello"))
    history = written([Turn("what failed?", ORIGINAL)], "openai_responses")
    monkeypatch.setattr("headroom_core.retrieve_loop.joining.Joined.take", fail)

    with talking(provider) as (_, client):
        events = answered(client, create(history))

    assert text_of(events) == "hello"


def test_a_connection_may_ask_to_be_left_alone() -> None:
    provider = Provider(say("hello"))
    sent = create(written([Turn("what failed?", ORIGINAL)], "openai_responses"))

    with (
        socket_serving(provider) as upstream,
        proxying(upstream.url) as proxy,
        connect(
            f"ws{proxy.url[4:]}/v1/responses",
            additional_headers={"x-headroom-bypass": "true"},
            proxy=None,
        ) as client,
    ):
        answered(client, sent)

    assert provider.frames == [sent]
