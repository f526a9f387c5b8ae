"""Batches: each request in them is shortened, nothing is hidden, and nothing else changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2
import pytest

from headroom_asgi import Rewriter
from headroom_core.conversations import decode_messages
from headroom_core.engine.headroom import Headroom
from headroom_core.formats.wire import WireObject, is_array, is_object
from headroom_core.savings import Ledger
from headroom_core.settings import Settings
from headroom_proxy.batch import Batch
from tests.conversations import Turn, log, written
from tests.proxy.raw import Conversation, RawUpstream, head_and_body, raw_serving
from tests.proxy.running import Running, proxying

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/v1/messages/batches"
TOOL: WireObject = {"name": "run_command", "input_schema": {"type": "object"}}
MESSAGES = [
    written([Turn("What failed?", log(1_500, fatal_at=70))], "anthropic"),
    written(
        [Turn("And here?", json.dumps([{"id": n, "state": "ok"} for n in range(90)]))], "anthropic"
    ),
    written([Turn("Short", "nothing to do")], "anthropic"),
]


def answer(conversation: Conversation) -> None:
    conversation.send_json(b'{"id": "msgbatch_1",  "processing_status": "in_progress"}')


@pytest.fixture(scope="module")
def upstream() -> Iterator[RawUpstream]:
    with raw_serving(answer) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(upstream: RawUpstream) -> Iterator[Running]:
    with proxying(upstream.url) as running:
        yield running


def a_batch(messages: list[list[WireObject]] = MESSAGES) -> WireObject:
    return {
        "requests": [
            {
                "custom_id": f"r{number}",
                "params": {"model": "claude", "max_tokens": 9, "tools": [TOOL], "messages": each},
            }
            for number, each in enumerate(messages)
        ]
    }


def raw_of(batch: WireObject) -> bytes:
    return json.dumps(batch, indent=1).replace('"max_tokens": 9', '"max_tokens":  9E0').encode()


def sent_through(
    proxy: Running, upstream: RawUpstream, raw: bytes, path: str = PATH, **headers: str
) -> tuple[bytes, httpx2.Response]:
    """What reached the upstream, and what came back."""
    given = {"content-type": "application/json", **headers}
    response = httpx2.post(proxy.url + path, content=raw, headers=given, timeout=60)
    return head_and_body(upstream.requests[-1])[1], response


def requests_of(raw: bytes) -> list[WireObject]:
    requests = json.loads(raw)["requests"]
    assert is_array(requests)
    return [each for each in requests if is_object(each)]


def messages_of(request: WireObject) -> list[object]:
    params = request["params"]
    assert is_object(params)
    messages = params["messages"]
    assert is_array(messages)
    return messages


@pytest.mark.requirement("proxy.spliced")
def test_every_request_is_shortened_and_nothing_is_hidden(
    proxy: Running, upstream: RawUpstream
) -> None:
    batch = a_batch()
    raw = raw_of(batch)

    sent, response = sent_through(proxy, upstream, raw)

    assert len(sent) < len(raw) / 2
    assert sent.count(b'"max_tokens":  9E0') == 3
    for request, original in zip(requests_of(sent), requests_of(raw), strict=True):
        assert decode_messages(messages_of(request)) == messages_of(original)
        without = [
            {**each, "params": {**_params(each), "messages": 0}} for each in (request, original)
        ]
        assert without[0] == without[1]
    assert response.json() == {"id": "msgbatch_1", "processing_status": "in_progress"}
    assert int(response.headers["x-headroom-tokens-saved"]) > 1_000
    assert "x-headroom-prefix" not in response.headers


def _params(request: WireObject) -> WireObject:
    params = request["params"]
    assert is_object(params)
    return params


def test_each_request_counts_by_itself(upstream: RawUpstream) -> None:
    with proxying(upstream.url) as proxy:
        sent_through(proxy, upstream, raw_of(a_batch()))

        savings = proxy.gateway.savings

    assert (savings.requests, savings.compressed, savings.overhead) == (3, 2, 0)
    assert savings.tokens_saved > 1_000


ODD: list[object] = [
    {"requests": "all"},
    {"requests": []},
    {"requests": [5, {}, {"params": 5}, {"params": {"messages": "hi"}}]},
    [1],
    a_batch(MESSAGES[2:]),
]


@pytest.mark.requirement("proxy.untouched")
@pytest.mark.parametrize("odd", ODD, ids=["text", "empty", "wrong", "list", "short"])
def test_a_batch_without_anything_to_shorten_arrives_as_it_was_sent(
    proxy: Running, upstream: RawUpstream, odd: object
) -> None:
    raw = json.dumps(odd, indent=2).encode()

    assert sent_through(proxy, upstream, raw)[0] == raw


@pytest.mark.requirement("proxy.untouched")
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PATH, {"x-headroom-bypass": "true"}),
        (f"{PATH}/b1/cancel", {}),
        ("/v1/batches", {}),
    ],
    ids=["bypass", "cancel", "openai"],
)
def test_what_is_not_to_be_shortened_arrives_as_it_was_sent(
    proxy: Running, upstream: RawUpstream, path: str, headers: dict[str, str]
) -> None:
    raw = raw_of(a_batch())

    sent, response = sent_through(proxy, upstream, raw, path, **headers)

    assert sent == raw
    assert response.headers.get("x-headroom-tokens-saved", "0") == "0"


def a_rewriter() -> Rewriter:
    return Rewriter(Headroom(Settings(store="memory://")), Ledger())


def test_a_request_in_which_a_key_stands_twice_leaves_the_batch_alone() -> None:
    raw = raw_of(a_batch())
    twice = b'{"requests": [],' + raw[1:]
    rewriter = a_rewriter()

    made = Batch(rewriter, twice, bypass=False).finish()

    assert made.raw is twice
    assert any("spliced" in warning for warning in rewriter.ledger.savings().warnings)


@pytest.mark.swallows
@pytest.mark.requirement("proxy.fail_open")
def test_an_error_of_ours_leaves_a_batch_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Headroom, "compress", fail)
    raw = raw_of(a_batch())
    rewriter = a_rewriter()

    made = Batch(rewriter, raw, bypass=False).finish()

    assert made.raw is raw
    assert any("RuntimeError" in warning for warning in rewriter.ledger.savings().warnings)
