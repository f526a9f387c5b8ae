"""The service behind the HTTP routes: what guardrail clients send and what they expect."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.savings import Ledger
from headroom_core.service import compress_reply, retrieve_reply
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from headroom_core.store.base import Store

LOG = "\n".join(
    f"2024-05-0{n % 9 + 1} 10:{n % 60:02d}:00 {'ERROR disk full' if n == 777 else 'INFO request'} "
    f"id={n * 7919 % 10007} took {n * 31 % 997} ms from host-{n % 13}"
    for n in range(1_500)
)


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


def rows(text: str = LOG) -> list[object]:
    # A guardrail strips the id of a call from flattened results.
    return [{"role": "user", "content": "which request failed?"}, {"role": "tool", "content": text}]


def test_the_answer_keeps_count_and_roles_and_names_the_refs(engine: Headroom) -> None:
    reply = compress_reply(
        engine, {"messages": rows(), "model": "gpt-4o", "config": {"mode": "ccr"}}
    )

    assert reply.status == 200
    body = json.loads(json.dumps(reply.body))
    assert [row["role"] for row in body["messages"]] == ["user", "tool"]
    assert body["tokens_saved"] == body["tokens_before"] - body["tokens_after"] > 0
    (ref,) = body["ccr_hashes"]
    assert retrieve_reply(engine.store, ref, {}).body["original_content"] == LOG
    assert body["transforms_applied"]


def test_without_the_mode_nothing_is_hidden(engine: Headroom) -> None:
    reply = compress_reply(engine, {"messages": rows(), "model": "gpt-4o"})

    assert reply.body["ccr_hashes"] == []


@pytest.mark.parametrize(
    "body", [None, [], {}, {"messages": 5}, {"messages": [], "model": 5}, {"messages": "text"}]
)
def test_a_wrong_body_is_a_bad_request(engine: Headroom, body: object) -> None:
    assert compress_reply(engine, body).status == 400


def test_an_engine_that_refuses_is_a_bad_request(
    engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise ConfigError("no")

    monkeypatch.setattr(engine, "compress", refuse)

    assert compress_reply(engine, {"messages": []}).body["error"] == "no"


def test_a_question_is_answered_within_the_default_budget() -> None:
    store = MemoryStore()
    ref = store.put(LOG)

    reply = retrieve_reply(store, ref, {"query": "disk full"})

    assert "ERROR disk full" in str(reply.body["original_content"])
    assert len(str(reply.body["original_content"])) < len(LOG) / 4
    assert reply.body["exact"] is False
    assert retrieve_reply(store, ref, {"query": ""}).body["original_content"] == LOG
    where = retrieve_reply(store, ref, {"where": "level = ERROR", "max_tokens": "200"})
    assert where.body["shown"] == [[778, 778]]


@pytest.mark.parametrize(
    "asked",
    [{"nope": "1"}, {"max_tokens": "many"}, {"max_tokens": "5"}, {"lines": "x"}, {"cursor": "x"}],
)
def test_a_wrong_parameter_is_a_bad_request(asked: dict[str, str]) -> None:
    store = MemoryStore()

    assert retrieve_reply(store, store.put(LOG), asked).status == 400


def test_evicted_and_unknown_are_different_answers() -> None:
    store = MemoryStore()
    ref = store.put(LOG)
    store.evict(ref)

    assert retrieve_reply(store, ref, {}).body["reason"] == "evicted"
    assert retrieve_reply(store, "0" * 16, {}).body["reason"] == "unknown"
    assert retrieve_reply(store, "0" * 16, {}).status == 404


def test_a_store_that_cannot_be_read_is_unavailable() -> None:
    store: Store = MemoryStore()
    ref = store.put(LOG)
    store.close()

    reply = retrieve_reply(store, ref, {})

    assert reply.status == 503
    assert reply.body["reason"] == "unavailable"


def test_a_ledger_takes_in_what_was_saved(engine: Headroom) -> None:
    ledger = Ledger()
    reply = compress_reply(engine, {"messages": rows(), "model": "gpt-4o"}, ledger=ledger)

    assert ledger.savings().tokens_saved == reply.body["tokens_saved"]
