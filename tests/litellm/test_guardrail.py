"""LiteLLM's own `guardrail: headroom` is a client of ours: what it sends, and what it gets."""

from __future__ import annotations

import json
from inspect import getsource, signature
from typing import TYPE_CHECKING, Any, cast

import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.conversations import Turn, log, written
from tests.litellm.service import compression_service

if TYPE_CHECKING:
    from collections.abc import Iterator


guardrails = pytest.importorskip(
    "litellm.proxy.guardrails.guardrail_hooks.headroom.headroom",
    reason="needs what LiteLLM's proxy needs",
    exc_type=ImportError,
)

LOG = log(200)
Inputs = dict[str, Any]


SAYS_ITS_MODE = '"ccr"' in getsource(guardrails.HeadroomGuardrail._call_compress)
"""Older versions do not say whether they can redeem notes; the service's settings have to."""


@pytest.fixture
def engine() -> Headroom:
    settings = Settings(result_budget=200, retrieval=not SAYS_ITS_MODE)
    return Headroom(settings, store=MemoryStore())


@pytest.fixture
def service(engine: Headroom) -> Iterator[tuple[str, list[str]]]:
    with compression_service(engine) as served:
        yield served


def guardrail(url: str, **more: Any) -> Any:
    return guardrails.HeadroomGuardrail(api_base=url, guardrail_name="headroom", **more)


def a_request() -> list[dict[str, object]]:
    # Only what lies before the last user message is sent to the service.
    return written([Turn("what failed?", LOG), Turn("and now?", "ok")], "openai_chat")


async def applied(client: Any, messages: list[dict[str, object]]) -> tuple[Inputs, Inputs]:
    data: Inputs = {"model": "gpt-4o", "messages": messages, "metadata": {}}
    out = await client.apply_guardrail({"structured_messages": messages}, data, "request")
    return cast("Inputs", out), data


@pytest.mark.requirement("litellm.guardrail")
async def test_the_guardrail_uses_our_messages_and_offers_the_tool(
    service: tuple[str, list[str]],
) -> None:
    url, asked = service
    messages = a_request()
    out, data = await applied(guardrail(url), messages)

    sent = out["structured_messages"]
    (note,) = find_notes(sent)
    assert [each["role"] for each in sent] == [each["role"] for each in messages]
    assert len(json.dumps(sent)) < len(json.dumps(messages)) / 3
    assert out["tools"][0]["function"]["name"] == NAME
    for key, value in data.items():
        assert "headroom" not in key or note.ref in value.issued_hashes
    assert asked == ["/v1/compress"]


@pytest.mark.requirement("litellm.guardrail")
async def test_the_guardrail_gets_originals_and_parts_of_them(
    service: tuple[str, list[str]],
) -> None:
    url, _ = service
    client = guardrail(url)
    out, _ = await applied(client, a_request())
    (note,) = find_notes(out["structured_messages"])

    known = signature(client._call_retrieve).parameters
    more = {"affinity": None} if "affinity" in known else {}
    whole = await client._call_retrieve(note.ref, **more)
    part = await client._call_retrieve(note.ref, query="id=150", **more)
    missing = await client._call_retrieve("0" * 16, **more)

    assert whole == LOG
    assert "id=150 took" in part
    assert len(part) < len(LOG)
    assert "not found" in missing


@pytest.mark.requirement("litellm.guardrail")
@pytest.mark.skipif(not SAYS_ITS_MODE, reason="this version does not say it")
async def test_without_retrieval_the_guardrail_gets_lossless_forms(
    service: tuple[str, list[str]],
) -> None:
    url, _ = service
    messages = a_request()
    out, _ = await applied(guardrail(url, ccr_retrieval=False), messages)

    sent = out["structured_messages"]
    assert not find_notes(sent)
    assert len(json.dumps(sent)) < len(json.dumps(messages))
    assert "tools" not in out


async def test_a_result_without_an_id_is_compressed_as_well(
    service: tuple[str, list[str]],
) -> None:
    """Items of the Responses API arrive as tool messages that name no call."""
    url, _ = service
    messages: list[dict[str, object]] = [
        {"role": "user", "content": "what?"},
        {"role": "tool", "content": LOG},
        {"role": "user", "content": "and?"},
    ]
    out, _ = await applied(guardrail(url), messages)

    assert find_notes(out["structured_messages"][1])
