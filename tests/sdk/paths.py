"""Every way to ask through the SDKs, each written once for synchronous and asynchronous clients."""

from __future__ import annotations

import inspect
import json
import ssl
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anthropic
import openai
from openai.resources.responses import Responses
from pydantic import BaseModel

from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.retrieve_loop import SHAPES

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat

TLS = ssl.create_default_context()
"""Made once: it takes longer than all the rest of a client, and is not used."""

Ask = Callable[[Any, dict[str, Any]], Awaitable[Any]]
"""Asks a client, with the arguments of a call. Returns the text of the answer, if it has one."""


class Verdict(BaseModel):
    """What a structured answer is parsed into."""

    cause: str


@dataclass(frozen=True)
class Path:
    """One way to ask."""

    name: str
    shape: WireFormat
    ask: Ask
    answers: bool = True
    """Whether a turn of the model comes back."""
    streams: bool = False

    def __str__(self) -> str:
        return f"{self.shape}-{self.name}"


def client_of(shape: WireFormat, url: str, *, sync: bool, **options: Any) -> Any:
    """A client of the SDK that speaks this format."""
    sdk = anthropic if shape == "anthropic" else openai
    kinds: Any = (anthropic.Anthropic, anthropic.AsyncAnthropic)
    if shape != "anthropic":
        kinds, url = (openai.OpenAI, openai.AsyncOpenAI), f"{url}/v1"
    http: Any = (sdk.DefaultHttpxClient if sync else sdk.DefaultAsyncHttpxClient)(verify=TLS)
    return kinds[0 if sync else 1](base_url=url, api_key="k", http_client=http, **options)


async def settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def items(stream: Any) -> list[Any]:
    if hasattr(stream, "__aiter__"):
        return [each async for each in stream]
    return list(stream)


@asynccontextmanager
async def opened(manager: Any) -> AsyncGenerator[Any]:
    if hasattr(manager, "__enter__"):
        with manager as value:
            yield value
    else:
        async with manager as value:
            yield value


def text_of(shape: WireFormat, response: Any) -> str:
    """The text of an answer, given as the SDK's object."""
    return body_text(shape, response.model_dump(mode="json", warnings=False))


def body_text(shape: WireFormat, body: WireObject) -> str:
    """The text of an answer, given as JSON."""
    texts: list[str] = []
    for message in SHAPES[shape].turn(body):
        content = message.get("content") if is_object(message) else None
        if isinstance(content, str):
            texts.append(content)
        blocks = [block for block in content if is_object(block)] if is_array(content) else []
        texts += [str(block["text"]) for block in blocks if "text" in block]
    return "".join(texts)


def chat_text(chunks: list[Any]) -> str:
    """The text of the chunks of a stream."""
    choices = [choice for chunk in chunks for choice in chunk.choices]
    return "".join(choice.delta.content or "" for choice in choices)


def event_text(events: list[Any]) -> str:
    """The text of the events of a stream of Responses or Messages."""
    found: list[str] = []
    for event in events:
        if event.type == "response.output_text.delta":
            found.append(event.delta)
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            found.append(event.delta.text)
    return "".join(found)


def sse_text(shape: WireFormat, raw: bytes) -> str:
    """The text of a stream, given as its bytes."""
    found: list[str] = []
    for line in raw.decode().splitlines():
        if not line.startswith("data: {"):
            continue
        event = json.loads(line.removeprefix("data: "))
        if shape == "openai_chat":
            found += [c["delta"].get("content") or "" for c in event["choices"]]
        elif event["type"] == "response.output_text.delta":
            found.append(event["delta"])
        elif event["type"] == "content_block_delta" and "text" in event["delta"]:
            found.append(event["delta"]["text"])
    return "".join(found)


# Chat Completions


async def chat_create(client: Any, asked: dict[str, Any]) -> Any:
    return text_of("openai_chat", await settled(client.chat.completions.create(**asked)))


async def chat_create_stream(client: Any, asked: dict[str, Any]) -> Any:
    stream = await settled(client.chat.completions.create(**asked, stream=True))
    return chat_text(await items(stream))


async def chat_stream(client: Any, asked: dict[str, Any]) -> Any:
    async with opened(client.chat.completions.stream(**asked)) as stream:
        return text_of("openai_chat", await settled(stream.get_final_completion()))


async def chat_parse(client: Any, asked: dict[str, Any]) -> Any:
    parse = client.chat.completions.parse
    return text_of("openai_chat", await settled(parse(**asked, response_format=Verdict)))


