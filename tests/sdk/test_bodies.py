"""What goes over the wire differs from what the bare client sends in the shortened texts only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from anthropic.types.beta import BetaMessageParam
from openai.types.chat import ChatCompletionMessageParam
from openai.types.responses import ResponseInputItemParam
from pydantic import TypeAdapter, ValidationError

from headroom_core.bypass import BYPASS_HEADER
from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.messages import ToolResult
from headroom_core.settings import Settings
from headroom_core.testing.zoo import ZOO
from headroom_core.tool import tool_in
from headroom_sdk import with_headroom
from tests.sdk.asked import (
    CODEC,
    KEY,
    LONG,
    SHAPES,
    VERDICT,
    asked,
    conversation,
    features,
    results,
    says,
    tool,
)
from tests.sdk.paths import PATHS, Path
from tests.upstream import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats import WireFormat
    from tests.upstream import Received, Upstream

    Connect = Callable[..., Any]

NEVER = Settings(min_tokens=10**9)
# The zoo is in the shape of the beta interface.
PARAMS: dict[WireFormat, TypeAdapter[Any]] = {
    "openai_chat": TypeAdapter(ChatCompletionMessageParam),
    "openai_responses": TypeAdapter(ResponseInputItemParam),
    "anthropic": TypeAdapter(BetaMessageParam),
}
# They say how long the body is, and how the middleware reads the response.
OF_THE_BODY = frozenset({"content-length", "x-stainless-raw-response"})


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with serving(says(VERDICT)) as upstream:
        yield upstream


def conversations(shape: WireFormat, body: WireObject) -> list[WireObject]:
    """The bodies in a body: one, or those of a batch."""
    requests = body.get("requests")
    if not is_array(requests):
        return [body]
    return [params for each in requests if is_object(each) and is_object(params := each["params"])]


def check_difference(shape: WireFormat, bare: WireObject, ours: WireObject) -> bool:
    """Check that shortened results and the added tool are all; whether anything is shorter."""
    key = KEY[shape]
    before, after = bare[key], ours[key]
    assert is_array(before)
    assert is_array(after)
    for old, new in zip(before, after, strict=True):
        parts = CODEC[shape].parse(new).parts
        texts = {n: part.text for n, part in enumerate(parts) if isinstance(part, ToolResult)}
        assert CODEC[shape].patch(old, texts) == new
        if is_valid(shape, old):  # an older SDK does not know all that there is today
            PARAMS[shape].validate_python(new)
    assert ours.get("tools") in (bare.get("tools"), [*as_list(bare.get("tools")), tool_in(shape)])
    rest = {name: value for name, value in ours.items() if name not in {key, "tools"}}
    assert rest == {name: value for name, value in bare.items() if name not in {key, "tools"}}
    pairs = zip(results(shape, before), results(shape, after), strict=True)
    lengths = [(len(old), len(new)) for old, new in pairs]
    assert all(new <= old for old, new in lengths)
    return any(new < old for old, new in lengths)


def is_valid(shape: WireFormat, message: object) -> bool:
    try:
        PARAMS[shape].validate_python(message)
    except ValidationError:
        return False
    return True


def as_list(value: object) -> list[object]:
    return value if is_array(value) else []


def headers(received: Received) -> dict[str, str]:
    return {name: value for name, value in received.headers.items() if name not in OF_THE_BODY}


@pytest.mark.requirement("sdk.only_shortened")
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("path", PATHS, ids=str)
async def test_bodies_differ_in_the_shortened_texts_and_the_added_tool_only(
    path: Path, sync: bool, upstream: Upstream, connect: Connect, engine: Headroom
) -> None:
    bare = connect(path.shape, upstream.url, sync=sync)
    ours = with_headroom(bare, engine=engine)
    calls = features(path.shape)
    for name, call in calls.items() if sync else [("zoo", calls["zoo"])]:
        del upstream.requests[:]
        expected = await path.ask(bare, call)
        answer = await path.ask(ours, call)
        first, second = upstream.requests

        assert (answer == expected) == path.answers or not path.answers, name
        assert (first.path, headers(first)) == (second.path, headers(second)), name
        pairs = zip(
            conversations(path.shape, first.json),
            conversations(path.shape, second.json),
            strict=True,
        )
        assert all(check_difference(path.shape, old, new) for old, new in pairs), name
        assert len(second.raw) < len(first.raw), name


@pytest.mark.requirement("sdk.patch")
@pytest.mark.parametrize("path", PATHS, ids=str)
async def test_the_whole_zoo_goes_out_as_it_came_when_nothing_is_compressed(
    path: Path, upstream: Upstream, connect: Connect
) -> None:
    bare = connect(path.shape, upstream.url)
    ours = with_headroom(bare, settings=NEVER, retrieval=False)
    call = asked(path.shape, ZOO[path.shape](), tools=[tool(path.shape)])

    await path.ask(bare, call)
    await path.ask(ours, call)

    first, second = upstream.requests
    assert first.raw == second.raw


@pytest.mark.parametrize("shape", SHAPES)
async def test_no_tool_is_added_where_nothing_is_ever_hidden(
    shape: WireFormat, upstream: Upstream, connect: Connect
) -> None:
    ours = with_headroom(connect(shape, upstream.url), settings=Settings(mode="lossless"))
    path = next(each for each in PATHS if each.shape == shape)

    await path.ask(ours, asked(shape, ZOO[shape](), tools=[tool(shape)]))

    (body,) = upstream.bodies
    assert body["tools"] == [tool(shape)]
    assert "headroom_retrieve" not in str(body)


@pytest.mark.requirement("sdk.bypass")
@pytest.mark.parametrize("value", ["1", "true", "TRUE"])
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_call_is_left_alone_by_a_header_that_is_never_sent(
    shape: WireFormat, sync: bool, value: str, upstream: Upstream, connect: Connect
) -> None:
    bare = connect(shape, upstream.url, sync=sync)
    ours = with_headroom(bare)
    path = next(each for each in PATHS if each.shape == shape)
    call = asked(shape, conversation(shape, LONG), tools=[tool(shape)])

    await path.ask(bare, call)
    await path.ask(ours, {**call, "extra_headers": {"X-Headroom-Bypass": value, "x-mine": "1"}})
    await path.ask(ours, {**call, "extra_headers": {BYPASS_HEADER: "false"}})

    assert upstream.requests[0].raw == upstream.requests[1].raw
    assert upstream.requests[1].headers["x-mine"] == "1"
    assert len(upstream.requests[2].raw) < len(upstream.requests[0].raw)
    assert all(BYPASS_HEADER not in each.headers for each in upstream.requests)
    assert ours.headroom.savings.bypassed == 1
    assert ours.headroom.savings.requests == 2


@pytest.mark.requirement("sdk.tools")
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_request_without_tools_gets_none_and_stays_lossless(
    shape: WireFormat, upstream: Upstream, connect: Connect
) -> None:
    ours = with_headroom(connect(shape, upstream.url, sync=True))
    path = next(each for each in PATHS if each.shape == shape)

    await path.ask(ours, asked(shape, conversation(shape, LONG)))

    (body,) = upstream.bodies
    assert "tools" not in body
    assert "headroom_retrieve" not in str(body)
    assert len(results(shape, body[KEY[shape]])[0]) < len(LONG)


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
async def test_what_is_counted_is_what_would_be_sent(
    sync: bool, upstream: Upstream, connect: Connect
) -> None:
    for counting, sending in (("count_tokens", "create"), ("beta_count_tokens", "beta_create")):
        del upstream.requests[:]
        ours = with_headroom(connect("anthropic", upstream.url, sync=sync))
        call = asked("anthropic", conversation("anthropic", LONG), tools=[tool("anthropic")])
        by_name = {path.name: path for path in PATHS if path.shape == "anthropic"}

        counted = await by_name[counting].ask(ours, call)
        await by_name[sending].ask(ours, call)

        first, second = upstream.bodies
        assert counted.input_tokens == len(upstream.requests[0].raw)
        assert {**first, "max_tokens": 2_000} == second
        assert ours.headroom.savings.requests == 1


async def test_a_batch_hides_nothing_since_nobody_would_answer(
    upstream: Upstream, connect: Connect
) -> None:
    ours = with_headroom(connect("anthropic", upstream.url, sync=True))
    call = asked("anthropic", conversation("anthropic", LONG), tools=[tool("anthropic")])
    params = {**call, "messages": [{"role": "user", "content": "short"}]}

    ours.messages.batches.create(
        requests=[{"custom_id": "a", "params": call}, {"custom_id": "b", "params": params}]
    )

    (body,) = upstream.bodies
    assert "headroom_retrieve" not in str(body)
    assert '"[headroom' in upstream.requests[0].raw.decode()
    assert ours.headroom.savings.requests == 2


@pytest.mark.parametrize(
    ("shape", "more"),
    [
        ("openai_chat", {"n": 2}),
        ("openai_responses", {"background": True}),
        ("openai_responses", {"conversation": "conv_1"}),
    ],
)
async def test_nothing_is_hidden_where_the_answer_does_not_pass_through_here(
    shape: WireFormat, more: dict[str, Any], upstream: Upstream, connect: Connect
) -> None:
    ours = with_headroom(connect(shape, upstream.url, sync=True))
    path = next(each for each in PATHS if each.shape == shape)
    call = asked(shape, conversation(shape, LONG), tools=[tool(shape)])

    await path.ask(ours, {**call, **more})

    (body,) = upstream.bodies
    assert body["tools"] == [tool(shape)]
    assert "headroom_retrieve" not in str(body)


async def test_other_endpoints_are_left_alone(upstream: Upstream, connect: Connect) -> None:
    bare = connect("openai_chat", upstream.url, sync=True)
    ours = with_headroom(bare)
    for client in (bare, ours):
        client.post("/embeddings", body={"input": [LONG]}, cast_to=object)
        client.post("/chat/completions", body={"messages": "odd"}, cast_to=object)
        client.get("/chat/completions", cast_to=object)

    half = len(upstream.requests) // 2
    assert [r.raw for r in upstream.requests[:half]] == [r.raw for r in upstream.requests[half:]]
    assert ours.headroom.savings.requests == 0
