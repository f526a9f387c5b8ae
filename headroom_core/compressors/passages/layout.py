"""The layout of a text: its units, and the sections and paragraphs that they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["sentence", "heading", "head", "frame", "item", "code", "row"]


class Unit(NamedTuple):
    """A piece of a text that is shown whole or not at all."""

    start: int
    end: int
    kind: Kind
    block: int
    """The paragraph, list item, table or code block."""
    section: int
    leads: tuple[int, ...]
    """The units without which this one cannot be read."""


@dataclass(slots=True)
class Layout:
    """The units of a text in order. What stands between two of them says nothing on its own."""

    text: str
    units: list[Unit] = field(default_factory=list[Unit])
    titles: list[str] = field(default_factory=lambda: [""])
    """The title of each section; the first one is what stands before any heading."""
    within: list[int] = field(default_factory=lambda: [0])
    """The section around each section; itself for the outermost."""
    blocks: int = 0
    inline: bool = False
    """Whether gaps are marked inside the lines, since units stand within a structure."""

    def text_of(self, unit: Unit) -> str:
        """The unit as it stands in the text."""
        return self.text[unit.start : unit.end]
