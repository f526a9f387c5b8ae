"""The clients of Azure, Bedrock and Vertex, which send the same bodies to other places."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.lib.bedrock import AnthropicBedrock, AsyncAnthropicBedrock
from anthropic.lib.vertex import AnthropicVertex, AsyncAnthropicVertex
from openai import AsyncAzureOpenAI, AzureOpenAI

from headroom_core.tool import NAME
from headroom_sdk import with_headroom
from tests.sdk.asked import HIDDEN, LONG, asked, conversation, curious, results, tool
from tests.sdk.paths import settled
from tests.upstream import serving
from tests.upstream.bodies import body

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_core.formats.wire import WireObject
    from tests.upstream import Received

SIGNED = pytest.mark.skipif(find_spec("botocore") is None, reason="it signs the requests")
AWS = {"aws_region": "eu-west-1", "aws_access_key": "a", "aws_secret_key": "b"}
VERTEX = {"region": "europe-west1", "project_id": "p", "access_token": "t"}


def claude(received: Received) -> WireObject:
    """The paths of these clouds do not say which API it is."""
    return body("anthropic", curious()(received), "claude-opus-5")


def call() -> dict[str, Any]:
    return asked("anthropic", conversation("anthropic", LONG), tools=[tool("anthropic")])


@pytest.mark.parametrize("kind", [AzureOpenAI, AsyncAzureOpenAI])
async def test_azure(kind: Any, engine: Headroom) -> None:
    with serving(curious()) as upstream:
        bare = kind(azure_endpoint=upstream.url, api_key="k", api_version="2025-01-01")
        ours = with_headroom(bare, engine=engine)
        messages = conversation("openai_chat", LONG)
        question = asked("openai_chat", messages, tools=[tool("openai_chat")])
        answer = await settled(ours.chat.completions.create(**question))
        await settled(bare.close())

    path = "/openai/deployments/gpt-5/chat/completions?api-version=2025-01-01"
    assert [each.path for each in upstream.requests] == [path, path]
    assert answer.choices[0].message.content == "It took 269ms."


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param(AnthropicBedrock, AWS, marks=SIGNED),
        pytest.param(AsyncAnthropicBedrock, AWS, marks=SIGNED),
        (AnthropicVertex, VERTEX),
        (AsyncAnthropicVertex, VERTEX),
    ],
)
async def test_clouds_of_claude(kind: Any, options: dict[str, str], engine: Headroom) -> None:
    with serving(claude) as upstream:
        bare = kind(base_url=upstream.url, **options)
        ours = with_headroom(bare, engine=engine)
        answer = await settled(ours.messages.create(**call()))
        await settled(bare.close())

    assert answer.content[0].text == "It took 269ms."
    assert HIDDEN in results("anthropic", upstream.bodies[1]["messages"])[-1]
    assert "claude-opus-5" in upstream.requests[0].path


@SIGNED
@pytest.mark.parametrize("kind", [AnthropicBedrock, AsyncAnthropicBedrock])
async def test_the_frames_of_bedrock_are_not_joined_so_its_streams_hide_nothing(
    kind: Any, engine: Headroom
) -> None:
    with serving(claude) as upstream:
        bare = kind(base_url=upstream.url, **AWS)
        ours = with_headroom(bare, engine=engine)
        stream = await settled(ours.messages.create(**call(), stream=True))
        await settled(stream.close())
        await settled(bare.close())

    (sent,) = upstream.bodies
    assert NAME not in str(sent)
    assert len(results("anthropic", sent["messages"])[0]) < len(LONG)


class Finds(Anthropic):
    """Finds its project out in its first request, as the clients of Google's clouds do."""

    project: str | None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.project = None

    def _prepare_options(self, options: Any) -> Any:
        if self.project is None:
            self.project = "found"
        return super()._prepare_options(options)


class AsyncFinds(AsyncAnthropic):
    project: str | None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.project = None

    async def _prepare_options(self, options: Any) -> Any:
        if self.project is None:
            self.project = "found"
        return await super()._prepare_options(options)


@pytest.mark.parametrize("kind", [Finds, AsyncFinds])
async def test_what_a_client_finds_out_while_it_sends_is_known_to_the_client(
    kind: Any, engine: Headroom
) -> None:
    with serving(curious()) as upstream:
        bare = kind(base_url=upstream.url, api_key="k")
        ours = with_headroom(bare, engine=engine)
        await settled(ours.messages.create(**call()))
        found = ours.project
        ours.project = "given"
        await settled(ours.messages.create(**call()))
        await settled(bare.close())

    assert found == "found"
    assert ours.project == "given"
    assert bare.project is None
