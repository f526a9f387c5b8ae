"""Errors are the SDK's own, retries send the same bytes, and a bug of ours fails no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

from headroom_core.compressors.base import Compressor, Encoded
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_sdk import with_headroom
from tests.sdk.asked import KEY, LONG, SHAPES, asked, conversation, curious, results, says, tool
from tests.sdk.paths import PATHS, items, settled
from tests.upstream import say, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.compressors.base import Hint
    from headroom_core.formats import WireFormat
    from headroom_core.source import Source
    from tests.upstream import Received
    from tests.upstream.server import Answer

    Connect = Callable[..., Any]

SDK: dict[WireFormat, Any] = {
    "openai_chat": openai,
    "openai_responses": openai,
    "anthropic": anthropic,
}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a retry follow at once."""
    for package in ("openai", "anthropic"):
        monkeypatch.setattr(f"{package}._base_client.INITIAL_RETRY_DELAY", 0.0)


def call_of(shape: WireFormat) -> dict[str, Any]:
    return asked(shape, conversation(shape, LONG), tools=[tool(shape)])


def create(shape: WireFormat, client: Any) -> Any:
    match shape:
        case "openai_chat":
            return client.chat.completions.create
        case "openai_responses":
            return client.responses.create
        case "anthropic":
            return client.messages.create


@pytest.mark.requirement("sdk.retries")
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_retries_send_the_same_bytes_and_count_once(
    shape: WireFormat, sync: bool, stream: bool, connect: Connect
) -> None:
    with serving(429, 500, say("Done.")) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync))
        answer = await settled(create(shape, ours)(**call_of(shape), stream=stream))
        if stream:
            await items(answer)

    assert len({each.raw for each in upstream.requests}) == 1
    assert len(upstream.requests) == 3
    assert ours.headroom.savings.requests == 1


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_the_number_of_retries_is_still_told(
    shape: WireFormat, sync: bool, connect: Connect
) -> None:
    with serving(500, says("x")) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync))
        owner: Any = create(shape, ours).__self__
        raw = await settled(owner.with_raw_response.create(**call_of(shape)))

    assert raw.retries_taken == 1


@pytest.mark.parametrize("status", [400, 401, 529])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_errors_are_those_of_the_bare_client(
    shape: WireFormat, sync: bool, status: int, connect: Connect
) -> None:
    errors: list[Any] = []
    with serving(status) as upstream:
        bare = connect(shape, upstream.url, sync=sync, max_retries=1)
        for client in (bare, with_headroom(bare)):
            with pytest.raises(SDK[shape].APIStatusError) as raised:
                await settled(create(shape, client)(**call_of(shape)))
            errors.append(raised.value)
        asked_often = len(upstream.requests)

    assert type(errors[0]) is type(errors[1])
    assert str(errors[0]) == str(errors[1])
    assert errors[0].body == errors[1].body
    assert asked_often == (2 if status < 500 else 4)


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_provider_that_is_not_there_is_the_sdks_own_error(
    shape: WireFormat, sync: bool, connect: Connect
) -> None:
    ours = with_headroom(connect(shape, "http://127.0.0.1:9", sync=sync, max_retries=0))

    with pytest.raises(SDK[shape].APIConnectionError):
        await settled(create(shape, ours)(**call_of(shape)))


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_later_round_is_retried_as_well(
    shape: WireFormat, sync: bool, connect: Connect
) -> None:
    failures = iter([503])
    ask = curious()

    def model(received: Received) -> Answer:
        status = next(failures, None) if b"call_r0" in received.raw else None
        return status or ask(received)

    with serving(model) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync))
        path = next(each for each in PATHS if each.shape == shape)
        text = await path.ask(ours, call_of(shape))

    rounds = [each.raw for each in upstream.requests]
    assert text == "It took 269ms."
    assert len(set(rounds)) == 2
    assert rounds[-1] in rounds[:-1]


@pytest.mark.parametrize(("status", "stream"), [(529, False), (529, True), (400, True)])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_later_round_that_fails_for_good_is_the_sdks_own_error(
    shape: WireFormat, sync: bool, status: int, stream: bool, connect: Connect
) -> None:
    ask = curious()

    def model(received: Received) -> Answer:
        return status if b"call_r0" in received.raw else ask(received)

    with serving(model) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync, max_retries=0))

        async def read() -> None:
            answer = await settled(create(shape, ours)(**call_of(shape), stream=stream))
            await items(answer)

        with pytest.raises(SDK[shape].APIError, match=f"status {status}"):
            await read()


class _Raises(Compressor):
    name = "raises"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        raise RuntimeError("a bug")


@pytest.mark.swallows
@pytest.mark.requirement("sdk.fail_open")
@pytest.mark.parametrize("where", ["compressor", "plan"])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_bug_of_ours_leaves_the_request_as_it_came_and_shows(
    shape: WireFormat,
    sync: bool,
    where: str,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    if where == "plan":
        monkeypatch.setattr("headroom_sdk.plan.Shortener.shorten", broken)
    engine = Headroom(Settings(), store=MemoryStore(), compressors=[_Raises()])
    with serving(says("x")) as upstream:
        ours = with_headroom(connect(shape, upstream.url, sync=sync), engine=engine)
        await settled(create(shape, ours)(**call_of(shape)))

    (body,) = upstream.bodies
    assert results(shape, body[KEY[shape]]) == [LONG]
    assert any("RuntimeError" in warning for warning in ours.headroom.savings.warnings)
    assert ours.headroom.savings.requests == 1
