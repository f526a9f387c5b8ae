"""How the callback is made, switched off for one call, and what it tells afterwards."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

import headroom_litellm
from headroom_core.errors import ConfigError
from headroom_core.formats import WireCodec
from headroom_core.settings import Settings
from headroom_core.testing.adapter_contract import AdapterContract
from headroom_core.tool import NAME
from headroom_litellm import HeadroomCallback
from headroom_litellm.details import is_bypassed
from tests.conversations import WIRES, Turn, log, written
from tests.litellm.paths import PATHS, Arguments, Path, logged, openai, tool
from tests.upstream import say, serving

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from tests.conversations import Native

LOG = log(100)
BY_NAME = {path.name: path for path in PATHS}
ONE_OF_EACH = [
    BY_NAME[name]
    for name in ("completion", "acompletion", "aresponses", "responses", "anthropic_messages")
]
SAVINGS = {"tokens_before", "tokens_after", "tokens_saved", "source"}


class TestContract(AdapterContract[object]):
    """The messages of LiteLLM are those of the wire."""

    @pytest.fixture
    def codec(self) -> WireCodec:
        return WireCodec()

    @pytest.fixture(params=WIRES)
    def conversation(self, request: pytest.FixtureRequest) -> list[object]:
        return [*written([Turn("what failed?", LOG), Turn("and now?", LOG)], request.param)]


class Metadata(CustomLogger):
    """Keeps what LiteLLM's spend logs would read."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[object] = []

    def log_success_event(
        self, kwargs: Any, response_obj: object, start_time: object, end_time: object
    ) -> None:
        self.kept.append(
            (kwargs["litellm_params"].get("litellm_metadata") or {}).get("compression_savings")
        )

    async def async_log_success_event(
        self, kwargs: Any, response_obj: object, start_time: object, end_time: object
    ) -> None:
        self.log_success_event(kwargs, response_obj, start_time, end_time)


def asked(path: Path) -> tuple[list[Native], Arguments]:
    messages = written([Turn("what failed?", LOG)], path.wire)
    return messages, {"tools": [tool("run_command", path.wire)]}


@pytest.mark.requirement("litellm.savings")
@pytest.mark.parametrize("path", ONE_OF_EACH, ids=lambda path: path.name)
async def test_savings_stand_where_litellm_looks_for_them(
    path: Path, headroom: HeadroomCallback
) -> None:
    metadata = Metadata()
    litellm.callbacks = [headroom, metadata]
    messages, more = asked(path)
    own = {"team": "a"}
    with serving(say("Done.")) as upstream:
        await path.call(upstream, messages, {**more, "litellm_metadata": own})
        await logged(metadata.kept)

    (kept, *_) = cast("list[dict[str, object]]", metadata.kept)
    assert set(kept) == SAVINGS
    assert kept["source"] == "headroom"
    assert kept["tokens_before"] == headroom.savings.tokens_before
    assert "compression_savings" not in own
    assert "headroom" not in json.dumps(upstream.bodies[0].get("metadata", {}))


@pytest.mark.requirement("litellm.bypass")
@pytest.mark.parametrize(
    "given",
    [
        {"metadata": {"headroom_bypass": True, "mine": "1"}},
        {"litellm_metadata": {"headroom_bypass": "yes"}},
        {"extra_headers": {"X-Headroom-Bypass": "true"}},
    ],
    ids=["metadata", "litellm_metadata", "header"],
)
@pytest.mark.parametrize("path", ONE_OF_EACH, ids=lambda path: path.name)
async def test_a_call_can_be_left_alone(path: Path, given: Arguments, engine: Headroom) -> None:
    messages, more = asked(path)
    headroom = HeadroomCallback(engine=engine)
    with serving(say("Done.")) as upstream:
        await path.call(upstream, messages, more)
        litellm.callbacks = [headroom]
        await path.call(upstream, messages, {**more, **given})

    bare, left_alone = upstream.bodies
    metadata = left_alone.pop("metadata", {})
    assert left_alone == bare
    assert "headroom_bypass" not in json.dumps(metadata)
    assert headroom.savings.compressed == 0


def test_the_proxys_own_headers_can_ask_too() -> None:
    def asks(value: str) -> bool:
        return is_bypassed({"proxy_server_request": {"headers": {"x-headroom-bypass": value}}})

    assert asks("true")
    assert not asks("false")


async def test_nothing_needs_nothing(engine: Headroom) -> None:
    with serving(say("Hello.")) as upstream:
        given = {**openai(upstream), "messages": [{"role": "user", "content": "hi"}]}
        await litellm.acompletion(**given)
        litellm.callbacks = [HeadroomCallback(engine=engine)]
        await litellm.acompletion(**given)

    assert upstream.requests[0].raw == upstream.requests[1].raw


