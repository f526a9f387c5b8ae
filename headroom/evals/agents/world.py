"""A world in which an agent works: a task, tools that read and change it, and when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.formats.wire import WireObject


class World(Protocol):
    """One task. A world is made anew for each run, the same from the same seed."""

    system: str
    """The rules."""
    task: str
    """What the user wants."""

    def tools(self) -> list[WireObject]:
        """The tools as a request of OpenAI's Chat Completions offers them."""
        ...

    def call(self, name: str, arguments: Mapping[str, object]) -> str:
        """Do what a call says; what is wrong with it is told and raises nothing."""
        ...

    def is_done(self) -> bool:
        """Whether the task is done, and nothing else was done."""
        ...

    def close(self) -> None:
        """Remove what the world has on disk."""
        ...


def tool(name: str, description: str, *parameters: str) -> WireObject:
    """A tool whose parameters are strings, all of them required."""
    schema: WireObject = {
        "type": "object",
        "properties": {each: {"type": "string"} for each in parameters},
        "required": list(parameters),
    }
    function: WireObject = {"name": name, "description": description, "parameters": schema}
    return {"type": "function", "function": function}


def text(arguments: Mapping[str, object], name: str) -> str:
    """An argument as text; empty where it is missing."""
    value = arguments.get(name, "")
    return value if isinstance(value, str) else str(value)
