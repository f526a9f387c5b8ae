"""The codec of Strands messages: Bedrock's blocks, of which only texts of tool results change."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, cast

from headroom_core.formats.wire import (
    Path,
    Reading,
    WireObject,
    arguments_text,
    is_array,
    is_object,
    string,
    unknown,
)
from headroom_core.messages import Image, Message, Opaque, Role, Text, ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from strands.types.content import Message as StrandsMessage

ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}
RETRIEVING = frozenset({"retrieve_context", "retrieve_offloaded_content"})
"""The tools with which Strands itself gives back what it has put away."""

_PREVIEWS = ("[Offloaded: ", "[Truncated: ", "[Summarized: ")
"""How the texts start that Strands puts in the place of what it has put away."""


@dataclass(frozen=True, slots=True)
class StrandsCodec:
    """`Codec` of `strands.types.content.Message`.

    A result of several texts is several parts. A `json` item reads as the text that most providers
    send for it, and becomes a `text` item when it is shortened. Results of the calls in `apart`,
    and the previews that Strands makes of what it has offloaded, are `Opaque`.
    """

    apart: frozenset[str] = frozenset()

    @classmethod
    def of(cls, messages: Iterable[StrandsMessage]) -> Self:
        """The codec of a conversation, which knows the calls of the framework's own retrieval."""
        return cls(
            frozenset(
                string(use, "toolUseId")
                for message in messages
                for use in _calls(message)
                if string(use, "name") in RETRIEVING
            )
        )

    def parse(self, native: StrandsMessage) -> Message:
        reading = self._read(native)
        return Message(reading.role, tuple(reading.parts))

    def patch(self, native: StrandsMessage, texts: Mapping[int, str]) -> StrandsMessage:
        if not texts:
            return native
        edits = self._read(native).edits(texts)
        # What stands on the way to a text is copied, so a message stays a message.
        return cast("StrandsMessage", _replaced(native, edits, 0))

    def _read(self, native: object) -> Reading:
        if not is_object(native):
            return unknown(native)
        reading = Reading(ROLES.get(string(native, "role"), "other"))
        content = native.get("content")
        for index, block in enumerate(content if is_array(content) else ()):
            self._read_block(reading, block, ("content", index))
        return reading

    def _read_block(self, reading: Reading, block: object, path: Path) -> None:
        if not is_object(block):
            reading.fixed(Opaque(type(block).__name__))
        elif isinstance(text := block.get("text"), str):
            reading.leaf(Text(text), (*path, "text"))
        elif is_object(use := block.get("toolUse")):
            call_id, name = string(use, "toolUseId"), string(use, "name")
            reading.fixed(ToolCall(call_id, name, arguments_text(use.get("input"))))
        elif is_object(result := block.get("toolResult")):
            self._read_result(reading, result, (*path, "toolResult"))
        elif "image" in block:
            reading.fixed(Image())
        else:
            reading.fixed(Opaque(next(iter(block), "block")))

    def _read_result(self, reading: Reading, result: WireObject, path: Path) -> None:
        call_id = string(result, "toolUseId")
        is_error = result.get("status") == "error"
        content = result.get("content")
        for index, item in enumerate(content if is_array(content) else ()):
            key, text = _text_of(item)
            if text is not None and call_id not in self.apart and not text.startswith(_PREVIEWS):
                part = ToolResult(text, call_id, is_error)
                reading.leaf(part, (*path, "content", index, key))
            else:
                reading.fixed(Image() if key == "image" else Opaque(key))


def _calls(native: object) -> Iterator[WireObject]:
    """The calls of a message, without a look at anything else in it."""
    content = native.get("content") if is_object(native) else None
    for block in content if is_array(content) else ():
        if is_object(block) and is_object(use := block.get("toolUse")):
            yield use


def _text_of(item: object) -> tuple[str, str | None]:
    """The kind of an item of a result, and its text if it can be read as one."""
    if not is_object(item):
        return type(item).__name__, None
    if isinstance(text := item.get("text"), str):
        return "text", text
    kind = next(iter(item), "item")
    if kind != "json":
        return kind, None
    try:
        return kind, json.dumps(item["json"], ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return kind, None  # Not JSON, whatever it is called; what comes of it is not ours to say.


class _Tree(Protocol):
    """What a dict and a list have in common."""

    def __getitem__(self, key: str | int, /) -> object: ...
    def __setitem__(self, key: str | int, value: object, /) -> None: ...
    def __delitem__(self, key: str | int, /) -> None: ...


def _replaced(node: object, edits: Sequence[tuple[Path, str]], depth: int) -> object:
    below: dict[str | int, list[tuple[Path, str]]] = {}
    for edit in edits:
        below.setdefault(edit[0][depth], []).append(edit)
    # The paths were read from this very message, so every step of them exists.
    tree = cast("_Tree", copy(node))
    for key, group in below.items():
        path, text = group[0]
        if len(path) > depth + 1:
            tree[key] = _replaced(tree[key], group, depth + 1)
        else:
            if key == "json":
                del tree[key]
            tree["text"] = text
    return tree
