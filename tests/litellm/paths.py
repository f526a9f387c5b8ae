"""Every way into a model through LiteLLM, by name, with what reaches the model on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import litellm
from litellm.anthropic_interface import messages as anthropic_messages
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.litellm_core_utils.thread_pool_executor import executor
from litellm.router import Router

from tests.conversations import Native, Wire

if TYPE_CHECKING:
    from tests.upstream import Upstream

Arguments = dict[str, Any]
Call = Callable[["Upstream", list[Native], Arguments], Awaitable[object]]
MODEL, CLAUDE = "openai/gpt-4o", "anthropic/claude-opus-5"


@dataclass(frozen=True, slots=True)
class Path:
    """One way: the format of the client's messages, and whether retrievals are answered on it."""

    name: str
    wire: Wire
    call: Call
    answers: bool = True
    streams: bool = False
    upstream: Wire | None = None
    """The format that reaches the provider, where it is another one."""

    @property
    def sent_as(self) -> Wire:
        return self.upstream or self.wire


def openai(upstream: Upstream) -> Arguments:
    return {"model": MODEL, "api_base": f"{upstream.url}/v1", "api_key": "k"}


def claude(upstream: Upstream) -> Arguments:
    return {"model": CLAUDE, "api_base": upstream.url, "api_key": "k"}


def router(upstream: Upstream, **more: Any) -> Router:
    deployment = {"model_name": "m", "litellm_params": openai(upstream)}
    made: Router = Router(model_list=[deployment], **more)
    return made


async def drained(stream: object) -> object:
    """What a call gives, with streams read to their end."""
    if isinstance(stream, AsyncIterator):
        return [each async for each in cast("AsyncIterator[object]", stream)]
    if isinstance(stream, Iterator):
        return list(cast("Iterator[object]", stream))
    return stream


async def in_thread(function: Callable[..., object], **arguments: Any) -> object:
    """A synchronous call, away from the event loop, as LiteLLM's own users make it."""

    def work() -> object:
        result = function(**arguments)
        if isinstance(result, Iterator):
            return list(cast("Iterator[object]", result))
        return result

    return await asyncio.to_thread(work)


