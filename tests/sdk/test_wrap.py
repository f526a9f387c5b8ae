"""`with_headroom` gives the same kind of client back and leaves the one it was given alone."""

from __future__ import annotations

import builtins
import gc
import inspect
import subprocess
import sys
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest
from anthropic import (
    Anthropic,
    AnthropicFoundry,
    AsyncAnthropic,
    Middleware,
)
from anthropic.lib.bedrock import AnthropicBedrock, AsyncAnthropicBedrock
from anthropic.lib.credentials import AccessToken
from anthropic.lib.vertex import AnthropicVertex, AsyncAnthropicVertex
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI

from headroom_core.bypass import BYPASS_HEADER
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.savings import Savings
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_sdk import ClientHeadroom, headroom_of, with_headroom, withHeadroom
from headroom_sdk.anthropic_client import HeadroomMiddleware
from tests.sdk.asked import LONG, asked, conversation, curious, says, tool
from tests.sdk.paths import PATHS, settled
from tests.upstream import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.formats import WireFormat

    Connect = Callable[..., Any]

AZURE = {"azure_endpoint": "https://example.com", "api_key": "k", "api_version": "2025-01-01"}
AWS = {"aws_region": "eu-west-1", "aws_access_key": "a", "aws_secret_key": "b"}
VERTEX = {"region": "europe-west1", "project_id": "p", "access_token": "t"}
CLIENTS: list[tuple[Any, dict[str, str]]] = [
    (OpenAI, {"api_key": "k"}),
    (AsyncOpenAI, {"api_key": "k"}),
    (AzureOpenAI, AZURE),
    (AsyncAzureOpenAI, AZURE),
    (Anthropic, {"api_key": "k"}),
    (AsyncAnthropic, {"api_key": "k"}),
    (AnthropicBedrock, AWS),
    (AsyncAnthropicBedrock, AWS),
    (AnthropicVertex, VERTEX),
    (AsyncAnthropicVertex, VERTEX),
    (AnthropicFoundry, {"api_key": "k", "resource": "r"}),
]


@pytest.mark.requirement("sdk.same_client")
@pytest.mark.parametrize(
    ("kind", "options"), CLIENTS, ids=lambda value: getattr(value, "__name__", "")
)
async def test_the_same_kind_of_client_comes_back_and_its_copies_keep_it(
    kind: Any, options: dict[str, str]
) -> None:
    client = kind(**options)

    ours = with_headroom(client)

    assert isinstance(ours, kind)
    assert type(ours).__name__ == kind.__name__
    assert type(ours).__module__ == kind.__module__
    assert ours is not client
    assert ours.user_agent == client.user_agent
    assert inspect.signature(ours.copy) == inspect.signature(client.copy)
    with pytest.raises(ConfigError, match="was not given to `with_headroom`"):
        headroom_of(client)
    assert type(client) is kind
    assert isinstance(ours.headroom, ClientHeadroom)
    assert headroom_of(ours) is ours.headroom
    assert ours.headroom.savings == Savings()
    for copied in (ours.copy(), ours.with_options(timeout=3), ours.with_options().copy()):
        assert isinstance(copied, kind)
        assert copied.headroom is ours.headroom
    await settled(client.close())


def test_the_engine_of_the_settings_is_shared_and_one_may_be_given(connect: Connect) -> None:
    engine = Headroom(Settings(), store=MemoryStore())
    client = connect("openai_chat", "http://127.0.0.1:9")

    assert withHeadroom is with_headroom
    assert with_headroom(client).headroom.engine is with_headroom(client).headroom.engine
    assert with_headroom(client, engine=engine).headroom.engine is engine
    assert "0 of 0 tokens saved" in repr(with_headroom(client).headroom)


@pytest.mark.parametrize("shape", ["openai_chat", "anthropic"])
async def test_a_wrapped_client_is_wrapped_anew_and_not_twice(shape: str, connect: Connect) -> None:
    with serving(says("x")) as upstream:
        once = with_headroom(connect(shape, upstream.url), settings=Settings(mode="lossless"))
        twice = with_headroom(once)
        path = next(each for each in PATHS if each.shape == shape)
        call = asked(path.shape, conversation(path.shape, LONG), tools=[tool(path.shape)])
        await path.ask(twice, call)

    assert once.headroom.savings.requests == 0
    assert twice.headroom.savings.requests == 1
    assert once.copy().headroom is once.headroom