async def chat_raw(client: Any, asked: dict[str, Any]) -> Any:
    raw = await settled(client.chat.completions.with_raw_response.create(**asked))
    assert raw.headers["request-id"] == "req_1"
    assert raw.retries_taken == 0
    return text_of("openai_chat", await settled(raw.parse()))


async def chat_raw_stream(client: Any, asked: dict[str, Any]) -> Any:
    raw = await settled(client.chat.completions.with_raw_response.create(**asked, stream=True))
    return chat_text(await items(await settled(raw.parse())))


async def chat_streaming_response(client: Any, asked: dict[str, Any]) -> Any:
    ask = client.chat.completions.with_streaming_response.create
    async with opened(ask(**asked)) as response:
        assert response.headers["request-id"] == "req_1"
        return body_text("openai_chat", json.loads(await settled(response.read())))


async def chat_streaming_response_stream(client: Any, asked: dict[str, Any]) -> Any:
    ask = client.chat.completions.with_streaming_response.create
    async with opened(ask(**asked, stream=True)) as response:
        return sse_text("openai_chat", b"".join(await items(response.iter_bytes())))


async def chat_post(client: Any, asked: dict[str, Any]) -> Any:
    answer = await settled(client.post("/chat/completions", body=asked, cast_to=object))
    return body_text("openai_chat", answer)


async def chat_extra_body(client: Any, asked: dict[str, Any]) -> Any:
    asked = dict(asked)
    extra = {key: asked.pop(key) for key in ("messages", "tools") if key in asked}
    create = client.chat.completions.create
    return text_of("openai_chat", await settled(create(**asked, messages=[], extra_body=extra)))


# Responses


async def responses_create(client: Any, asked: dict[str, Any]) -> Any:
    return (await settled(client.responses.create(**asked))).output_text


async def responses_create_stream(client: Any, asked: dict[str, Any]) -> Any:
    return event_text(await items(await settled(client.responses.create(**asked, stream=True))))


async def responses_stream(client: Any, asked: dict[str, Any]) -> Any:
    async with opened(client.responses.stream(**asked)) as stream:
        return (await settled(stream.get_final_response())).output_text


async def responses_parse(client: Any, asked: dict[str, Any]) -> Any:
    return (await settled(client.responses.parse(**asked, text_format=Verdict))).output_text


async def responses_raw(client: Any, asked: dict[str, Any]) -> Any:
    raw = await settled(client.responses.with_raw_response.create(**asked))
    return (await settled(raw.parse())).output_text


async def responses_streaming_response(client: Any, asked: dict[str, Any]) -> Any:
    async with opened(client.responses.with_streaming_response.create(**asked)) as response:
        return (await settled(response.parse())).output_text


async def responses_streaming_response_stream(client: Any, asked: dict[str, Any]) -> Any:
    ask = client.responses.with_streaming_response.create
    async with opened(ask(**asked, stream=True)) as response:
        return event_text(await items(await settled(response.parse())))


async def responses_count(client: Any, asked: dict[str, Any]) -> Any:
    return await settled(client.responses.input_tokens.count(**asked))


async def responses_compact(client: Any, asked: dict[str, Any]) -> Any:
    asked = {key: value for key, value in asked.items() if key in {"model", "input"}}
    return await settled(client.responses.compact(**asked))


# Messages


def messages(client: Any, *, beta: bool) -> Any:
    return client.beta.messages if beta else client.messages


def asks(ask: Callable[[Any, dict[str, Any]], Awaitable[Any]], *, beta: bool) -> Ask:
    """The same way, through the resource of the SDK or its beta twin."""

    async def asked_of(client: Any, asked: dict[str, Any]) -> Any:
        return await ask(messages(client, beta=beta), asked)

    return asked_of


async def anthropic_create(resource: Any, asked: dict[str, Any]) -> Any:
    return text_of("anthropic", await settled(resource.create(**asked)))


async def anthropic_create_stream(resource: Any, asked: dict[str, Any]) -> Any:
    return event_text(await items(await settled(resource.create(**asked, stream=True))))


async def anthropic_stream(resource: Any, asked: dict[str, Any]) -> Any:
    async with opened(resource.stream(**asked)) as stream:
        return text_of("anthropic", await settled(stream.get_final_message()))


