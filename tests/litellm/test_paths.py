"""On each path the model reads shorter tool results, once, and nothing else has changed."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import litellm
import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.formats.wire import is_array, is_object
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from headroom_litellm import HeadroomCallback
from tests.conversations import Turn, log, result_texts, rows, written
from tests.litellm.paths import PATHS, Arguments, Path, openai, tool
from tests.upstream import say, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conversations import Native, Wire
    from tests.upstream import Upstream

LOG = log(100, fatal_at=33)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAA=="
SCHEMA = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}


def plain(wire: Wire) -> tuple[list[Native], Arguments]:
    return written([Turn("what failed?", LOG)], wire), {}


def tools(wire: Wire) -> tuple[list[Native], Arguments]:
    return written([Turn("what failed?", LOG)], wire), {"tools": [tool("run_command", wire)]}


def parallel(wire: Wire) -> tuple[list[Native], Arguments]:
    turns = [Turn("both?", LOG), Turn("", rows(40), tool="http_get")]
    asked, call, result, _, other_call, other_result = written(turns, wire)
    if wire == "openai_responses":
        return [asked, call, other_call, result, other_result], tools(wire)[1]
    for ours, theirs, key in ((call, other_call, "tool_calls"), (call, other_call, "content")):
        mine, more = ours.get(key), theirs.get(key)
        if is_array(mine) and is_array(more):
            mine.extend(more)
    if wire == "anthropic":
        mine, more = result["content"], other_result["content"]
        assert is_array(mine)
        assert is_array(more)
        mine.extend(more)
        return [asked, call, result], tools(wire)[1]
    return [asked, call, result, other_result], tools(wire)[1]


def images(wire: Wire) -> tuple[list[Native], Arguments]:
    messages, more = tools(wire)
    url = f"data:image/png;base64,{PIXEL}"
    text = {"type": "text", "text": "see"}
    blocks: dict[Wire, list[object]] = {
        "openai_chat": [text, {"type": "image_url", "image_url": {"url": url}}],
        "openai_responses": [
            {"type": "input_text", "text": "see"},
            {"type": "input_image", "image_url": url, "detail": "auto"},
        ],
        "anthropic": [
            text,
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
            },
        ],
    }
    messages[0]["content"] = blocks[wire]
    return messages, more


def structured(wire: Wire) -> tuple[list[Native], Arguments]:
    messages, more = tools(wire)
    formats: dict[Wire, Arguments] = {
        "openai_chat": {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "a", "schema": SCHEMA, "strict": True},
            }
        },
        "openai_responses": {
            "text": {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA}}
        },
        "anthropic": {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    }
    return messages, {**more, **formats[wire]}


def cached(wire: Wire) -> tuple[list[Native], Arguments]:
    messages, more = tools(wire)
    if wire != "openai_responses":
        mark = {"type": "ephemeral"}
        messages[0]["content"] = [{"type": "text", "text": "what?", "cache_control": mark}]
    return messages, more


def thinking(wire: Wire) -> tuple[list[Native], Arguments]:
    messages, more = tools(wire)
    block: Native = {"type": "thinking", "thinking": "hm", "signature": "c2lnbmVk"}
    match wire:
        case "openai_chat":
            messages[1]["thinking_blocks"] = [block]
        case "openai_responses":
            item: Native = {"type": "reasoning", "id": "rs_1", "summary": []}
            messages.insert(1, {**item, "encrypted_content": "gAAAA"})
        case "anthropic":
            content = messages[1]["content"]
            assert is_array(content)
            content.insert(0, block)
            more = {**more, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    return messages, more


FEATURES: list[Callable[[Wire], tuple[list[Native], Arguments]]] = [
    plain,
    tools,
    parallel,
    images,
    structured,
    cached,
    thinking,
]

by_path = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
by_feature = pytest.mark.parametrize("feature", FEATURES, ids=lambda each: each.__name__)


@pytest.fixture(scope="module")
def engine() -> Headroom:
    """One for all: its memo makes each test quick, and may not change a byte."""
    return Headroom(Settings(result_budget=200), store=MemoryStore())


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with serving(say('{"why": "the pool"}')) as server:
        yield server


def differences(one: object, other: object, at: str = "") -> Iterator[tuple[str, object, object]]:
    """The places at which two JSON values differ."""
    if is_object(one) and is_object(other):
        for key in one.keys() | other.keys():
            yield from differences(one.get(key), other.get(key), f"{at}.{key}")
    elif is_array(one) and is_array(other) and len(one) == len(other):
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{at}.{index}")
    elif one != other:
        yield at, one, other


@pytest.mark.requirement("litellm.paths")
@by_feature
@by_path
async def test_what_is_sent_differs_in_the_shortened_texts_only(
    path: Path,
    feature: Callable[[Wire], tuple[list[Native], Arguments]],
    upstream: Upstream,
    engine: Headroom,
) -> None:
    messages, more = feature(path.wire)
    before = copy.deepcopy((messages, more))
    upstream.requests.clear()

    await path.call(upstream, messages, more)
    callback = HeadroomCallback(engine=engine)
    litellm.callbacks = [callback]
    await path.call(upstream, messages, more)

    bare, ours = upstream.bodies
    assert (messages, more) == before
    texts = result_texts(messages)
    found = list(differences(bare, ours))
    added = [each for each in found if each[0].startswith(".tools")]
    # A stream in which a call of ours may stand is asked for as a whole, and replayed.
    found = [each for each in found if each[:2] != (".stream", True)]
    changed = [each for each in found if each not in added]
    assert sorted(str(old) for _, old, _ in changed) == sorted(texts)
    assert all(len(str(new)) < len(str(old)) for _, old, new in changed)
    assert bool(added) == bool(path.answers and "tools" in more)
    assert all(NAME in json.dumps(new) and NAME not in json.dumps(old) for _, old, new in added)
    assert bool(find_notes(ours)) == bool(added)
    assert callback.savings.requests == 1
    assert callback.savings.compressed == 1


@pytest.mark.requirement("litellm.untouched")
async def test_other_kinds_of_calls_are_not_touched(
    upstream: Upstream, headroom: HeadroomCallback
) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.1]}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    text = {"text": "hi", "index": 0, "logprobs": None, "finish_reason": "stop"}
    with serving(
        {"object": "list", "data": [vector], "model": "m", "usage": usage},
        {"created": 1, "data": [{"url": "http://127.0.0.1/a.png"}]},
        {"id": "c", "object": "text_completion", "created": 1, "model": "m", "choices": [text]},
        {"id": "m", "model": "m", "results": [{"flagged": False}]},
    ) as server:
        given = openai(server)
        await litellm.aembedding(**{**given, "input": [LOG]})
        await litellm.aimage_generation(**{**given, "prompt": LOG})
        instruct = "text-completion-openai/gpt-3.5-turbo-instruct"
        await litellm.atext_completion(**{**given, "model": instruct, "prompt": LOG})
        await litellm.amoderation(**{**given, "input": LOG})

    assert [body.get("input", body.get("prompt")) for body in server.bodies] == [
        [LOG],
        LOG,
        LOG,
        LOG,
    ]
    assert headroom.savings.requests == 0


@pytest.mark.requirement("litellm.fail_open")
@pytest.mark.swallows
@by_path
async def test_an_error_of_ours_leaves_the_request_as_it_is(
    path: Path, upstream: Upstream, engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages, more = tools(path.wire)
    upstream.requests.clear()
    await path.call(upstream, messages, more)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "compress_native", fail)
    litellm.callbacks = [HeadroomCallback(engine=engine)]
    answer = await path.call(upstream, messages, more)

    assert answer is not None
    assert upstream.bodies[0] == upstream.bodies[1]


@pytest.mark.parametrize("retrieval", [True, False])
@by_path
async def test_without_retrieval_everything_is_lossless(
    path: Path, retrieval: bool, upstream: Upstream, engine: Headroom
) -> None:
    messages, more = tools(path.wire)
    litellm.callbacks = [HeadroomCallback(engine=engine, retrieval=retrieval)]
    upstream.requests.clear()
    await path.call(upstream, messages, more)

    (body,) = upstream.bodies
    hides = retrieval and path.answers
    assert (NAME in json.dumps(body)) == hides
    assert bool(find_notes(body)) == hides
