"""The protocol of a compressor and the values that pass between it and the engine.

A compressor is pure: the same text and hint give the same answer in every process. It does no
I/O, counts no tokens and knows no store. The engine decodes what claims to be lossless, counts,
stores, writes the header or the note, and alone decides what is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.keep import KeepRules
    from headroom_core.source import Source

Origin = Literal["file_read", "search", "command", "api", "retrieval", "unknown"]
MAX_DECODED_CHARS = 2**28
"""A decoder gives up beyond this, so that a forged count cannot fill the memory."""

Unit = Literal["lines", "rows", "items", "functions", "sentences", "bytes"]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A tool result that stands before the text in the same conversation."""

    original: str
    call_id: str = ""
    tool: str = ""
    path: str = ""
    whole: bool = True
    """Whether the model can read all of it in the conversation: verbatim or in a lossless form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is known about a text from the conversation before it: its causal context."""

    origin: Origin = "unknown"
    tool: str = ""
    arguments: str = ""
    command: str = ""
    """The shell command, when the call ran one."""
    path: str = ""
    """The file, when the call read one."""
    edited: bool = False
    """Whether the conversation has edited that file so far."""
    query: str = ""
    """The latest user text before the result."""
    is_error: bool = False
    legends: bool = False
    """Whether long ids may be named once in a legend (mode `max`)."""
    earlier: Sequence[Earlier] = ()
    """Earlier tool results of the conversation, oldest first."""
    keep: KeepRules | None = None
    """The caller's own must-keep rules."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A lossless form of a text.

    `legend` goes into the header and tells a reader who never saw the form how to read `body`;
    the decoder gets both back. It is one line without `]`.
    """

    legend: str
    body: str
    exact: bool = True
    """Whether the same bytes come back. A JSON form may give back only the same JSON."""


@dataclass(frozen=True, slots=True)
class View:
    """A lossy form: source units in source order, and form lines that say what is missing."""

    body: str
    unit: Unit
    shown: int
    total: int
    hides: str = ""
    """One phrase for the note about what is, or is not, among the hidden units."""
    required: int = 0
    """How many characters of `body` stand there whatever the budget: errors, rare values, hits."""
    stands: bool = False
    """Whether no shorter view of another kind takes its place: it holds what answers, and a view
    for any text would not."""


class Compressor(Protocol):
    """One shape of text. Override what the shape can do; the defaults decline."""

    name: str
    keeps_lines: bool = False
    """Whether every line that its lossless form shows is a line of the source as it stands there,
    perhaps with a mark after it. A file that was read is put into no other form, since its lines
    may be looked for when it is edited."""

    fits_any_text: bool = False
    """Whether its form is one for any text. Where that of a shape leaves less than half, it is not
    tried, since it would take its time and memory in vain."""

    last_resort: bool = False
    """Whether its view is only for a text of which no other compressor before it has one."""

    def unavailable(self) -> str | None:
        """Say what of it is off because an extra is not installed, and how to get it."""
        return None

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        """Return a lossless form, or `None` when this text is not of this shape.

        Saying no must be cheap: look at `source.head` first.
        """
        del source, hint
        return None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        """Give the text back from its form. `context` holds the texts of earlier tool results."""
        del legend, body, context
        raise DecodeError(f"`{self.name}` has no lossless form")

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        """Return a lossy view of about `room` characters, or `None`.

        What law 8 demands (errors, rare values, query hits) is in it even when it takes more room.
        """
        del source, hint, room
        return None

    def claims(self, source: Source, hint: Hint) -> bool:
        """Say whether a text of which this has no view is to have none by another compressor."""
        del source, hint
        return False
