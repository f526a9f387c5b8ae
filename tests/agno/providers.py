"""Agno's own models of three providers, pointed at the fake one, and an agent's work for them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agno.models.anthropic import Claude
from agno.models.openai import OpenAIChat, OpenAIResponses
from anthropic import Anthropic, AsyncAnthropic
from openai import AsyncOpenAI, OpenAI

from headroom_core.formats.wire import is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.tool import NAME
from tests.conversations import log, result_texts
from tests.upstream import Asked, Turn

if TYPE_CHECKING:
    from agno.models.base import Model

    from headroom_core.formats.wire import WireObject
    from tests.upstream import Received, Upstream

Client = OpenAI | Anthropic
AsyncClient = AsyncOpenAI | AsyncAnthropic

PROVIDERS = ("OpenAIChat", "OpenAIResponses", "Claude")
LOG = log(500, fatal_at=7)
HIDDEN = LOG.splitlines()[122]
"""A line that no view of the log shows."""


@dataclass(slots=True)
class Clients:
    """The clients of the SDKs that were made in a test."""

    made: list[Client] = field(default_factory=list[Client])
    made_async: list[AsyncClient] = field(default_factory=list[AsyncClient])

    async def close(self) -> None:
        for client in self.made:
            client.close()
        for later in self.made_async:
            await later.close()
        self.made.clear()
        self.made_async.clear()


OPEN = Clients()


def model_for(provider: str, upstream: Upstream, model: str = "") -> Model:
    """One of Agno's models, without retries of the SDK's own."""
    if provider == "Claude":
        anthropic = Anthropic(api_key="k", base_url=upstream.url, max_retries=0)
        later = AsyncAnthropic(api_key="k", base_url=upstream.url, max_retries=0)
        OPEN.made.append(anthropic)
        OPEN.made_async.append(later)
        return Claude(model or "claude-opus-5", client=anthropic, async_client=later)
    url = f"{upstream.url}/v1"
    openai = OpenAI(api_key="k", base_url=url, max_retries=0)
    async_openai = AsyncOpenAI(api_key="k", base_url=url, max_retries=0)
    OPEN.made.append(openai)
    OPEN.made_async.append(async_openai)
    kind = OpenAIChat if provider == "OpenAIChat" else OpenAIResponses
    return kind(model or "gpt-4o", client=openai, async_client=async_openai)


def read_log() -> str:
    """Read the log of the service."""
    return LOG


def words() -> str:
    """Give a few words."""
    return "a few words"


def items(body: WireObject) -> list[WireObject]:
    """The messages of a request in any of the wire formats."""
    value = body.get("messages", body.get("input"))
    assert is_array(value)
    return [each for each in value if is_object(each)]


def tool_names(body: WireObject) -> list[str]:
    """The names of the tools of a request, in order."""
    tools = body.get("tools")
    if not is_array(tools):
        return []
    named = [each.get("function", each) for each in tools if is_object(each)]
    return [str(each["name"]) for each in named if is_object(each)]


def answer(received: Received) -> Turn:
    """A model that reads the log, asks for a line that it was not shown, and then says it."""
    return _reply(received, beside=())


def answer_both(received: Received) -> Turn:
    """The same, but it calls another tool together with the retrieve tool."""
    return _reply(received, beside=(Asked("words", "{}", "call_3"),))


def _reply(received: Received, *, beside: tuple[Asked, ...]) -> Turn:
    seen = items(received.json)
    results = result_texts(seen)
    if not _is_answered(seen):
        return Turn(text="Reading.", calls=(Asked("read_log", "{}", f"call_{len(seen)}"),))
    for text in reversed(results):
        if HIDDEN in text and text != LOG:
            return Turn(text=f"It says: {HIDDEN}")
    (note,) = find_notes(results[0])
    arguments = json.dumps({"ref": note.ref, "lines": "123"})
    return Turn(text="Let me look.", calls=(Asked(NAME, arguments, f"call_{len(seen)}"), *beside))


def _is_answered(seen: list[WireObject]) -> bool:
    """Whether a result stands behind the last question."""
    questions = [index for index, each in enumerate(seen) if _asks(each)]
    return bool(result_texts(seen[questions[-1] :]))


def _asks(item: WireObject) -> bool:
    content = item.get("content")
    if item.get("role") != "user" or content is None:
        return False
    blocks = content if is_array(content) else []
    return not any(is_object(each) and each["type"] == "tool_result" for each in blocks)
