"""Cut an original into the stretches that a query chooses from.

What is cut follows the shape: lines where each stands for itself (logs, tables, lists), paragraphs
and blocks elsewhere, values of JSON. Each stretch knows what it stands under (headings, the lines
that it is indented below, the names in a JSON path), because questions name that too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.retrieval.json_tree import Node, children, is_container, root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHUNK_CHARS = 700
CHUNK_LINES = 14
JSON_CHARS = 1_600
CONTEXT_CHARS = 240
_SAMPLE = 400
_HEADING = re.compile(r"#{1,6}\s+\S.{0,200}|.{0,400}?<h[1-6]\b.{0,600}|\[{1,2}[\w.\"' /-]+\]{1,2}")
_UNDERLINE = re.compile(r"(=|-|~|\^|\*|\"|\+|#){3,}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of an original, and what it stands under."""

    text: str
    first: int
    last: int
    mark: str = ""
    under: str = ""


def text_chunks(lines: Sequence[str]) -> list[Chunk]:
    """Cut lines into chunks that cover all of them, in order."""
    if stand_alone(lines):
        return [Chunk(line, number, number) for number, line in enumerate(lines, 1) if line.strip()]
    return list(_blocks(lines))


def stand_alone(lines: Sequence[str]) -> bool:
    """Whether each line is an entry of its own, as in logs, tables and lists."""
    sample = lines[:: max(1, len(lines) // _SAMPLE)][: _SAMPLE + 1]
    blank = sum(not line.strip() for line in sample)
    indented = sum(line[:1] in {" ", "\t"} and bool(line.strip()) for line in sample)
    size = sum(map(len, sample))
    few = len(sample) // 20
    return len(sample) > 20 and blank <= few and indented <= 4 * few and size < 500 * len(sample)


def json_chunks(text: str) -> list[Chunk]:
    """Cut a compact JSON text into values, and runs of small values, with the paths to them."""
    chunks: list[Chunk] = []
    stack: list[tuple[Node, str]] = [(root(text), "")]
    while stack:
        node, under = stack.pop()
        below = children(text, node) if node.end - node.start > JSON_CHARS else []
        if not below:
            chunks.append(_json_chunk(text, [node], under, len(chunks) + 1))
            continue
        here = f"{under} {_scalars(text, below)}"[-CONTEXT_CHARS:]
        run: list[Node] = []
        for child in below:
            if is_container(text, child) and child.end - child.start > JSON_CHARS:
                stack.append((child, here))
                continue
            if run and child.end - run[0].start > JSON_CHARS:
                chunks.append(_json_chunk(text, run, under, len(chunks) + 1))
                run = []
            run.append(child)
        if run:
            chunks.append(_json_chunk(text, run, under, len(chunks) + 1))
    return chunks


def _json_chunk(text: str, run: Sequence[Node], under: str, number: int) -> Chunk:
    first, last = run[0], run[-1]
    path = " ".join(map(str, first.path[-6:]))
    if len(run) == 1:
        return Chunk(first.text(text), number, number, first.name, f"{under} {path}")
    parent = Node(first.path[:-1], 0, 0).name
    if isinstance(first.path[-1], int):
        mark = f"{parent}[{first.path[-1]}] to [{last.path[-1]}]"
        return Chunk(_joined(text, run), number, number, mark, f"{under} {path}")
    members = ",".join(f'"{node.path[-1]}":{node.text(text)}' for node in run)
    return Chunk(f"{{{members}}}", number, number, f"in {parent}", f"{under} {path}")


def _joined(text: str, run: Sequence[Node]) -> str:
    """The values of a run, one a line."""
    return "\n".join(node.text(text) for node in run)


def _scalars(text: str, nodes: Sequence[Node]) -> str:
    """The short plain values beside one that is shown: they say what it belongs to."""
    parts: list[str] = []
    size = 0
    for node in nodes[:40]:
        if isinstance(node.path[-1], str) and not is_container(text, node):
            parts.append(f"{node.path[-1]} {node.text(text)[:80]}")
            size += len(parts[-1])
            if size > CONTEXT_CHARS:
                break
    return " ".join(parts)


def _blocks(lines: Sequence[str]) -> Iterator[Chunk]:
    """Runs of lines that end at blank lines and headings where possible, and at a size."""
    under = _Under()
    start = size = 0
    for index, line in enumerate(lines):
        heads = _is_heading(lines, index)
        full = size > CHUNK_CHARS or index - start >= CHUNK_LINES
        breaks = heads or full or (size > CHUNK_CHARS // 2 and not lines[index - 1].strip())
        if index > start and breaks:
            yield from _block(lines, start, index, under)
            start, size = index, 0
        if heads:
            under.heading(line)
        size += len(line) + 1
    yield from _block(lines, start, len(lines), under)


def _block(lines: Sequence[str], start: int, end: int, under: _Under) -> Iterator[Chunk]:
    text = "\n".join(lines[start:end])
    here = under.of(lines, start, end)
    if text.strip():
        yield Chunk(text, start + 1, end, under=here)


class _Under:
    """What the lines read so far stand under: the heading, and the lines of less indentation."""

    def __init__(self) -> None:
        self._heading = ""
        self._open: list[tuple[int, str]] = []

    def heading(self, line: str) -> None:
        self._heading = line[:CONTEXT_CHARS]
        self._open = []

    def of(self, lines: Sequence[str], start: int, end: int) -> str:
        """Describe a chunk, and take note of its lines for the next one."""
        first = next((line for line in lines[start:end] if line.strip()), "")
        depth = _indent(first)
        above = [text for indent, text in self._open if indent < depth]
        for line in lines[start:end]:
            if line.strip():
                indent = _indent(line)
                while self._open and self._open[-1][0] >= indent:
                    self._open.pop()
                if len(self._open) < 32:
                    self._open.append((indent, line.strip()[:60]))
        return " ".join([self._heading, *above[-5:]])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_heading(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if _HEADING.fullmatch(line):
        return True
    following = lines[index + 1] if index + 1 < len(lines) else ""
    return bool(
        0 < len(line.strip()) < 120
        and len(following) < 200
        and _UNDERLINE.fullmatch(following)
        and line[:1].isalnum()
    )