async def test_middleware_stays_the_callers_own_and_copies_with_another_keep_headroom(
    connect: Connect,
) -> None:
    bare = connect("anthropic", "http://127.0.0.1:9", middleware=[Inner()])
    ours = with_headroom(bare)

    assert ours.middleware == bare.middleware
    assert ours.with_options(middleware=[]).middleware == ()
    assert ours.with_options(middleware=[]).headroom is ours.headroom


@pytest.mark.requirement("sdk.same_client")
@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
@pytest.mark.parametrize("shape", ["openai_chat", "anthropic"])
@pytest.mark.parametrize("has_tools", [True, False], ids=["tools", "no tools"])
async def test_a_client_that_checks_answers_strictly_still_does(
    sync: bool, shape: WireFormat, has_tools: bool, connect: Connect
) -> None:
    tools = {"tools": [tool(shape)]} if has_tools else {}
    call = asked(shape, conversation(shape, "short"), **tools)
    with serving({"id": 1}) as upstream:
        client = connect(shape, upstream.url, sync=sync, _strict_response_validation=True)
        ours = with_headroom(client)
        resource = ours.messages if shape == "anthropic" else ours.chat.completions

        with pytest.raises(
            (anthropic.APIResponseValidationError, openai.APIResponseValidationError)
        ):
            await settled(resource.create(**call))


