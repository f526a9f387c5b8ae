"""Agno's own compression, by us: `compressed_content` beside the whole `content`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from agno.models.message import Message

from headroom_agno import HeadroomAgnoModel, HeadroomCompressionManager, HeadroomToolkit
from headroom_core.compressors.base import Compressor
from headroom_core.decoding import decode_text
from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.agno.messages import asked, call, printed
from tests.agno.providers import (
    HIDDEN,
    LOG,
    PROVIDERS,
    answer,
    items,
    model_for,
    read_log,
    tool_names,
)
from tests.agno.runs import MODES, Mode, agent_for, finished, session
from tests.agno.scripted import Scripted, says
from tests.conversations import result_texts
from tests.upstream import Asked, Turn, say, serving

if TYPE_CHECKING:
    from headroom_core.compressors.base import Encoded, Hint
    from headroom_core.source import Source

READS = Turn(text="Reading.", calls=(Asked("read_log", "{}"),))


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


def compressing(model: Any, manager: Any, *more: Any) -> Any:
    """An agent with a manager, and more tools than the log."""
    return agent_for(model, [read_log, *more], compression_manager=manager, **session())


@pytest.mark.requirement("agno.compression_manager")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_short_text_is_sent_and_stored_beside_the_whole_one(
    provider: str, mode: Mode, engine: Headroom
) -> None:
    manager = HeadroomCompressionManager(engine=engine)
    with serving(READS, say("Done.")) as upstream:
        agent = compressing(model_for(provider, upstream), manager)
        await finished(agent, "What failed?", mode)
        await finished(agent, "And now?", mode)

    first, again = [result_texts(items(body)) for body in upstream.bodies[1:]]
    assert first == again
    assert decode_text(first[0], ()) == LOG
    assert len(first[0]) < len(LOG)
    session = agent.get_session()
    assert session is not None
    (stored,) = [each for each in session.get_messages() if each.role == "tool"]
    assert (stored.content, stored.compressed_content) == (LOG, first[0])
    assert manager.stats == {
        "tool_results_compressed": 1,
        "original_size": len(LOG),
        "compressed_size": len(first[0]),
    }
    assert manager.savings.requests == 3
    assert manager.savings.tokens_saved > 0


@pytest.mark.requirement("agno.compression_manager")
@pytest.mark.parametrize("mode", MODES)
async def test_with_the_toolkit_long_results_become_views(mode: Mode, engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine)
    with serving(answer) as upstream:
        toolkit = HeadroomToolkit(engine=engine)
        agent = compressing(model_for("OpenAIChat", upstream), manager, toolkit)
        done = await finished(agent, "What does the log say?", mode)

    assert done.content.endswith(HIDDEN)
    texts = result_texts(items(upstream.bodies[-1]))
    assert find_notes(texts[0])
    assert HIDDEN in texts[1]
    assert "compressed_content" not in str(upstream.bodies)


def test_with_a_wrapped_model_its_tool_will_do(engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine)
    with serving(answer) as upstream:
        model = HeadroomAgnoModel(model_for("OpenAIChat", upstream), engine=engine)
        agent = compressing(model, manager)
        run = agent.run("What does the log say?")

    assert str(run.content).endswith(HIDDEN)
    assert tool_names(upstream.bodies[0]) == ["read_log", NAME]
    assert manager.savings.tokens_saved > 0
    assert model.savings.edits == 0


def test_without_retrieval_nothing_is_hidden(engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine, retrieval=False)
    scripted = Scripted(script=[says(None, call("c1", "read_log")), says("Done.")])
    agent = compressing(scripted, manager, HeadroomToolkit(engine=engine))
    agent.run("What failed?")

    (sent,) = [each for each in scripted.sent[-1].messages if each.role == "tool"]
    assert decode_text(sent.compressed_content or "", ()) == LOG


def test_what_has_a_short_text_keeps_it(engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine)
    messages = [
        Message(role="user", content="What failed?"),
        asked(call("c1", "read_log"), call("c2", "words"), call("c3", "http_get")),
        printed(LOG, "c1", "read_log", compressed_content="61 lines"),
        printed("a few words", "c2", "words"),
        printed([{"type": "text", "text": LOG}], "c3", "http_get"),
    ]
    before = copy.deepcopy(messages)

    assert not manager.should_compress(messages)
    manager.compress(messages)

    assert messages == before


def test_it_can_be_switched_off(engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine)
    manager.compress_tool_results = False

    assert not manager.should_compress([printed(LOG, "c1", "read_log")])


async def test_long_work_is_done_off_the_event_loop_and_gives_the_same(engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine)
    long, short = [printed(LOG, "c1", "x")], [printed("retrying\n" * 99, "c1", "x")]

    for messages in (long, short):
        assert await manager.ashould_compress(messages)
        later = copy.deepcopy(messages)
        await manager.acompress(later)
        manager.compress(messages)
        assert later == messages
        assert messages[0].compressed_content


class Broken(Compressor):
    """A compressor with a bug."""

    name = "broken"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        raise RuntimeError("a bug")


@pytest.mark.swallows
@pytest.mark.requirement("agno.fail_open")
def test_a_bug_of_ours_leaves_the_results_as_they_are() -> None:
    engine = Headroom(Settings(), store=MemoryStore(), compressors=(Broken(),))
    manager = HeadroomCompressionManager(engine=engine)
    messages = [printed(LOG, "c1", "x")]

    assert not manager.should_compress(messages)
    manager.compress(messages)

    assert messages[0].compressed_content is None
    assert "RuntimeError" in str(manager.savings.warnings)


@pytest.mark.swallows
@pytest.mark.requirement("agno.fail_open")
def test_a_bug_beside_the_compression_fails_nothing_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Headroom(Settings(), store=MemoryStore())
    monkeypatch.setattr(engine, "compress_native", None)
    manager = HeadroomCompressionManager(engine=engine)

    assert not manager.should_compress([printed(LOG, "c1", "x")])
    manager.compress([printed(LOG, "c1", "x")])

    assert "TypeError" in str(manager.savings.warnings)


def test_copies_share_their_figures(engine: Headroom) -> None:
    manager = HeadroomCompressionManager(engine=engine)

    copy.deepcopy(manager).should_compress([printed(LOG, "c1", "x")])

    assert manager.savings.requests == 1
