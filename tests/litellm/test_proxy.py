"""LiteLLM's proxy, configured by a file: the same on each of its routes, with its client told."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import httpx
import litellm
import pytest

import headroom_litellm
from headroom_core.notes import find_notes
from tests.conversations import Turn, written
from tests.litellm.model import FACT, HIDDEN, LOG, asking_model
from tests.litellm.paths import HAS_PROXY, tool
from tests.upstream import serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.conversations import Native, Wire
    from tests.upstream import Upstream

pytestmark = pytest.mark.skipif(not HAS_PROXY, reason="needs `litellm[proxy]`")

KEY = "sk-0123456789abcdef0123456789abcdef"
HEADER = "x-headroom-tokens-saved"
CONFIG = """
model_list:
  - model_name: gpt
    litellm_params: {{model: openai/gpt-4o, api_base: {url}/v1, api_key: k}}
  - model_name: claude
    litellm_params: {{model: anthropic/claude-opus-5, api_base: {url}, api_key: k}}
litellm_settings:
  callbacks: ["{callback}"]
general_settings:
  pass_through_endpoints:
    - {{path: /raw/messages, target: {url}/v1/messages, auth: false}}
"""
OWN = """
from headroom_core.settings import Settings
from headroom_litellm import HeadroomCallback

class Mine(HeadroomCallback):
    pass

mine = Mine(settings=Settings(result_budget=200))
"""
ROUTES: list[tuple[str, Wire, str]] = [
    ("/v1/chat/completions", "openai_chat", "gpt"),
    ("/v1/chat/completions", "openai_chat", "claude"),
    ("/v1/responses", "openai_responses", "gpt"),
    ("/v1/messages", "anthropic", "claude"),
    ("/v1/messages", "anthropic", "gpt"),
]


@asynccontextmanager
async def proxied(
    upstream: Upstream, tmp_path: Path, callback: str
) -> AsyncGenerator[httpx.AsyncClient]:
    os.environ["LITELLM_MASTER_KEY"] = KEY
    # It takes seconds to import, and only where it can be.
    server: Any = import_module("litellm.proxy.proxy_server")
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(url=upstream.url, callback=callback), encoding="utf-8")
    (tmp_path / "own_callback.py").write_text(OWN, encoding="utf-8")
    await server.initialize(config=str(config))
    transport = httpx.ASGITransport(app=server.app)
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://proxy", headers=headers, timeout=60
    ) as client:
        yield client


def a_body(wire: Wire, model: str, **more: object) -> Native:
    key = "input" if wire == "openai_responses" else "messages"
    limit = {"max_tokens": 99} if wire == "anthropic" else {}
    messages = written([Turn("what happened?", LOG)], wire)
    return {"model": model, key: messages, "tools": [tool("run", wire)], **limit, **more}


@pytest.mark.requirement("litellm.proxy")
@pytest.mark.parametrize(
    "callback", ["headroom_litellm.proxy_handler_instance", "own_callback.mine"]
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_every_route_is_compressed_and_answered(
    stream: bool, callback: str, tmp_path: Path
) -> None:
    with serving(asking_model) as upstream:
        async with proxied(upstream, tmp_path, callback) as client:
            (installed,) = [
                each
                for each in litellm.callbacks
                if isinstance(each, headroom_litellm.HeadroomCallback)
            ]
            before = installed.savings
            for requests, (route, wire, model) in enumerate(ROUTES, 1):
                upstream.requests.clear()
                answer = await client.post(route, json=a_body(wire, model, stream=stream))

                first, second = upstream.bodies
                assert answer.status_code == 200
                assert find_notes(first)
                assert FACT not in json.dumps(first)
                assert FACT in json.dumps(second)
                assert json.dumps(HIDDEN)[1:-1] in joined(answer.text)
                assert int(answer.headers[HEADER]) > 1_000
                assert "headroom" not in json.dumps(first.get("metadata", {}))
                assert installed.savings.requests == before.requests + requests
                assert installed.savings.retrievals == before.retrievals + requests


def joined(text: str) -> str:
    """The texts of a stream's events without the seams between them."""
    texts: list[str] = []
    for line in text.splitlines():
        try:
            event: Any = json.loads(line.removeprefix("data: "))
        except ValueError:
            continue
        delta = event.get("delta")
        texts.append(delta if isinstance(delta, str) else str((delta or {}).get("text", "")))
    return text + "".join(texts)


@pytest.mark.requirement("litellm.proxy")
async def test_a_client_can_switch_it_off_and_raw_requests_are_lossless(tmp_path: Path) -> None:
    off = {"x-headroom-bypass": "true"}
    with serving(asking_model) as upstream:
        async with proxied(upstream, tmp_path, "headroom_litellm.proxy_handler_instance") as client:
            body = a_body("openai_chat", "gpt")
            alone = await client.post("/v1/chat/completions", json=body, headers=off)
            raw = await client.post("/raw/messages", json=a_body("anthropic", "claude-opus-5"))

    assert alone.status_code == raw.status_code == 200
    assert HEADER not in alone.headers
    left_alone, passed = upstream.bodies
    assert LOG in json.dumps(left_alone).replace("\\n", "\n")
    assert not find_notes(passed)
    assert len(json.dumps(passed)) < len(json.dumps(body)) * 0.6


@pytest.mark.requirement("litellm.proxy")
async def test_a_class_in_the_config_is_refused_by_the_name_of_the_instance(
    tmp_path: Path,
) -> None:
    named = "headroom_litellm.proxy_handler_instance"
    with serving(asking_model) as upstream, pytest.raises(ValueError, match=named):
        async with proxied(upstream, tmp_path, "headroom_litellm.HeadroomCallback"):
            pass
