"""What real providers are sent: the bare agent's bodies, but for the short texts and the tool."""

from __future__ import annotations

import copy
import json
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from strands import Agent
from strands.models.anthropic import AnthropicModel
from strands.models.bedrock import BedrockModel
from strands.models.openai import OpenAIModel
from strands.models.openai_responses import OpenAIResponsesModel

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_strands import HeadroomHooks, HeadroomModel, HeadroomPlugin
from tests.strands.fakes import ASK_LOG, FACT, LOG, events_of, list_users, read_log
from tests.upstream import Asked, Received, Turn, say, serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from strands.models import Model
    from strands.plugins import Plugin
    from strands.types.content import Messages

    from headroom_core.formats.wire import Path

    Provider = Callable[[str], Model]

TOOLS = [read_log, list_users]
SCRIPT = (
    Turn(calls=(Asked("read_log", '{"name": "app"}', "c1"), Asked("list_users", "{}", "c2"))),
    say("The pool."),
    Turn(calls=(Asked("read_log", '{"name": "db"}', "c3"),)),
    say("The pool again."),
)


def openai(url: str) -> Model:
    return OpenAIModel(client_args={"base_url": f"{url}/v1", "api_key": "k"}, model_id="gpt-4o")


def responses(url: str) -> Model:
    args = {"base_url": f"{url}/v1", "api_key": "k"}
    return OpenAIResponsesModel(client_args=args, model_id="gpt-4o")


def anthropic(url: str) -> Model:
    args = {"base_url": url, "api_key": "k"}
    return AnthropicModel(client_args=args, model_id="claude-fake", max_tokens=100)


PROVIDERS = [openai, responses, anthropic]


@asynccontextmanager
async def closing(model: Model) -> AsyncGenerator[Model]:
    """Close the client that some models keep open."""
    yield model
    if isinstance(model, AnthropicModel):
        await model.client.close()


async def bodies(provider: Provider, *, wrap: bool = False, **given: Any) -> list[WireObject]:
    """What a provider is sent in two turns with three calls."""
    with serving(*SCRIPT) as upstream:
        async with closing(provider(upstream.url)) as model:
            await run(HeadroomModel(model) if wrap else model, **given)
    return upstream.bodies


async def run(model: Model, **given: Any) -> None:
    agent = Agent(model=model, tools=TOOLS, callback_handler=None, **given)
    await agent.invoke_async("What failed?")
    await agent.invoke_async("And there?")


def differences(one: object, other: object, path: Path = ()) -> list[tuple[Path, object, object]]:
    """Where two JSON values differ, down to their leaves."""
    if is_object(one) and is_object(other) and one.keys() == other.keys():
        pairs: list[tuple[str | int, object, object]] = [(k, one[k], other[k]) for k in one]
    elif is_array(one) and is_array(other) and len(one) == len(other):
        pairs = [(k, a, b) for k, (a, b) in enumerate(zip(one, other, strict=True))]
    else:
        return [] if json.dumps(one) == json.dumps(other) else [(path, one, other)]
    return [found for key, a, b in pairs for found in differences(a, b, (*path, key))]


def without_ours(body: WireObject) -> WireObject:
    """The body without the last tool, which is ours."""
    tools = body["tools"]
    assert is_array(tools)
    assert "headroom_retrieve" in json.dumps(tools[-1])
    return {**body, "tools": tools[:-1]}


def is_shortened(one: object, other: object) -> bool:
    return (
        isinstance(one, str)
        and isinstance(other, str)
        and other.startswith("[headroom ")
        and len(other) < len(one)
    )


@pytest.mark.requirement("strands.providers")
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("way", ["plugin", "hooks", "model"])
async def test_bodies_differ_in_the_short_texts_and_the_added_tool_alone(
    provider: Provider, way: str
) -> None:
    bare = await bodies(provider)

    match way:
        case "plugin":
            ours = list(map(without_ours, await bodies(provider, plugins=[HeadroomPlugin()])))
        case "hooks":
            ours = list(map(without_ours, await bodies(provider, hooks=[HeadroomHooks()])))
        case _:
            ours = await bodies(provider, wrap=True)

    found = [differences(a, b) for a, b in zip(bare, ours, strict=True)]
    assert [len(each) for each in found] == [0, 2, 2, 3]
    assert all(is_shortened(one, other) for each in found for _, one, other in each)


@pytest.mark.requirement("strands.prefix")
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_what_was_sent_is_the_prefix_of_what_is_sent_next(provider: Provider) -> None:
    sent = await bodies(provider, plugins=[HeadroomPlugin()])

    for earlier, later in pairwise(sent):
        key = "input" if "input" in earlier else "messages"
        before, after = _unmarked(earlier[key]), _unmarked(later[key])
        assert is_array(before)
        assert is_array(after)
        assert json.dumps(after[: len(before)]) == json.dumps(before)
        assert earlier["tools"] == later["tools"]


