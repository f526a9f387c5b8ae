"""The causal context: what the conversation says before a part, and nothing after it.

A pass walks the messages once. Beside the context it keeps a running digest of everything read so
far, which names the outcome of a message in the memo: two messages have the same name only if
they, and all messages before them, are the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from headroom_core.compressors.base import Earlier, Hint
from headroom_core.engine.words import own_words
from headroom_core.messages import Message, Part, Text, ToolCall, ToolResult
from headroom_core.origin import Provenance, edits_files, provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headroom_core.keep import KeepRules


class _Digest(Protocol):
    """What is used of a running hash; the library's own class is private to it."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    arguments: str
    came_from: Provenance


_ASKED_CHARS = 1_000
_AT_ONCE = 100_000
"""So many characters are made bytes at once: a copy of a long text would be as long."""
_NOTHING: Mapping[int, str] = MappingProxyType({})
_NO_CALL = _Call("", "", Provenance())


@dataclass(slots=True)
class Causal:
    """The state of one pass."""

    keep: KeepRules
    legends: bool
    words_only: bool = False
    """Whether of a user's message only the user's own words are the question."""
    query: str = ""
    earlier: list[Earlier] = field(default_factory=list[Earlier])
    _calls: dict[str, ToolCall] = field(default_factory=dict[str, ToolCall])
    _edits: list[str] = field(default_factory=list[str])
    _digest: _Digest = field(default_factory=hashlib.sha256)

    def read(self, message: Message) -> bytes:
        """Take note of a message's calls; return the name of everything read up to here."""
        digest = self._digest
        for part in message.parts:
            for some in _bytes_of(part):
                digest.update(some)
            if isinstance(part, ToolCall):
                self._calls[part.call_id] = part
                if edits_files(part.name, part.arguments):
                    self._edits.append(part.arguments)
        digest.update(f"\0{message.role}\0".encode())
        return digest.digest()

    def hint(self, part: Text | ToolResult, beside: Message | None = None) -> Hint:
        """What is known about a part before it is read.

        The question of what a user pasted stands in the message `beside` it.
        """
        call = self._call(part)
        return Hint(
            origin=call.came_from.origin,
            tool=call.name,
            arguments=call.arguments,
            command=call.came_from.command,
            path=call.came_from.path,
            edited=self.edited(call.came_from.path),
            query=self._question(beside) if beside else self.query,
            is_error=isinstance(part, ToolResult) and part.is_error,
            legends=self.legends,
            earlier=tuple(self.earlier),
            keep=self.keep,
        )

    def tool_of(self, part: Text | ToolResult) -> str:
        """The name of the tool behind a part, as far as the conversation tells."""
        return self._call(part).name

    def pass_by(
        self, message: Message, whole: Mapping[int, bool], sent: Mapping[int, str] = _NOTHING
    ) -> None:
        """Leave a message behind: its texts are context for what follows.

        `whole` says of the changed parts whether all of them can still be read, and `sent` what is
        sent instead of them.
        """
        for index, part in enumerate(message.parts):
            if isinstance(part, ToolResult):
                self.earlier.append(self._earlier(part, whole=whole.get(index, True)))
        if message.role == "user":
            # Read from what is sent, so that a request which brings that back asks the same.
            self.query = self._question(message, sent)

    def edited(self, path: str) -> bool:
        """Whether the conversation has edited a file so far."""
        return bool(path) and any(path in arguments for arguments in self._edits)

    def _question(self, message: Message, sent: Mapping[int, str] = _NOTHING) -> str:
        """What a user asks: the texts of a message, without the documents that it carries.

        A message without any words goes on with the question before it.
        """
        texts = [
            sent.get(index, part.text)
            for index, part in enumerate(message.parts)
            if isinstance(part, Text) and not part.pasted
        ]
        words = [own_words(text) for text in texts] if self.words_only else texts
        return "\n".join(map(_ends, words)) if any(words) else self.query

    def _earlier(self, part: ToolResult, *, whole: bool) -> Earlier:
        call = self._calls.get(part.call_id)
        path = provenance(call.name, call.arguments).path if call else ""
        tool = call.name if call else part.name
        return Earlier(part.text, part.call_id, tool, path, whole)

    def _call(self, part: Text | ToolResult) -> _Call:
        if isinstance(part, Text):
            return _NO_CALL
        call = self._calls.get(part.call_id)
        if call is None:
            return _Call(part.name, "", provenance(part.name, ""))
        return _Call(call.name, call.arguments, provenance(call.name, call.arguments))


def _ends(text: str) -> str:
    """A user's text; of a long one its two ends, where the question around a document stands."""
    return text if len(text) <= 2 * _ASKED_CHARS else text[:_ASKED_CHARS] + text[-_ASKED_CHARS:]


def _bytes_of(part: Part) -> Iterator[bytes]:
    """What a part says, in bytes that no other part has. Every part of every request comes by."""
    match part:
        case Text():
            head, text = f"{'pasted' if part.pasted else 'text'}\0{len(part.text)}\0", part.text
        case ToolCall():
            text = f"{part.call_id}{part.name}{part.arguments}"
            head = f"call\0{len(part.call_id)}\0{len(part.name)}\0{len(text)}\0"
        case ToolResult():
            kind, text = "error" if part.is_error else "result", part.text
            sizes = f"{len(part.call_id)}\0{len(part.name)}\0{len(text)}"
            head = f"{kind}\0{sizes}\0{part.call_id}{part.name}"
        case _:
            yield b"other\0"
            return
    yield f"{head}{text[:_AT_ONCE]}".encode("utf-8", "surrogatepass")
    for at in range(_AT_ONCE, len(text), _AT_ONCE):
        yield text[at : at + _AT_ONCE].encode("utf-8", "surrogatepass")
