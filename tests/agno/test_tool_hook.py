"""A hook around tools shortens what they return, in every way that Agno calls them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from agno.tools.function import Function, ToolResult

from headroom_agno import HeadroomAgnoModel, HeadroomToolHook, HeadroomToolkit
from headroom_core.bypass import BYPASS_KEY
from headroom_core.decoding import decode_text
from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.agno.messages import call
from tests.agno.providers import HIDDEN, LOG, read_log
from tests.agno.runs import MODES, Mode, agent_for, finished
from tests.agno.scripted import Scripted, says


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


def media_log() -> ToolResult:
    """Read the log, with more beside it."""
    return ToolResult(content=LOG, metadata={"from": "disk"})


def odd() -> dict[str, int]:
    """Give what is no text."""
    return dict.fromkeys(LOG.splitlines(), 1)


async def later_log() -> str:
    """Read the log at leisure."""
    return LOG


def script_for(name: str) -> Scripted:
    return Scripted(script=[says(None, call("c1", name)), says("Done.")])


async def told(model: Any, hook: Any, mode: Mode, tools: list[Any], **more: Any) -> str:
    """Run an agent that calls one tool; what its run holds as the result."""
    agent = agent_for(model, tools, tool_hooks=[hook])
    await finished(agent, "What failed?", mode, **more)
    (text,) = model.sent[-1].results
    return str(text)


@pytest.mark.requirement("agno.tool_hook")
@pytest.mark.parametrize("mode", MODES)
async def test_a_result_is_shortened_at_its_source(mode: Mode, engine: Headroom) -> None:
    hook = HeadroomToolHook(engine=engine)

    text = await told(script_for("read_log"), hook, mode, [read_log])

    assert decode_text(text, ()) == LOG
    assert len(text) < len(LOG)
    assert (hook.savings.requests, hook.savings.compressed) == (1, 1)


@pytest.mark.requirement("agno.tool_hook")
@pytest.mark.parametrize("mode", ["arun", "astream"])
async def test_an_asynchronous_tool_is_awaited(mode: Mode, engine: Headroom) -> None:
    text = await told(script_for("later_log"), HeadroomToolHook(engine=engine), mode, [later_log])

    assert decode_text(text, ()) == LOG


@pytest.mark.requirement("agno.tool_hook")
@pytest.mark.parametrize("with_toolkit", [True, False])
async def test_a_view_is_only_made_where_the_original_can_be_asked_for(
    with_toolkit: bool, engine: Headroom
) -> None:
    tools: list[Any] = [Function(name="read_log", entrypoint=read_log)]
    if with_toolkit:
        tools.append(HeadroomToolkit(engine=engine))

    text = await told(script_for("read_log"), HeadroomToolHook(engine=engine), "run", tools)

    assert (HIDDEN in decode_text(text, ())) != with_toolkit
    notes = find_notes(text)
    assert [engine.store.get(note.ref) for note in notes] == [LOG] * with_toolkit


@pytest.mark.parametrize(
    ("tool", "retrieval", "hides"),
    [(Function(name=NAME), True, True), (Function(name=NAME), False, False)],
)
async def test_the_tool_may_come_from_elsewhere(
    tool: Function, retrieval: bool, hides: bool, engine: Headroom
) -> None:
    hook = HeadroomToolHook(engine=engine, retrieval=retrieval)

    text = await told(script_for("read_log"), hook, "run", [read_log, tool])

    assert bool(find_notes(text)) == hides


async def test_a_wrapped_model_brings_the_tool(engine: Headroom) -> None:
    scripted = script_for("read_log")
    model = HeadroomAgnoModel(scripted, engine=engine)

    text = await told(model, HeadroomToolHook(engine=engine), "run", [read_log])

    assert find_notes(text)
    assert model.savings.edits == 0


@pytest.mark.parametrize("mode", MODES)
async def test_what_stands_beside_a_text_stays(mode: Mode, engine: Headroom) -> None:
    hook = HeadroomToolHook(engine=engine)

    text = await told(script_for("media_log"), hook, mode, [media_log])

    assert decode_text(text, ()) == LOG
    done = hook("media_log", media_log, {})
    assert isinstance(done, ToolResult)
    assert done.metadata == {"from": "disk"}


def test_what_is_no_text_or_is_short_is_handed_on(engine: Headroom) -> None:
    hook = HeadroomToolHook(engine=engine)
    value = odd()

    assert hook("odd", lambda: value, {}) is value
    assert hook("words", lambda: "a few words", {}) == "a few words"


def test_a_run_can_ask_to_be_left_alone(engine: Headroom) -> None:
    hook = HeadroomToolHook(engine=engine)
    scripted = script_for("read_log")
    agent = agent_for(scripted, [read_log], tool_hooks=[hook])

    agent.run("What failed?", metadata={BYPASS_KEY: True})

    assert scripted.sent[-1].results == [LOG]
    assert hook.savings.bypassed == 1


@pytest.mark.requirement("agno.tool_hook")
def test_an_error_of_a_tool_is_its_own(engine: Headroom) -> None:
    def fails() -> str:
        raise ValueError("of the tool")

    with pytest.raises(ValueError, match="of the tool"):
        HeadroomToolHook(engine=engine)("fails", fails, {})


@pytest.mark.swallows
@pytest.mark.requirement("agno.fail_open")
def test_a_bug_of_ours_hands_the_result_on(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Headroom(Settings(), store=MemoryStore())
    hook = HeadroomToolHook(engine=engine)
    monkeypatch.setattr(engine, "compress_native", None)

    assert hook("read_log", read_log, {}) == LOG
    assert "TypeError" in str(hook.savings.warnings)


def test_copies_share_their_figures(engine: Headroom) -> None:
    hook = HeadroomToolHook(engine=engine)

    copy.deepcopy(hook)("read_log", read_log, {})

    assert hook.savings.requests == 1
