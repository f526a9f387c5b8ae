"""Agents and teams at work with wrapped models: members, retries, fallbacks, guidance, lists."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from agno.exceptions import ModelProviderError, RetryableModelProviderError
from agno.models.message import Message
from agno.team import Team

from headroom_agno import HeadroomAgnoModel
from headroom_agno.offer import make_offer
from headroom_core.compressors.base import Compressor
from headroom_core.decoding import decode_text
from headroom_core.engine.headroom import Headroom
from headroom_core.notes import find_notes
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import NAME
from tests.agno.messages import asked, call, printed
from tests.agno.providers import LOG, model_for, read_log, words
from tests.agno.runs import MODES, Mode, agent_for, finished, responded
from tests.agno.scripted import Scripted, says
from tests.conversations import rows
from tests.upstream import Asked, Turn, serving

if TYPE_CHECKING:
    from headroom_core.compressors.base import Encoded, Hint
    from headroom_core.source import Source

FUNCTION: dict[str, Any] = {"type": "function", "function": {"name": "words", "parameters": {}}}


class Lists(Scripted):
    """A provider whose class puts all results of a turn into one message, as Gemini's did."""

    def format_function_call_results(
        self,
        messages: list[Message],
        function_call_results: list[Message],
        compress_tool_results: bool = False,
        **kwargs: Any,
    ) -> None:
        each = [done.to_function_call_dict() for done in function_call_results]
        contents = [done.content for done in function_call_results]
        messages.append(Message(role="tool", content=contents, tool_calls=each))


class Blocks(Scripted):
    """A provider whose class writes results as blocks of a user's message, as Bedrock's did."""

    def format_function_call_results(
        self,
        messages: list[Message],
        function_call_results: list[Message],
        compress_tool_results: bool = False,
        **kwargs: Any,
    ) -> None:
        blocks = [
            {"toolResult": {"toolUseId": done.tool_call_id, "content": [{"text": done.content}]}}
            for done in function_call_results
        ]
        messages.append(Message(role="user", content=blocks))


class Gemini(Scripted):
    """A provider with tools of its own, beside which it sends none of the agent's."""

    search: bool = True


class Counting(Scripted):
    """A provider that counts in its own way."""

    def count_tokens(
        self, messages: list[Message], tools: Any = None, output_schema: Any = None
    ) -> int:
        return sum(len(str(each.content)) for each in messages) + len(str(tools))


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(), store=MemoryStore())


@pytest.mark.requirement("agno.team")
@pytest.mark.parametrize("mode", MODES)
async def test_a_team_and_its_members_read_shorter_results(mode: Mode, engine: Headroom) -> None:
    member = Scripted(id="member", script=[says(None, call("c1", "read_log")), says("The pool.")])
    arguments = '{"member_id": "reader", "task": "Read the log."}'
    leader = Scripted(
        id="leader",
        script=[says(None, call("c2", "delegate_task_to_member", arguments)), says("Fix it.")],
    )
    wrapped = [HeadroomAgnoModel(each, engine=engine) for each in (member, leader)]
    reader = agent_for(wrapped[0], [read_log], name="reader")
    team = Team(members=[reader], model=wrapped[1], telemetry=False)

    done = await finished(team, "What failed?", mode)

    assert done.content.endswith("Fix it.")
    (text,) = member.sent[-1].results
    assert find_notes(text)
    assert "The pool." in leader.sent[-1].results[0]
    assert [NAME in str(each.tools) for each in (*member.sent, *leader.sent)] == [True] * 4
    assert [each.savings.requests for each in wrapped] == [2, 2]


@pytest.mark.requirement("agno.retries")
@pytest.mark.parametrize("mode", MODES)
async def test_attempts_are_not_multiplied(mode: Mode, engine: Headroom) -> None:
    error = ModelProviderError("busy", status_code=503)
    scripted = Scripted(script=[error, error, says("Hi.")], retries=2, delay_between_retries=0)
    model = HeadroomAgnoModel(scripted, engine=engine)

    done = await finished(agent_for(model, [words]), "Hello?", mode)

    assert done.content == "Hi."
    assert len(scripted.sent) == 3
    assert model.savings.requests == 1


