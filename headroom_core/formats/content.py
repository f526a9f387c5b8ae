"""The content of a message: what the three wire formats have in common.

Their names for kinds of blocks do not collide, so one table reads the content of them all. That
is also why a message without any sign of its format parses the same in each of them.

A text is a leaf unless something counts characters or blocks in it: citations and annotations
point into texts by offset, so a text that carries them, and a document that is to be cited, are
`Opaque`. Files, audio, thinking, refusals and every kind that is not named here are `Opaque` too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from headroom_core.formats.wire import Path, Reading, WireObject, is_array, is_object, string
from headroom_core.messages import Image, Opaque, Role, Text, ToolResult

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}

AsPart = Callable[[str], Text | ToolResult]
"""What a text of this content is: the role's own words, or one text of a tool's result."""

BlockReader = Callable[[Reading, WireObject, Path, AsPart], None]
Blocks = Mapping[str, BlockReader]
"""The reader of each kind of block; a kind without one is `Opaque`."""


def read_message(native: WireObject, blocks: Blocks) -> Reading:
    """Read a message that is a role and a content."""
    reading = Reading(ROLES.get(string(native, "role"), "other"))
    if native.get("annotations"):
        reading.fixed(Opaque("content"))
    else:
        read_content(reading, native.get("content"), ("content",), Text, blocks)
    return reading


def read_content(
    reading: Reading, content: object, path: Path, as_part: AsPart, blocks: Blocks
) -> None:
    """Add the parts of a content: a string, a list of blocks, or nothing."""
    if isinstance(content, str):
        reading.leaf(as_part(content), path)
    elif is_array(content):
        for index, block in enumerate(content):
            _read_block(reading, block, (*path, index), as_part, blocks)
    elif content is not None:
        reading.fixed(Opaque("content"))


def _read_block(
    reading: Reading, block: object, path: Path, as_part: AsPart, blocks: Blocks
) -> None:
    if not is_object(block):
        reading.fixed(Opaque("block"))
        return
    kind = string(block, "type")
    reader = blocks.get(kind)
    if reader is None:
        reading.fixed(Opaque(kind or "block"))
    else:
        reader(reading, block, path, as_part)


def _text(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    text = block.get("text")
    if isinstance(text, str) and not _is_cited(block) and not block.get("annotations"):
        reading.leaf(as_part(text), (*path, "text"))
    else:
        reading.fixed(Opaque(string(block, "type")))


def _image(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    del block, path, as_part
    reading.fixed(Image())


def _search_result(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    if _is_cited(block):
        reading.fixed(Opaque("search_result"))
    else:
        path = (*path, "content")
        read_content(reading, block.get("content"), path, _pasted(as_part), _PLAIN)


def _document(reading: Reading, block: WireObject, path: Path, as_part: AsPart) -> None:
    source = block.get("source")
    kind = string(source, "type") if is_object(source) and not _is_cited(block) else ""
    if kind == "content" and is_object(source):
        path = (*path, "source", "content")
        read_content(reading, source.get("content"), path, _pasted(as_part), _PLAIN)
    elif kind == "text" and is_object(source) and isinstance(data := source.get("data"), str):
        reading.leaf(_pasted(as_part)(data), (*path, "source", "data"))
    else:
        reading.fixed(Opaque("document"))


def _pasted(as_part: AsPart) -> AsPart:
    """What a text is in a document: not the words of whoever sends it."""

    def read(text: str) -> Text | ToolResult:
        part = as_part(text)
        return replace(part, pasted=True) if isinstance(part, Text) else part

    return read


def _is_cited(block: WireObject) -> bool:
    """Tell whether a text carries citations, or a document or search result asks for them."""
    citations = block.get("citations")
    return bool(citations.get("enabled") if is_object(citations) else citations)


_PLAIN: Blocks = {"text": _text, "image": _image}

COMMON: Blocks = {
    **_PLAIN,
    "input_text": _text,
    "output_text": _text,
    "image_url": _image,
    "input_image": _image,
    "search_result": _search_result,
    "document": _document,
}
"""The kinds of blocks that may stand in any message and in any tool's result."""
