"""Run agents and teams in each of Agno's four ways, and compare what was sent."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from agno.agent import Agent
from agno.db.in_memory import InMemoryDb
from agno.run.agent import RunCompletedEvent, RunOutput
from agno.run.team import RunCompletedEvent as TeamRunCompletedEvent
from agno.run.team import TeamRunOutput

from headroom_core.formats.wire import is_array, is_object
from tests.agno.providers import items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agno.models.message import Message

    from tests.upstream import Upstream

Mode = Literal["run", "stream", "arun", "astream"]
MODES: tuple[Mode, ...] = ("run", "stream", "arun", "astream")
Path = tuple[str | int, ...]


def agent_for(model: Any, tools: Sequence[Any] = (), **given: Any) -> Any:
    """An agent; `Any`, since the types of its methods are open in places."""
    return Agent(model=model, tools=list(tools), telemetry=False, **given)


def session() -> dict[str, Any]:
    """What lets an agent remember."""
    db: Any = InMemoryDb
    return {"db": db(), "session_id": "s", "add_history_to_context": True}


async def finished(who: Any, question: str, mode: Mode, **more: Any) -> Any:
    """Ask, and return what the run came to: its output, or the event that ends its stream."""
    done: Any
    match mode:
        case "run":
            done = who.run(question, **more)
        case "arun":
            done = await who.arun(question, **more)
        case "stream":
            done = list(who.run(question, stream=True, stream_events=True, **more))[-1]
        case "astream":
            events = who.arun(question, stream=True, stream_events=True, **more)
            done = [event async for event in events][-1]
    assert isinstance(done, (RunOutput, TeamRunOutput, RunCompletedEvent, TeamRunCompletedEvent))
    return done


async def responded(model: Any, mode: Mode, messages: list[Message], **more: Any) -> None:
    """Let a model respond by itself; it adds to the messages."""
    match mode:
        case "run":
            model.response(messages, **more)
        case "arun":
            await model.aresponse(messages, **more)
        case "stream":
            list(model.response_stream(messages, **more))
        case "astream":
            [each async for each in model.aresponse_stream(messages, **more)]


def only_grows(upstream: Upstream) -> bool:
    """Whether each request begins with all that the one before it had."""
    sent = [items(body) for body in upstream.bodies]
    return all(after[: len(before)] == before for before, after in pairwise(sent))


def differences(one: object, other: object, path: Path = ()) -> list[Path]:
    """Where two JSON values differ."""
    if is_object(one) and is_object(other):
        keys = dict.fromkeys([*one, *other])
        found = [differences(one.get(key), other.get(key), (*path, key)) for key in keys]
    elif is_array(one) and is_array(other) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        found = [differences(a, b, (*path, index)) for index, (a, b) in pairs]
    else:
        return [] if one == other else [path]
    return [each for some in found for each in some]