def test_wrong_settings_fail_at_once(engine: Headroom) -> None:
    with pytest.raises(ConfigError, match="give it or `settings`, not both"):
        HeadroomCallback(engine=engine, settings=Settings())
    with pytest.raises(ConfigError, match="`retrieval` must be a bool"):
        HeadroomCallback(retrieval=cast("bool", "yes"))
    with pytest.raises(ConfigError, match="answered here only"):
        HeadroomCallback(settings=Settings(surface="mcp"))
    HeadroomCallback(settings=Settings(surface="mcp"), retrieval=False)


def test_a_subclass_keeps_the_hooks_that_the_proxy_looks_up_by_class() -> None:
    class Mine(HeadroomCallback):
        pass

    class Own(HeadroomCallback):
        async def async_pre_call_hook(self, *_args: object, **_kwargs: object) -> None:
            """Something else."""

    assert "async_pre_call_hook" in vars(Mine)
    assert "async_post_call_response_headers_hook" in vars(Mine)
    assert Own.async_pre_call_hook is not HeadroomCallback.async_pre_call_hook


def test_the_instance_for_the_proxy_is_made_once() -> None:
    first = headroom_litellm.proxy_handler_instance

    assert isinstance(first, HeadroomCallback)
    assert headroom_litellm.proxy_handler_instance is first
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = cast("Any", headroom_litellm).nope


async def test_what_the_proxy_passes_through_is_lossless(headroom: HeadroomCallback) -> None:
    body: Arguments = {"messages": written([Turn("what?", LOG)], "anthropic"), "model": "m"}
    before = json.dumps(body)

    passed = await headroom.async_pre_call_hook(None, None, body, "pass_through_endpoint")
    bypassing: Arguments = {**body, "metadata": {"headroom_bypass": True, "user_id": "u"}}
    alone = await headroom.async_pre_call_hook(None, None, bypassing, "pass_through_endpoint")
    other = await headroom.async_pre_call_hook(None, None, body, "acompletion")
    odd = await headroom.async_pre_call_hook(None, None, {"a": 1}, "pass_through_endpoint")

    assert passed is not None
    assert len(json.dumps(passed)) < len(before) / 2
    assert json.dumps(body) == before
    assert alone == {**body, "metadata": {"user_id": "u"}}
    assert other is None
    assert odd == {"a": 1}


async def test_the_proxys_header_tells_the_tokens_saved(headroom: HeadroomCallback) -> None:
    messages, more = asked(BY_NAME["acompletion"])
    seen: list[Arguments] = []

    class Looking(CustomLogger):
        async def async_pre_call_deployment_hook(
            self, kwargs: Arguments, call_type: object
        ) -> None:
            seen.append(kwargs)

    litellm.callbacks = [headroom, Looking()]
    with serving(say("Done.")) as upstream:
        await litellm.acompletion(messages=messages, **{**openai(upstream), **more})

    headers = await headroom.async_post_call_response_headers_hook(seen[0], None, None)
    saved = headroom.savings.tokens_before - headroom.savings.tokens_after
    assert headers == {"x-headroom-tokens-saved": str(saved)}
    assert await headroom.async_post_call_response_headers_hook({}, None, None) is None


async def test_nothing_of_a_request_outlives_it(headroom: HeadroomCallback) -> None:
    path = BY_NAME["acompletion"]
    messages, more = asked(path)
    with serving(say("Done.")) as upstream:
        for _ in range(3):
            await path.call(upstream, messages, more)
    await GLOBAL_LOGGING_WORKER.flush()
    for _ in range(100):
        gc.collect()
        if len(headroom._requests) <= 1:
            break
        await asyncio.sleep(0.01)

    # LiteLLM itself may hold on to the record of its latest call.
    assert len(headroom._requests) <= 1


@pytest.mark.requirement("litellm.counter")
async def test_litellms_own_counter_is_never_called(
    headroom: HeadroomCallback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("it goes to a hub for the names of some models")

    monkeypatch.setattr(litellm, "token_counter", refuse)
    path = BY_NAME["acompletion"]
    messages, more = asked(path)
    with serving(say("Done.")) as upstream:
        given = {**more, "model": "hosted_vllm/meta-llama/Llama-3.1-8B"}
        await path.call(upstream, messages, given)

    assert headroom.savings.compressed == 1


def test_a_missing_litellm_is_named() -> None:
    code = "import sys; sys.modules['litellm'] = None\nimport headroom_litellm"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "headroom-gateway[litellm]" in done.stderr
    assert NAME not in done.stderr