@pytest.mark.requirement("agno.retries")
@pytest.mark.parametrize("mode", MODES)
async def test_guidance_is_given_and_taken_back_as_before(mode: Mode, engine: Headroom) -> None:
    def take_back(messages: list[Message]) -> None:
        if len(scripted.sent) > 1:
            scripted._remove_temporary_messages(messages)

    error = RetryableModelProviderError("bad call", retry_guidance_message="Write a good call.")
    scripted = Scripted(script=[error, says("Hi.")], while_called=take_back)
    model = HeadroomAgnoModel(scripted, engine=engine)
    messages = [
        Message(role="user", content="What failed?"),
        asked(call("c1", "read_log")),
        printed(LOG, "c1", "read_log"),
    ]

    await responded(model, mode, messages, tools=[FUNCTION])

    assert [len(each.messages) for each in scripted.sent] == [3, 4]
    assert scripted.sent[1].messages[-1].content == "Write a good call."
    assert scripted.sent[1].more["retry_with_guidance"]
    assert [each.role for each in messages] == ["user", "assistant", "tool", "assistant"]
    assert messages[2].content == LOG


def test_unchanged_messages_are_the_same_objects(engine: Headroom) -> None:
    scripted = Scripted(script=[says("Hi.")])
    messages = [Message(role="user", content="Hello?"), printed("ok", "c1", "words")]

    HeadroomAgnoModel(scripted, engine=engine).invoke(messages, tools=[FUNCTION])

    assert all(a is b for a, b in zip(messages, scripted.sent[0].messages, strict=True))


@pytest.mark.requirement("agno.lists")
@pytest.mark.parametrize("mode", MODES)
async def test_several_results_in_one_message_are_each_shortened(
    mode: Mode, engine: Headroom
) -> None:
    def users() -> str:
        """List users."""
        return rows(200)

    both = says(None, call("c1", "read_log"), call("c2", "users"))
    hidden = says(None, call("r1", NAME, '{"ref": "0123456789abcdef"}'))
    scripted = Lists(script=[both, hidden, says("Done.")])
    agent = agent_for(HeadroomAgnoModel(scripted, engine=engine), [read_log, users])

    await finished(agent, "What failed?", mode)

    (one,) = [each for each in scripted.sent[1].messages if each.role == "tool"]
    assert isinstance(one.content, list)
    log_view, table = one.content
    assert engine.store.get(find_notes(log_view)[0].ref) == LOG
    assert json.loads(decode_text(table, ())) == json.loads(rows(200))
    assert len(table) < len(rows(200)) / 2
    last = scripted.sent[2].messages[-1]
    assert isinstance(last.content, list)
    assert last.content[0].startswith("Error: no original `0123456789abcdef`")


