"""Digests of what providers cache of a request: model, tools, system text, messages. No text."""

from __future__ import annotations

import json
import re
import sys
from array import array
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING
from zlib import crc32

from headroom_asgi.rewrite import NO_NAMES, Names
from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.memo import Memo
from headroom_core.retrieve_loop.offer import name_of
from headroom_proxy.digest_table import DigestTable

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat

MEMO_BYTES = 2**20
"""Memory for the digests of tools that were seen before, and as much for those of system texts."""
_TOOL_BYTES = 240
_TEXT_BYTES = 400
_MESSAGE_BYTES = 240
_REQUEST_BYTES = 500
"""What each takes, in the map by which a request is found too."""

_UNCACHED = frozenset({"cache_control", "id", "status"})
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|\d\d?:\d\d(?::\d\d)?(?:\.\d+)?(?:\s?[AP]M)?"
    r"|\d\d?[./]\d\d?[./]\d\d(?:\d\d)?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun),"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d\d?(?:, \d{4})?"
    r"|\d\d? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: \d{4})?",
    re.IGNORECASE,
)
_ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(?=\w*\d)\w{6,}\b|\d+", re.IGNORECASE
)


Tools = tuple[tuple[str, bytes], ...]
"""Names and digests of tools, in their order."""


@dataclass(frozen=True, slots=True)
class SystemText:
    """A system text: as it is, with its dates masked, with its ids masked too, and line by line."""

    exact: bytes
    but_dates: bytes
    but_ids: bytes
    lines: array[int]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return _TEXT_BYTES + self.lines.itemsize * len(self.lines)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One request, as far as a cache sees it."""

    model: str
    tools: Tools
    system: SystemText
    messages: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """About how many bytes it takes, if it shares nothing with another."""
        own = _REQUEST_BYTES + sys.getsizeof(self.model) + _MESSAGE_BYTES * len(self.messages)
        return own + _size_of_tools(self.tools) + self.system.size


class Fingerprints:
    """Takes fingerprints of requests."""

    def __init__(self) -> None:
        self._texts: Memo[bytes, SystemText] = Memo(MEMO_BYTES)
        self._tools: Memo[bytes, Tools] = Memo(MEMO_BYTES)
        self._messages = DigestTable()

    def of(self, shape: WireFormat, body: WireObject, names: Names = NO_NAMES) -> Fingerprint:
        """The fingerprint of a request. What of it has a name is known again by that."""
        system, messages = _split(shape, body)
        known = names.messages
        named = known[len(known) - len(messages) :] if known else [b""] * len(messages)
        return Fingerprint(
            string(body, "model"),
            self._of_tools(body.get("tools"), names.tools),
            self._system("\n".join(_texts(system))),
            tuple(map(self._of_message, messages, named)),
        )

    def _of_tools(self, tools: object, name: bytes) -> Tools:
        known = self._tools.get(name) if name else None
        if known is None:
            own = tools if is_array(tools) else []
            known = tuple((name_of(tool), _of_value(tool)) for tool in own)
            if name:
                self._tools.put(name, known, _size_of_tools(known))
        return known

    def _of_message(self, message: object, name: bytes) -> bytes:
        known = self._messages.get(name) if name else None
        if known is None:
            known = _of_value(_with_blocks(message))
            if name:
                self._messages.put(name, known)
        return known

    def _system(self, text: str) -> SystemText:
        exact = _digest(text)
        known = self._texts.get(exact)
        if known is None:
            undated = _DATE.sub("", text)
            # Four bytes for a line, of which hostile texts have many.
            lines = array(
                "I", (crc32(line.encode("utf-8", "replace")) for line in text.split("\n"))
            )
            known = SystemText(exact, _digest(undated), _digest(_ID.sub("", undated)), lines)
            self._texts.put(exact, known, known.size)
        return known

    @property
    def max_bytes(self) -> int:
        """What may be remembered of messages, tools and system texts."""
        return self._messages.size + self._tools.max_bytes + self._texts.max_bytes

    @property
    def bytes_used(self) -> int:
        """What is remembered of them."""
        return self._messages.size + self._tools.bytes_used + self._texts.bytes_used


def _size_of_tools(tools: Tools) -> int:
    return sum(_TOOL_BYTES + sys.getsizeof(name) for name, _ in tools)


def _split(shape: WireFormat, body: WireObject) -> tuple[list[object], list[object]]:
    """System texts, wherever they stand, and the rest of the messages."""
    key = "input" if shape == "openai_responses" else "messages"
    given = body.get(key)
    messages = given if is_array(given) else [given]
    leading = [body.get("system"), body.get("instructions")]
    for message in messages:
        if not (is_object(message) and string(message, "role") in {"system", "developer"}):
            break
        leading.append(message.get("content"))
    return leading, messages[len(leading) - 2 :]


def _texts(values: list[object]) -> list[str]:
    """The texts of contents: strings, or blocks with a text."""
    out: list[str] = []
    for value in values:
        if isinstance(value, str):
            out.append(value)
        elif is_array(value):
            out += [string(block, "text") for block in value if is_object(block)]
    return out


def _with_blocks(message: object) -> object:
    """A message with its content as blocks: a client may write a lone text either way."""
    if is_object(message) and isinstance(text := message.get("content"), str):
        return {**message, "content": [{"type": "text", "text": text}]}
    return message


def _of_value(value: object) -> bytes:
    if is_object(value):
        plain = {key: each for key, each in value.items() if key not in _UNCACHED}
        if is_array(content := plain.get("content")):
            plain["content"] = [_unmarked(block) for block in content]
        value = plain
    return _digest(json.dumps(value))


def _unmarked(block: object) -> object:
    if is_object(block) and "cache_control" in block:
        return {key: each for key, each in block.items() if key != "cache_control"}
    return block


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