async def _completion(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await in_thread(litellm.completion, messages=m, **{**openai(up), **more})


async def _completion_stream(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await _completion(up, m, {**more, "stream": True})


async def _completion_positional(up: Upstream, m: list[Native], more: Arguments) -> object:
    given = {**openai(up), **more}
    model = given.pop("model")
    return await asyncio.to_thread(lambda: litellm.completion(model, m, **given))


async def _completion_claude(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await in_thread(litellm.completion, messages=m, **{**claude(up), **more})


async def _batch(up: Upstream, m: list[Native], more: Arguments) -> object:
    given: Arguments = {**openai(up), "messages": [m], **more}
    (answer,) = cast("list[object]", await in_thread(litellm.batch_completion, **given))
    return answer


async def _acompletion(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await litellm.acompletion(messages=m, **{**openai(up), **more})


async def _acompletion_stream(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await drained(await _acompletion(up, m, {**more, "stream": True}))


async def _acompletion_positional(up: Upstream, m: list[Native], more: Arguments) -> object:
    given: Arguments = {**openai(up), **more}
    return await litellm.acompletion(given.pop("model"), m, **given)


async def _acompletion_model(up: Upstream, m: list[Native], more: Arguments) -> object:
    given = {**openai(up), **more}
    return await litellm.acompletion(given.pop("model"), messages=m, **given)


async def _acompletion_claude(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await litellm.acompletion(messages=m, **{**claude(up), **more})


async def _acompletion_bridged(up: Upstream, m: list[Native], more: Arguments) -> object:
    given: Arguments = {**openai(up), "model": "openai/responses/gpt-5", **more}
    return await litellm.acompletion(messages=m, **given)


async def _fallbacks(up: Upstream, m: list[Native], more: Arguments) -> object:
    given: Arguments = {**openai(up), "fallbacks": ["openai/gpt-4"], **more}
    return await litellm.acompletion(messages=m, **given)


async def _router(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await in_thread(router(up).completion, messages=m, **{"model": "m", **more})


async def _arouter(up: Upstream, m: list[Native], more: Arguments) -> object:
    given: Any = {"messages": m, "model": "m", **more}
    return await router(up).acompletion(**given)


async def _arouter_stream(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await drained(await _arouter(up, m, {**more, "stream": True}))


async def _responses(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await in_thread(litellm.responses, input=m, **{**openai(up), **more})


async def _responses_stream(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await _responses(up, m, {**more, "stream": True})


async def _aresponses(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await litellm.aresponses(input=cast("Any", m), **{**openai(up), **more})


async def _aresponses_stream(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await drained(await _aresponses(up, m, {**more, "stream": True}))


async def _aresponses_claude(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await litellm.aresponses(input=cast("Any", m), **{**claude(up), **more})


async def _messages(up: Upstream, m: list[Native], more: Arguments) -> object:
    given: Arguments = {**claude(up), "max_tokens": 2_000, **more}
    return await anthropic_messages.acreate(messages=m, **given)


async def _messages_stream(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await drained(await _messages(up, m, {**more, "stream": True}))


async def _messages_openai(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await _messages(up, m, {**more, **openai(up), "model": "openai/gpt-5"})


async def _messages_vllm(up: Upstream, m: list[Native], more: Arguments) -> object:
    return await _messages(up, m, {**more, **openai(up), "model": "hosted_vllm/x"})


PATHS = [
    Path("completion", "openai_chat", _completion, answers=False),
    Path("completion stream", "openai_chat", _completion_stream, answers=False, streams=True),
    Path("completion positional", "openai_chat", _completion_positional, answers=False),
    Path("completion claude", "openai_chat", _completion_claude, False, upstream="anthropic"),
    Path("batch_completion", "openai_chat", _batch, answers=False),
    Path("Router.completion", "openai_chat", _router, answers=False),
    Path("acompletion positional", "openai_chat", _acompletion_positional, answers=False),
    Path("acompletion", "openai_chat", _acompletion),
    Path("acompletion model by position", "openai_chat", _acompletion_model),
    Path("acompletion stream", "openai_chat", _acompletion_stream, streams=True),
    Path("acompletion claude", "openai_chat", _acompletion_claude, upstream="anthropic"),
    Path("acompletion bridged", "openai_chat", _acompletion_bridged, upstream="openai_responses"),
    Path("acompletion fallbacks", "openai_chat", _fallbacks),
    Path("Router.acompletion", "openai_chat", _arouter),
    Path("Router.acompletion stream", "openai_chat", _arouter_stream, streams=True),
    Path("responses", "openai_responses", _responses),
    Path("responses stream", "openai_responses", _responses_stream, streams=True),
    Path("aresponses", "openai_responses", _aresponses),
    Path("aresponses stream", "openai_responses", _aresponses_stream, streams=True),
    Path("aresponses claude", "openai_responses", _aresponses_claude, upstream="anthropic"),
    Path("anthropic_messages", "anthropic", _messages),
    Path("anthropic_messages openai", "anthropic", _messages_openai, upstream="openai_responses"),
]
NEEDS_PROXY = [
    Path("anthropic_messages stream", "anthropic", _messages_stream, streams=True),
    Path("anthropic_messages vllm", "anthropic", _messages_vllm, upstream="openai_chat"),
]
"""LiteLLM imports parts of its proxy for these."""

HAS_PROXY: bool = all(map(find_spec, ("backoff", "fastapi", "redis", "soundfile")))
"""Whether those parts can be imported: `litellm[proxy]` is too heavy for every developer."""
if HAS_PROXY:
    PATHS.extend(NEEDS_PROXY)


def tool(name: str, wire: Wire) -> Native:
    parameters: Native = {"type": "object", "properties": {"path": {"type": "string"}}}
    match wire:
        case "openai_chat":
            return {"type": "function", "function": {"name": name, "parameters": parameters}}
        case "openai_responses":
            return {"type": "function", "name": name, "parameters": parameters}
        case "anthropic":
            return {"name": name, "input_schema": parameters}


def text_of(answer: object) -> str:
    """All that a client sees of an answer, as one text."""
    if isinstance(answer, list):
        return "".join(text_of(each) for each in cast("list[object]", answer))
    if isinstance(answer, bytes):
        return answer.decode()
    if isinstance(answer, dict):
        return json.dumps(answer)
    dump = getattr(answer, "model_dump_json", None)
    return str(dump()) if callable(dump) else str(answer)


async def logged(told: list[object]) -> list[object]:
    """What a callback was told, once LiteLLM's own workers are through."""
    for _ in range(500):
        if told:
            break
        await asyncio.sleep(0.01)
    await GLOBAL_LOGGING_WORKER.flush()
    executor.submit(int).result()
    return told