async def test_blocks_of_a_provider_that_are_not_known_stay_as_they_are(engine: Headroom) -> None:
    scripted = Blocks(script=[says(None, call("c1", "read_log")), says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)

    agent_for(model, [read_log]).run("What failed?")

    block = scripted.sent[1].messages[-1].content
    assert block == [{"toolResult": {"toolUseId": "c1", "content": [{"text": LOG}]}}]


def test_where_the_provider_leaves_out_the_tools_nothing_is_hidden(engine: Headroom) -> None:
    scripted = Gemini(script=[says(None, call("c1", "read_log")), says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)

    agent_for(model, [read_log]).run("What failed?")

    assert NAME not in str(scripted.sent[0].tools)
    assert not find_notes(scripted.sent[1].results[0])
    assert make_offer(Gemini(), [FUNCTION], adds_tool=True).redeemable is False
    without = Gemini()
    without.search = False
    assert make_offer(without, [FUNCTION], adds_tool=True).added


def test_tools_of_the_provider_alone_are_no_reason_to_add_one() -> None:
    own: list[dict[str, object]] = [{"type": "web_search_preview"}, {"google_search": {}}]

    assert not make_offer(Scripted(), own, adds_tool=True).added
    assert make_offer(Scripted(), [*own, FUNCTION], adds_tool=True).added


@pytest.mark.requirement("agno.counting")
async def test_what_would_be_sent_is_what_is_counted(engine: Headroom) -> None:
    scripted = Counting()
    wrapped = HeadroomAgnoModel(scripted, engine=engine)
    messages = [
        Message(role="user", content="What failed?"),
        asked(call("c1", "read_log")),
        printed(LOG, "c1", "read_log"),
    ]
    before = copy.deepcopy(messages)

    counted = wrapped.count_tokens(messages, [FUNCTION])

    assert counted < scripted.count_tokens(messages, [FUNCTION]) / 3
    assert counted == await wrapped.acount_tokens(messages, [FUNCTION])
    assert counted < wrapped.count_tokens(messages)  # nothing is hidden without tools
    assert messages == before
    assert wrapped.savings.requests == 0


async def test_long_work_is_done_off_the_event_loop(engine: Headroom) -> None:
    scripted = Scripted(script=[says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)
    messages = [
        asked(call("c1", "read_log")),
        printed([LOG], "c1", "read_log"),
        asked(call("c2", "read_log")),
        printed(LOG, "c2", "read_log"),
    ]

    await model.ainvoke(messages=messages, tools=[FUNCTION])
    await model.ainvoke(messages=messages[2:], tools=[FUNCTION])

    assert [len(find_notes(str(each.messages[-1].content))) for each in scripted.sent] == [1, 1]


class Broken(Compressor):
    """A compressor with a bug."""

    name = "broken"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        raise RuntimeError("a bug")


@pytest.mark.swallows
@pytest.mark.requirement("agno.fail_open")
@pytest.mark.parametrize("mode", MODES)
async def test_a_bug_of_ours_never_fails_a_run(mode: Mode) -> None:
    engine = Headroom(Settings(), store=MemoryStore(), compressors=(Broken(),))
    scripted = Scripted(script=[says(None, call("c1", "read_log")), says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)

    done = await finished(agent_for(model, [read_log]), "Hm?", mode)

    assert done.content == "Done."
    assert scripted.sent[1].results == [LOG]
    assert "RuntimeError" in str(model.savings.warnings)


@pytest.mark.swallows
@pytest.mark.requirement("agno.fail_open")
@pytest.mark.parametrize("mode", MODES)
async def test_nothing_of_ours_can_fail_a_run(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("replay", "AgnoCodec"):
        monkeypatch.setattr(f"headroom_agno.request.{name}", None)
    monkeypatch.setattr("headroom_agno.model.make_offer", None)
    scripted = Counting(script=[says(None, call("c1", "read_log")), says("Done.")])
    model = HeadroomAgnoModel(scripted)

    done = await finished(agent_for(model, [read_log]), "Hm?", mode)

    assert done.content == "Done."
    assert [len(each.messages) for each in scripted.sent] == [1, 3]
    assert scripted.sent[1].results == [LOG]
    assert NAME not in str(scripted.sent[0].tools)
    assert "preparation of a request" in str(model.savings.warnings)
    assert model.count_tokens([Message(role="user", content="Hello?")]) > 0


@pytest.mark.swallows
@pytest.mark.requirement("agno.fail_open")
@pytest.mark.parametrize("mode", MODES)
async def test_a_bug_in_an_answer_leaves_the_call_to_agno(
    mode: Mode, engine: Headroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headroom_agno.exchange.ours_of", None)
    asks = says("Hm.", call("r1", NAME, "{}"), call("c1", "words"))
    scripted = Scripted(script=[asks, says("Done.")])
    model = HeadroomAgnoModel(scripted, engine=engine)

    done = await finished(agent_for(model, [words]), "Hm?", mode)

    assert done.content.endswith("Done.")
    assert "a few words" in scripted.sent[1].results
    assert "does not exist" in str(scripted.sent[1].results)
    assert "answer of a retrieval" in str(model.savings.warnings)


@pytest.mark.swallows
def test_a_piece_that_cannot_be_copied_goes_on(engine: Headroom) -> None:
    class Stuck(dict[str, Any]):
        def __deepcopy__(self, memo: object) -> None:
            raise RuntimeError("stuck")

    asks = says("Hm.")
    asks.tool_calls = [Stuck(call("c1", "words"))]
    model = HeadroomAgnoModel(Scripted(script=[asks, says("Done.")]), engine=engine)

    events = list(agent_for(model, [words]).run("Hm?", stream=True))

    assert "Done." in "".join(str(each.content) for each in events if hasattr(each, "content"))
    assert "listening to a stream" in str(model.savings.warnings)


def test_a_turn_with_calls_that_are_none_is_agnos(engine: Headroom) -> None:
    odd = {"id": "x", "type": "function", "function": None}
    scripted = Scripted(script=[says("Hm.", odd, call("r1", NAME, "{}"))])
    model = HeadroomAgnoModel(scripted, engine=engine)

    response = model.invoke([Message(role="user", content="Hm?")], tools=[FUNCTION])

    assert response is scripted.script[0]


async def test_calls_in_a_message_of_agnos_own_do_not_leak(engine: Headroom) -> None:
    """OpenAI's Responses class writes the calls of a stream into Agno's message as well."""
    ref = engine.store.put(LOG)
    with serving(_asks(ref)) as upstream:
        inner = model_for("OpenAIResponses", upstream)
        model = HeadroomAgnoModel(inner, engine=engine)
        message = Message(role="assistant")
        messages, tools = [Message(role="user", content="Hm?")], [copy.deepcopy(FUNCTION)]
        list(model.invoke_stream(messages, message, tools=tools))

    assert message.tool_calls is None


def _asks(ref: str) -> Turn:
    return Turn(text="Hm.", calls=(Asked(NAME, f'{{"ref": "{ref}"}}', "call_1"),))