@pytest.mark.skipif(
    "_enforce_credentials" not in inspect.signature(OpenAI).parameters,
    reason="older versions make no clients without credentials",
)
@pytest.mark.parametrize("kind", [OpenAI, AsyncOpenAI])
def test_a_client_without_credentials_can_be_wrapped(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    client = kind(_enforce_credentials=False)

    assert with_headroom(client).api_key == client.api_key


@pytest.mark.parametrize("kind", [AnthropicVertex, AsyncAnthropicVertex])
async def test_an_empty_project_is_not_taken_from_the_environment(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_VERTEX_PROJECT_ID", "another")
    call = asked("anthropic", conversation("anthropic", "short"))
    with serving(says("x")) as upstream:
        client = kind(base_url=upstream.url, **{**VERTEX, "project_id": ""})
        ours = with_headroom(client)
        # Older versions send it, and newer ones say what is wrong.
        with suppress(ValueError):
            await settled(ours.messages.create(**call))
        await settled(client.close())

    assert ours.project_id == ""
    assert "another" not in str([each.path for each in upstream.requests])


@pytest.mark.parametrize("base", [Anthropic, AsyncAnthropic])
async def test_a_class_of_the_callers_own_keeps_its_credentials(
    base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    kind: Any = type("Own", (base,), {})

    def credentials(**how: object) -> AccessToken:
        return AccessToken(token="secret", expires_at=None)

    with serving(says("x")) as upstream:
        client = kind(base_url=upstream.url, credentials=credentials)
        ours = with_headroom(client)
        await settled(
            ours.messages.create(**asked("anthropic", conversation("anthropic", "short")))
        )
        await settled(client.close())

    assert [each.headers["authorization"] for each in upstream.requests] == ["Bearer secret"]


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
async def test_what_is_no_conversation_is_asked_as_by_the_bare_client(
    sync: bool, connect: Connect
) -> None:
    with serving(says("x"), says("x")) as upstream:
        bare = connect("anthropic", upstream.url, sync=sync)
        for client in (bare, with_headroom(bare)):
            extra = {BYPASS_HEADER: "true"} if client is not bare else {}
            options = {"headers": extra}
            await settled(client.post("/v1/other", body={}, cast_to=object, options=options))

    sent, same = (each.headers for each in upstream.requests)
    assert same == sent


@pytest.mark.parametrize("sync", [True, False], ids=["sync", "async"])
async def test_what_is_assigned_to_a_client_later_holds_for_its_next_conversation(
    sync: bool, connect: Connect
) -> None:
    call = asked("anthropic", conversation("anthropic", "short"))
    with serving(says("x"), says("x"), says("x")) as upstream:
        ours = with_headroom(connect("anthropic", upstream.url, sync=sync))
        await settled(ours.messages.create(**call))
        ours.api_key = "another"
        for _ in range(2):
            await settled(ours.messages.create(**call))

    # Which header it stands in depends on the version.
    assert ["another" in str(each.headers) for each in upstream.requests] == [False, True, True]


async def test_a_copy_that_nobody_holds_is_not_kept_alive(connect: Connect) -> None:
    with serving(says("x")) as upstream:
        ours = with_headroom(connect("anthropic", upstream.url))
        copied = ours.with_options(middleware=[Inner()])
        copied.messages.create(**asked("anthropic", conversation("anthropic", "short")))
        seen = weakref.ref(copied)
        del copied
        gc.collect()

    assert seen() is None


async def test_other_middleware_stays_and_sees_the_callers_own_request(connect: Connect) -> None:
    seen: list[int] = []

    class Watching(Middleware):
        def handle(self, request: Any, call_next: Any) -> Any:
            seen.append(len(str(request.json)))
            response = call_next(request)
            assert "269ms" in response.parse().content[0].text
            return response

    with serving(curious()) as upstream:
        bare = connect("anthropic", upstream.url, middleware=[Watching()])
        ours = with_headroom(bare)
        inner = ours.with_options(middleware=[*ours.middleware, Inner()])
        call = asked("anthropic", conversation("anthropic", LONG), tools=[tool("anthropic")])
        ours.messages.create(**call)
        final = inner.messages.create(**call)

    assert all(length > len(LONG) for length in seen)
    assert final.content[0].text == "It took 269ms."


class Inner(Middleware):
    """Middleware nearer to the provider, which parses what comes."""

    def handle(self, request: Any, call_next: Any) -> Any:
        response = call_next(request)
        response.parse()
        return response


async def test_what_another_middleware_answers_itself_is_handed_out(connect: Connect) -> None:
    class Cached(Middleware):
        def handle(self, request: Any, call_next: Any) -> Any:
            return "from a cache"

        async def handle_async(self, request: Any, call_next: Any) -> Any:
            return "from a cache"

    call = asked("anthropic", conversation("anthropic", LONG), tools=[tool("anthropic")])
    for sync in (True, False):
        bare = connect("anthropic", "http://127.0.0.1:9", sync=sync)
        ours = bare.with_options(middleware=[HeadroomMiddleware(), Cached()])

        assert await settled(ours.messages.create(**call)) == "from a cache"


@pytest.mark.parametrize("client", [None, object(), OpenAI, "openai", __import__("openai")])
def test_what_is_no_client_is_a_clear_error(client: object) -> None:
    with pytest.raises(ConfigError, match="`client` must be a client of the OpenAI or Anthropic"):
        with_headroom(client)


@pytest.mark.parametrize("package", ["openai", "anthropic"])
def test_a_thing_of_an_sdk_that_is_no_client_is_a_clear_error(package: str) -> None:
    other = type("Stream", (), {"__module__": f"{package}._streaming"})()

    with pytest.raises(ConfigError, match="got Stream"):
        with_headroom(other)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retrieval": "yes"}, "`retrieval` must be a bool"),
        ({"engine": "fast"}, "`engine` must be a `Headroom`"),
        ({"settings": "fast"}, "`settings` must be a `Settings`"),
    ],
)
def test_a_wrong_setting_is_an_error_at_once(options: Any, message: str, connect: Connect) -> None:
    with pytest.raises(ConfigError, match=message):
        with_headroom(connect("openai_chat", "http://127.0.0.1:9"), **options)


def test_settings_and_an_engine_exclude_each_other(connect: Connect) -> None:
    engine = Headroom(Settings(), store=MemoryStore())

    with pytest.raises(ConfigError, match="not both"):
        with_headroom(
            connect("openai_chat", "http://127.0.0.1:9"), settings=Settings(), engine=engine
        )


@pytest.mark.parametrize("package", ["openai", "anthropic"])
def test_an_absent_sdk_is_named_with_its_extra(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    stranger = type("Client", (), {"__module__": package})()
    monkeypatch.delitem(sys.modules, f"headroom_sdk.{package}_client")
    monkeypatch.delattr(f"headroom_sdk.{package}_client")
    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(MissingExtraError, match=rf"headroom-gateway\[{package}\]"):
        with_headroom(stranger)


@pytest.mark.requirement("sdk.light_import")
def test_importing_needs_neither_sdk() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['openai', 'anthropic', 'httpx', 'httpx2']))"
        "; import headroom_sdk; print(headroom_sdk.with_headroom.__name__)"
    )
    paths = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=paths
    )

    assert run.stdout.strip() == "with_headroom", run.stderr
