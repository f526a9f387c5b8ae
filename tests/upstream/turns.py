"""What a scripted model says in one turn, whatever the API it is asked through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One tool call that the model makes."""

    name: str
    arguments: str
    call_id: str = "call_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer of the model: some thinking, some text, some calls."""

    text: str = ""
    calls: tuple[Asked, ...] = ()
    thinking: str = ""
    """Only Anthropic's API has it, with a signature."""
    input_tokens: int = 100
    output_tokens: int = 10


def say(text: str) -> Turn:
    """A turn that is a text and nothing else."""
    return Turn(text=text)