@pytest.mark.requirement("strands.providers")
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_nothing_differs_where_nothing_is_shortened(provider: Provider) -> None:
    picture: Any = {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}
    paper: Any = {"document": {"format": "pdf", "name": "a", "source": {"bytes": b"%PDF"}}}
    thought: Any = {"reasoningContent": {"reasoningText": {"text": LOG, "signature": "c2ln"}}}
    use: Any = {"toolUse": {"toolUseId": "c0", "name": "read_log", "input": {"name": LOG}}}
    items: Any = [{"text": "short"}, {"json": {"a": [1, None]}}, picture]
    result: Any = {"toolResult": {"toolUseId": "c0", "status": "error", "content": items}}
    zoo: Messages = [
        {"role": "user", "content": [{"text": LOG}, picture, paper]},
        {"role": "assistant", "content": [thought, {"text": LOG}, use]},
        {"role": "user", "content": [result, {"text": LOG}]},
        {"role": "assistant", "content": [{"text": "a"}]},
    ]

    async def sent(**given: Any) -> list[WireObject]:
        with serving(say("done")) as upstream:
            async with closing(provider(upstream.url)) as model:
                agent = Agent(
                    model=HeadroomModel(model) if given else model,
                    messages=copy.deepcopy(zoo),
                    tools=TOOLS,
                    callback_handler=None,
                    **given,
                )
                await agent.invoke_async("What failed?")
        return upstream.bodies

    plugin = HeadroomPlugin(retrieval=False)
    ours = await sent(plugins=[plugin], hooks=[HeadroomHooks(retrieval=False)])

    assert json.dumps(ours) == json.dumps(await sent())
    assert plugin.savings.requests == 1


@pytest.mark.requirement("strands.retrieval")
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_model_behind_a_real_provider_asks_back_in_a_stream(provider: Provider) -> None:
    def ask_back(received: Received) -> Turn:
        text = received.raw.decode()
        ref = text.split("[headroom ")[1][:16]
        assert FACT not in text
        call = Asked("headroom_retrieve", json.dumps({"ref": ref, "query": "id=221"}), "c9")
        return Turn(calls=(call,))

    def tell(received: Received) -> Turn:
        return say(FACT if FACT in received.raw.decode() else "I do not know.")

    with serving(ASK_LOG, ask_back, tell) as upstream:
        async with closing(provider(upstream.url)) as model:
            plugins: list[Plugin] = [HeadroomPlugin()]
            agent = Agent(model=model, tools=[read_log], plugins=plugins, callback_handler=None)
            events = [event async for event in agent.stream_async("What failed?")]

    pieces = [event["data"] for event in events if "data" in event]
    assert "".join(pieces) == FACT
    assert len(pieces) > 1


class FakeBedrock:
    """Bedrock's client, as far as the model goes."""

    def __init__(self) -> None:
        self.requests: list[WireObject] = []

    def converse_stream(self, **request: Any) -> dict[str, object]:
        self.requests.append(copy.deepcopy(request))
        return {"stream": iter(events_of(SCRIPT[len(self.requests) - 1], len(self.requests)))}


async def bedrock(**given: Any) -> list[WireObject]:
    model = BedrockModel(region_name="us-west-2", model_id="anthropic.claude-sonnet-4")
    model.client = client = FakeBedrock()
    await run(model, **given)
    return client.requests


@pytest.mark.requirement("strands.providers")
async def test_requests_to_bedrock_differ_in_the_short_texts_and_the_added_tool_alone() -> None:
    bare, ours = await bedrock(), await bedrock(plugins=[HeadroomPlugin()])

    for one, other in zip(bare, ours, strict=True):
        config = other["toolConfig"]
        assert is_object(config)
        tools = config["tools"]
        assert is_array(tools)
        assert "headroom_retrieve" in json.dumps(tools[-1])
        cut: WireObject = {**other, "toolConfig": {**config, "tools": tools[:-1]}}
        for path, before, after in differences(one, cut):
            if is_object(before):  # the list of users, which was JSON and is a text now
                assert "toolResult" in path
                assert list(before) == ["json"]
                assert is_object(after)
                assert list(after) == ["text"]
            else:
                assert is_shortened(before, after)
    assert len(ours) == 4
    assert differences(bare[3], ours[3])


def _unmarked(value: object) -> object:
    """The value without the marks for a provider's cache, which move to the end of each request."""
    if is_object(value):
        return {key: _unmarked(each) for key, each in value.items() if key != "cache_control"}
    if is_array(value):
        return [_unmarked(each) for each in value]
    return value
