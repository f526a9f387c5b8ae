"""The routes that other gateways call: compress here, give the original back there."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import httpx2
import pytest

from headroom_core.store.memory import MemoryStore
from tests.conversations import log
from tests.proxy.running import Running, proxying

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGINAL = log(1_500)
ASKED = {
    "messages": [{"role": "user", "content": "?"}, {"role": "tool", "content": ORIGINAL}],
    "model": "gpt-4o",
    "config": {"mode": "ccr"},
}
GUARDRAIL = """
import asyncio, json, sys
from importlib import import_module

module = import_module("litellm.proxy.guardrails.guardrail_hooks.headroom.headroom")
guardrail = module.HeadroomGuardrail(
    api_base=sys.argv[1], api_key="guardrail-key", guardrail_name="headroom"
)
original = sys.stdin.read()
messages = [
    {"role": "system", "content": "You help."},
    {"role": "user", "content": "what failed?"},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "run", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": original}]},
    # The client holds the latest exchange back.
    {"role": "assistant", "content": "let me see"},
    {"role": "user", "content": "and now?"},
]

async def main():
    request = {"model": "gpt-4o", "messages": messages, "metadata": {}}
    out = await guardrail.apply_guardrail(
        {"structured_messages": messages}, request, "request", None
    )
    content = out["structured_messages"][3]["content"]
    text = content if isinstance(content, str) else content[0]["text"]
    ref = text[len("[headroom "):].partition(":")[0]
    print(json.dumps({
        "text": text,
        "others": [each for at, each in enumerate(out["structured_messages"]) if at != 3],
        "same": [each for at, each in enumerate(messages) if at != 3],
        "tools": [tool["function"]["name"] for tool in out.get("tools", [])],
        "whole": await guardrail._call_retrieve(ref, None),
        "part": await guardrail._call_retrieve(ref, None, "disk full"),
        "missing": await guardrail._call_retrieve("0" * 16, None),
    }))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def proxy() -> Iterator[Running]:
    with proxying("http://127.0.0.1:9") as running:
        yield running


@pytest.mark.requirement("proxy.service")
def test_what_was_compressed_is_given_back(proxy: Running) -> None:
    body = httpx2.post(f"{proxy.url}/v1/compress", json=ASKED).json()

    (ref,) = body["ccr_hashes"]
    assert body["messages"][1]["content"].startswith(f"[headroom {ref}: ")
    assert body["tokens_saved"] > 1_000
    for response in (
        httpx2.get(f"{proxy.url}/v1/retrieve/{ref}"),
        httpx2.get(f"{proxy.url}/v1/retrieve", params={"ref": ref}),
        httpx2.post(f"{proxy.url}/v1/retrieve", json={"hash": ref, "query": None}),
        httpx2.post(f"{proxy.url}/v1/retrieve/{ref}", json={}),
    ):
        assert response.json()["original_content"] == ORIGINAL
    part = httpx2.get(f"{proxy.url}/v1/retrieve/{ref}", params={"lines": "3-4"}).json()
    assert part["original_content"].count("\n") <= 3
    assert "tokens" in proxy.stats()


@pytest.mark.requirement("proxy.tenants")
def test_one_key_cannot_read_what_another_has_stored(proxy: Running) -> None:
    mine = {"authorization": "Bearer mine"}
    (ref,) = httpx2.post(f"{proxy.url}/v1/compress", json=ASKED, headers=mine).json()["ccr_hashes"]
    route = f"{proxy.url}/v1/retrieve/{ref}"

    assert httpx2.get(route, headers=mine).status_code == 200
    for theirs in (
        {"authorization": "Bearer theirs"},
        {"x-api-key": "Bearer mine"},
        mine | {"x-api-key": "x"},
        mine | {"x-headroom-affinity": "another session"},
    ):
        assert httpx2.get(route, headers=theirs).status_code == 404


@pytest.mark.parametrize(
    ("method", "route", "body", "status"),
    [
        ("POST", "/v1/compress", b"{", 400),
        ("POST", "/v1/compress", b"[" * 50_000, 400),
        ("POST", "/v1/compress", b"[]", 400),
        ("POST", "/v1/compress", b'{"messages": 5}', 400),
        ("GET", "/v1/compress", b"", 405),
        ("DELETE", "/v1/retrieve/0123456789abcdef", b"", 405),
        ("POST", "/stats", b"", 405),
        ("GET", "/v1/retrieve", b"", 404),
        ("GET", "/v1/retrieve/0123456789abcdef", b"", 404),
        ("GET", "/v1/retrieve/0123456789abcdef?odd=x", b"", 400),
        ("POST", "/v1/retrieve", b"5", 400),
        ("POST", "/v1/retrieve", b"nothing", 400),
    ],
)
def test_wrong_requests_are_told_what_is_wrong(
    proxy: Running, method: str, route: str, body: bytes, status: int
) -> None:
    response = httpx2.request(method, proxy.url + route, content=body)

    assert response.status_code == status
    assert json.loads(response.content)["error"]


@pytest.mark.swallows
def test_an_error_of_ours_is_a_500_and_the_proxy_goes_on(
    proxy: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MemoryStore, "get", fail)
    response = httpx2.get(f"{proxy.url}/v1/retrieve/0123456789abcdef")

    assert response.status_code == 500
    assert proxy.stats()["swallowed"]["/v1/retrieve"] == 1


@pytest.mark.requirement("proxy.litellm_guardrail")
@pytest.mark.skipif(find_spec("litellm") is None, reason="its client is part of LiteLLM")
def test_the_guardrail_client_of_litellm_works_with_it(proxy: Running) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDRAIL, proxy.url],
        input=ORIGINAL,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "PATH": ""},
    )

    got = json.loads(done.stdout.splitlines()[-1])
    assert got["text"].startswith("[headroom ")
    assert len(got["text"]) < len(ORIGINAL) / 4
    assert got["others"] == got["same"]
    assert got["tools"] == ["headroom_retrieve"]
    assert got["whole"] == ORIGINAL
    assert 0 < len(got["part"]) < len(ORIGINAL)
    assert "not found" in got["missing"]
