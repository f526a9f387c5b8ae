"""Cut an original into the stretches that a query chooses from.

What is cut follows the shape: lines where each stands for itself (logs, tables, lists), paragraphs
and blocks elsewhere, values of JSON. Each stretch knows what it stands under (headings, the lines
that it is indented below, the names in a JSON path), because questions name that too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.retrieval.headings import headings
from headroom_core.retrieval.json_tree import Node, children, is_container, root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHUNK_CHARS = 700
CHUNK_LINES = 14
JSON_CHARS = 1_600
CONTEXT_CHARS = 240
_SAMPLE = 400
_DEEPEST = 32
MOST_UNDER = 100
_READABLE = re.compile(r"[\[\]\s]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of an original, and what it stands under."""

    text: str
    first: int
    last: int
    mark: str = ""
    under: str = ""
    """Its headings, outermost first."""
    above: str = ""
    """What else its words belong to: the lines or keys that it stands below."""

    @property
    def around(self) -> str:
        """What it stands under, as words to search."""
        return f"{self.under} {self.above}"


def text_chunks(lines: Sequence[str]) -> list[Chunk]:
    """Cut lines into chunks that cover all of them, in order."""
    under = headings(lines)
    if stand_alone(lines):
        return [
            Chunk(line, number, number, under=under[number - 1])
            for number, line in enumerate(lines, 1)
            if line.strip()
        ]
    return list(_blocks(lines, under))


def place(first: int, last: int, under: str, text: str) -> str:
    """Say where lines are; what they stand under too, unless it is among them."""
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    deepest = under.rsplit(" > ", 1)[-1]
    if not deepest or deepest in text:
        return "" if not deepest else lines
    return f"{lines}, under {_READABLE.sub(' ', under[-MOST_UNDER:]).strip()}"


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
        return Chunk(first.text(text), number, number, first.name, above=f"{under} {path}")
    parent = Node(first.path[:-1], 0, 0).name
    if isinstance(first.path[-1], int):
        mark = f"{parent}[{first.path[-1]}] to [{last.path[-1]}]"
        return Chunk(_joined(text, run), number, number, mark, above=f"{under} {path}")
    members = ",".join(f'"{node.path[-1]}":{node.text(text)}' for node in run)
    return Chunk(f"{{{members}}}", number, number, f"in {parent}", above=f"{under} {path}")


def _joined(text: str, run: Sequence[Node]) -> str:
    """The values of a run, one a line."""
    return "\n".join(node.text(text) for node in run)


def _scalars(text: str, nodes: Sequence[Node]) -> str:
    """The short plain values beside one that is shown: they say what it belongs to."""
    parts = [
        f"{node.path[-1]} {node.text(text)[:80]}"
        for node in nodes[:40]
        if isinstance(node.path[-1], str) and not is_container(text, node)
    ]
    return " ".join(parts)[:CONTEXT_CHARS]


def _blocks(lines: Sequence[str], under: Sequence[str]) -> Iterator[Chunk]:
    """Runs of lines that end at blank lines and headings where possible, and at a size."""
    outline = _Outline()
    start = size = 0
    for index, line in enumerate(lines):
        heads = index > 0 and under[index] is not under[index - 1]
        full = size > CHUNK_CHARS or index - start >= CHUNK_LINES
        breaks = heads or full or (size > CHUNK_CHARS // 2 and not lines[index - 1].strip())
        if index > start and breaks:
            yield from _block(lines, start, index, under[start], outline)
            start, size = index, 0
        size += len(line) + 1
    yield from _block(lines, start, len(lines), under[start], outline)


def _block(
    lines: Sequence[str], start: int, end: int, under: str, outline: _Outline
) -> Iterator[Chunk]:
    text = "\n".join(lines[start:end])
    above = outline.of(lines, start, end)
    if text.strip():
        yield Chunk(text, start + 1, end, under=under, above=above)


class _Outline:
    """The lines that those read last are indented below: keys of YAML, classes of code."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def of(self, lines: Sequence[str], start: int, end: int) -> str:
        """Describe a chunk, and take note of its lines for the next one."""
        first = next((line for line in lines[start:end] if line.strip()), "")
        above = [text for indent, text in self._open if indent < _indent(first)]
        for line in lines[start:end]:
            if line.strip():
                indent = _indent(line)
                while self._open and self._open[-1][0] >= indent:
                    self._open.pop()
                self._open = [*self._open[-_DEEPEST:], (indent, line.strip()[:60])]
        return " ".join(above[-5:])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
