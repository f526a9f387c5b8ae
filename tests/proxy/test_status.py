"""What the proxy tells about itself."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from headroom_core.errors import StoreError
from headroom_core.settings import Settings
from headroom_proxy import ProxySettings, create_app
from headroom_proxy.demo import demonstration
from tests.conversations import Turn, log, written
from tests.proxy.running import Running, proxying
from tests.upstream import say, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def proxy() -> Iterator[Running]:
    with proxying("http://127.0.0.1:9") as running:
        yield running


def test_it_is_well(proxy: Running) -> None:
    assert httpx2.get(f"{proxy.url}/livez").text == "ok\n"
    assert httpx2.get(f"{proxy.url}/readyz").status_code == 200
    assert httpx2.get(f"{proxy.url}/health").json()["status"] == "healthy"
    metrics = httpx2.get(f"{proxy.url}/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "headroom_workers 1" in metrics.text
    memory = httpx2.get(f"{proxy.url}/stats").json()["memory"]
    assert set(memory) == {"outcomes", "conversations", "prefixes", "bases", "tables"}
    assert all(0 <= each["bytes"] <= each["most"] for each in memory.values())


def test_it_says_when_it_is_not_ready(proxy: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr("headroom_core.store.memory.MemoryStore.contains", fail)
    assert httpx2.get(f"{proxy.url}/readyz").status_code == 503
    monkeypatch.setattr(proxy.gateway.worker, "is_stopping", True)
    assert httpx2.get(f"{proxy.url}/readyz").text == "stopping\n"


def test_it_says_what_is_degraded() -> None:
    settings = Settings(mode="lossless", store="memory://")
    with proxying("http://127.0.0.1:9", retrieval=False, compression=settings) as proxy:
        health = httpx2.get(f"{proxy.url}/health").json()

    assert health["status"] == "degraded"
    assert len(health["degraded"]) == 2


def test_the_demonstration_shows_a_saving() -> None:
    conversation = written([Turn("what failed?", log(1_500))], "openai_chat")

    balanced = demonstration(conversation, "balanced", retrieval=True)
    lossless = demonstration(conversation, "lossless", retrieval=False)

    assert "saved" in balanced
    assert "The model can ask for the rest" in balanced
    assert "can ask" not in lossless
    assert "shortened most" not in demonstration([], "balanced", retrieval=True)
    small: list[dict[str, object]] = [{"role": "user", "content": "hi"}]
    assert "shortened most" not in demonstration(small, "balanced", retrieval=True)


def test_the_route_of_the_demonstration_answers(proxy: Running) -> None:
    assert "without a conversation" in httpx2.get(f"{proxy.url}/demo").text


@pytest.mark.parametrize("style", ["json", "text", "off"])
def test_the_access_log_holds_figures_and_no_content(
    style: Any, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "a-secret"}]}

    with (
        caplog.at_level(logging.INFO, "headroom_proxy.access"),
        serving(say("another-secret")) as upstream,
        proxying(upstream.url, access_log=style) as proxy,
    ):
        headers = {"authorization": "Bearer secret-key"}
        httpx2.post(f"{proxy.url}/v1/chat/completions?q=secret", json=body, headers=headers)

    lines = [each.getMessage() for each in caplog.records if each.name == "headroom_proxy.access"]
    assert len(lines) == (style != "off")
    assert "secret" not in caplog.text
    if style == "json":
        record = json.loads(lines[0])
        assert record["route"] == "chat"
        assert record["prefix"] == "new"


async def test_it_runs_inside_of_another_process() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"path": request.extensions["target"].decode()})

    app = create_app(
        ProxySettings(compression=Settings(store="memory://")),
        transport=httpx2.MockTransport(answer),
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://localhost"
    ) as client:
        response = await client.get("/v1/models?a=1")
    await app.worker.close()

    assert response.json() == {"path": "/v1/models?a=1"}
    assert app.savings.requests == 0