async def anthropic_parse(resource: Any, asked: dict[str, Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the beta resource has a newer name
        parsed = await settled(resource.parse(**asked, output_format=Verdict))
    return text_of("anthropic", parsed)


async def anthropic_raw(resource: Any, asked: dict[str, Any]) -> Any:
    raw = await settled(resource.with_raw_response.create(**asked))
    assert raw.headers["request-id"] == "req_1"
    return text_of("anthropic", await settled(raw.parse()))


async def anthropic_raw_stream(resource: Any, asked: dict[str, Any]) -> Any:
    raw = await settled(resource.with_raw_response.create(**asked, stream=True))
    return event_text(await items(await settled(raw.parse())))


async def anthropic_streaming_response(resource: Any, asked: dict[str, Any]) -> Any:
    async with opened(resource.with_streaming_response.create(**asked)) as response:
        return body_text("anthropic", json.loads(await settled(response.read())))


async def anthropic_streaming_response_stream(resource: Any, asked: dict[str, Any]) -> Any:
    async with opened(resource.with_streaming_response.create(**asked, stream=True)) as response:
        return sse_text("anthropic", b"".join(await items(response.iter_bytes())))


async def anthropic_count(resource: Any, asked: dict[str, Any]) -> Any:
    asked = {key: value for key, value in asked.items() if key != "max_tokens"}
    return await settled(resource.count_tokens(**asked))


async def anthropic_batch(resource: Any, asked: dict[str, Any]) -> Any:
    requests = [{"custom_id": "a", "params": asked}, {"custom_id": "b", "params": asked}]
    return await settled(resource.batches.create(requests=requests))


async def anthropic_post(client: Any, asked: dict[str, Any]) -> Any:
    answer = await settled(client.post("/v1/messages", body=asked, cast_to=object))
    return body_text("anthropic", answer)


async def anthropic_extra_body(resource: Any, asked: dict[str, Any]) -> Any:
    asked = dict(asked)
    extra = {key: asked.pop(key) for key in ("messages", "tools") if key in asked}
    return text_of(
        "anthropic", await settled(resource.create(**asked, messages=[], extra_body=extra))
    )


CHAT = [
    Path("create", "openai_chat", chat_create),
    Path("create_stream", "openai_chat", chat_create_stream, streams=True),
    Path("stream", "openai_chat", chat_stream, streams=True),
    Path("parse", "openai_chat", chat_parse),
    Path("raw", "openai_chat", chat_raw),
    Path("raw_stream", "openai_chat", chat_raw_stream, streams=True),
    Path("streaming_response", "openai_chat", chat_streaming_response),
    Path("streaming_response_stream", "openai_chat", chat_streaming_response_stream, streams=True),
    Path("post", "openai_chat", chat_post),
    Path("extra_body", "openai_chat", chat_extra_body),
]
RESPONSES = [
    Path("create", "openai_responses", responses_create),
    Path("create_stream", "openai_responses", responses_create_stream, streams=True),
    Path("stream", "openai_responses", responses_stream, streams=True),
    Path("parse", "openai_responses", responses_parse),
    Path("raw", "openai_responses", responses_raw),
    Path("streaming_response", "openai_responses", responses_streaming_response),
    Path(
        "streaming_response_stream",
        "openai_responses",
        responses_streaming_response_stream,
        streams=True,
    ),
    Path("count", "openai_responses", responses_count, answers=False),
    Path("compact", "openai_responses", responses_compact, answers=False),
]
_MESSAGES = [
    Path("create", "anthropic", anthropic_create),
    Path("create_stream", "anthropic", anthropic_create_stream, streams=True),
    Path("stream", "anthropic", anthropic_stream, streams=True),
    Path("parse", "anthropic", anthropic_parse),
    Path("raw", "anthropic", anthropic_raw),
    Path("raw_stream", "anthropic", anthropic_raw_stream, streams=True),
    Path("streaming_response", "anthropic", anthropic_streaming_response),
    Path(
        "streaming_response_stream", "anthropic", anthropic_streaming_response_stream, streams=True
    ),
    Path("count_tokens", "anthropic", anthropic_count, answers=False),
    Path("batches", "anthropic", anthropic_batch, answers=False),
    Path("extra_body", "anthropic", anthropic_extra_body),
]
MESSAGES = [
    *(Path(p.name, p.shape, asks(p.ask, beta=False), p.answers, p.streams) for p in _MESSAGES),
    *(
        Path(f"beta_{p.name}", p.shape, asks(p.ask, beta=True), p.answers, p.streams)
        for p in _MESSAGES
    ),
    Path("post", "anthropic", anthropic_post),
]
# The first versions that are supported have neither counts nor compaction.
has_counts = hasattr(Responses, "compact")
PATHS = [
    *CHAT,
    *(path for path in RESPONSES if path.answers or has_counts),
    *MESSAGES,
]
