"""Read the layout of plain text, Markdown and reStructuredText in one pass over the lines."""

from __future__ import annotations

import re
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.layout import Layout, Unit
from headroom_core.compressors.passages.sentences import sentences

if TYPE_CHECKING:
    from headroom_core.compressors.passages.layout import Kind

_FENCE = re.compile(r"\s{0,12}(`{3,}|~{3,})")
_ATX = re.compile(r"(#{1,6})\s+(\S*[^\W\d].*)")
_LINE = re.compile(r"([=\-~^\"'*+#<>.:_])\1{2,}\s*")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|#\.)\s+(?=\S)")
_ROW = re.compile(r"\s*(?:\||\+[-=+]{3,})")
_INTERRUPTS = re.compile("|".join(each.pattern for each in (_FENCE, _ATX, _ROW, _ITEM)))
_SEPARATOR = re.compile(r"[\s|:+=-]+")
_DIRECTIVE = re.compile(r"\s*\.\. (?!note|warning|tip|hint|important|caution|danger|admonition)")
_PROSE = re.compile(r"\s*\W{0,4}[^\W\d_]\S*(?:\s+[^\W\d_]\S*){4}")
_STARTERS = frozenset("#`~|+-*•.:=^\"'_<>")
_PIECE_LINES = 12
_MOST_FRONT_MATTER = 60
_LONGEST_TITLE = 200


def read_markup(text: str, start: int = 0, end: int | None = None) -> Layout:
    """Return the layout of a text, or of what stands between two offsets of it."""
    layout = Layout(text)
    MarkupReader(layout, start, len(text) if end is None else end).read()
    return layout


class MarkupReader:
    """Adds the units of a part of a text to a layout."""

    def __init__(self, layout: Layout, start: int, end: int) -> None:
        self._layout = layout
        self._lines = layout.text[start:end].split("\n")
        self._at = array("q", accumulate((len(line) + 1 for line in self._lines), initial=start))
        self._open: list[tuple[int, int]] = [(0, len(layout.titles) - 1)]
        self._levels: dict[str, int] = {}
        self._headings: dict[int, int] = {}
        self._heading: int | None = None
        self._first: int | None = None
        self._intro: int | None = None

    def read(self) -> None:
        """Read all lines."""
        line = self._front_matter()
        while line < len(self._lines):
            line = self._next(line)

    def open_chunk(self, start: int, title: str) -> None:
        """Open a section for a chunk, whose head ends where this reader starts."""
        layout = self._layout
        section = len(layout.titles)
        layout.titles.append(title)
        layout.within.append(section)
        self._open = [(0, section)]
        end = start + len(layout.text[start : self._at[0]].rstrip())
        if end > start:
            layout.blocks += 1
            self._heading = self._headings[section] = self._unit("head", start, end, ())

    def _next(self, line: int) -> int:
        text = self._lines[line]
        start = text.lstrip()[:1]
        if not start:
            return line + 1
        if start in _STARTERS or start.isdigit() or text[0] in " \t":
            after = self._special(line, text)
            if after > line:
                return after
        if self._is_underlined(line):
            return self._title(line, self._lines[line + 1].strip()[0], line + 2)
        return self._paragraph(line)

    def _special(self, line: int, text: str) -> int:
        """Read what is no paragraph; the same line when it is one."""
        after = line
        if fence := _FENCE.match(text):
            after = self._code(line, self._fence_end(line + 1, fence.group(1)))
        elif atx := _ATX.match(text):
            after = self._heading_at(line, line + 1, atx.group(1), atx.group(2).rstrip("#\r "))
        elif _LINE.fullmatch(text):
            after = self._rule(line, text.strip())
        elif _ROW.match(text):
            after = self._table(line)
        elif _ITEM.match(text):
            after = self._item(line)
        elif _DIRECTIVE.match(text) or (text[0] in " \t" and not _PROSE.match(text)):
            after = self._code(line, self._indented_end(line))
        return after

    def _rule(self, line: int, text: str) -> int:
        """Read a line of signs: the upper one of a title between two, or one that says nothing."""
        if self._is_underlined(line + 1) and self._lines[line + 2].strip() == text:
            return self._title(line + 1, f"over{text[0]}", line + 3, line)
        return line + 1

    def _is_underlined(self, line: int) -> bool:
        if line < 0 or line + 1 >= len(self._lines):
            return False
        title, under = self._lines[line].strip(), self._lines[line + 1].strip()
        return (
            0 < len(title) <= _LONGEST_TITLE
            and _LINE.fullmatch(under) is not None
            and not _LINE.fullmatch(title)
            and len(under) * 2 >= len(title)
        )

    def _title(self, line: int, style: str, after: int, start: int | None = None) -> int:
        return self._heading_at(
            line if start is None else start, after, style, self._lines[line].strip()
        )

    def _heading_at(self, line: int, after: int, style: str, title: str) -> int:
        """Open a section. Levels are those of Markdown, or come in the order of their first use."""
        known = self._levels.setdefault(style, len(self._levels) + 1)
        level = len(style) if style[0] == "#" else known
        while len(self._open) > 1 and self._open[-1][0] >= level:
            self._open.pop()
        layout = self._layout
        section = len(layout.titles)
        layout.titles.append(title)
        layout.within.append(self._open[-1][1])
        around = self._headings.get(self._open[-1][1])
        self._open.append((level, section))
        self._heading = self._intro = self._first = None
        self._heading = self._add("heading", line, after, () if around is None else (around,))
        self._headings[section] = self._heading
        return after

    def _paragraph(self, line: int) -> int:
        after = line + 1
        lines = self._lines
        while after < len(lines) and lines[after].strip() and not self._interrupts(after):
            after += 1
        self._sentences(line, after, ())
        return after

    def _interrupts(self, line: int) -> bool:
        text = self._lines[line]
        start = text.lstrip()[:1]
        if start not in _STARTERS and not start.isdigit():
            return False
        return _INTERRUPTS.match(text) is not None

    def _item(self, line: int) -> int:
        """Read a list item: the lines after it belong to it as far as they are indented."""
        after = line + 1
        lines = self._lines
        while after < len(lines) and lines[after][:1] in {" ", "\t"} and lines[after].strip():
            if self._interrupts(after):
                break
            after += 1
        intro = self._intro
        self._sentences(line, after, () if intro is None else (intro,))
        self._intro = intro
        return after

    def _sentences(self, line: int, after: int, leads: tuple[int, ...]) -> None:
        layout = self._layout
        start, end = self._at[line], self._at[after - 1] + len(self._lines[after - 1])
        layout.blocks += 1
        spans = sentences(layout.text, start, end)
        if self._first is None:
            for from_, to in spans[:1]:
                self._unit("sentence", from_, to, leads)
            spans = spans[1:]
        block, section, all_leads = layout.blocks, self._open[-1][1], self._leads(leads)
        layout.units += [Unit(a, b, "sentence", block, section, all_leads) for a, b in spans]
        self._intro = len(layout.units) - 1

    def _table(self, line: int) -> int:
        after = line
        while after < len(self._lines) and _ROW.match(self._lines[after]):
            after += 1
        head = line + 1
        while head < after and _SEPARATOR.fullmatch(self._lines[head - 1]):
            head += 1
        if head < after and _SEPARATOR.fullmatch(self._lines[head]):
            head += 1
        first = self._add("row", line, head, self._introduced())
        for row in range(head, after):
            self._add("row", row, row + 1, (first,), same=True)
        return after

    def _code(self, line: int, after: int) -> int:
        leads = self._introduced()
        first: int | None = None
        for start in range(line, after, _PIECE_LINES):
            end = min(after, start + _PIECE_LINES)
            if not any(map(str.strip, self._lines[start:end])):
                continue
            more = () if first is None else (first,)
            unit = self._add("code", start, end, (*leads, *more), same=first is not None)
            first = unit if first is None else first
        return after

    def _introduced(self) -> tuple[int, ...]:
        return () if self._intro is None else (self._intro,)

    def _fence_end(self, line: int, fence: str) -> int:
        while line < len(self._lines):
            line += 1
            if self._lines[line - 1].strip() == fence:
                break
        return line

    def _indented_end(self, line: int) -> int:
        """Where the lines that are indented like code end, without the blank lines after them."""
        after = line + 1
        seen = line + 1
        while seen < len(self._lines):
            text = self._lines[seen]
            if text.strip():
                words = _PROSE.match(text) and not self._lines[seen - 1].strip()
                if text[0] not in " \t" or words:
                    break
                after = seen + 1
            seen += 1
        return after

    def _front_matter(self) -> int:
        if self._lines[0].rstrip() != "---":
            return 0
        for line, text in enumerate(self._lines[1:_MOST_FRONT_MATTER], 1):
            if text.rstrip() == "---":
                return self._code(0, line + 1)
        return 0

    def _add(
        self, kind: Kind, line: int, after: int, leads: tuple[int, ...], *, same: bool = False
    ) -> int:
        if not same:
            self._layout.blocks += 1
        end = self._at[after - 1] + len(self._lines[after - 1])
        return self._unit(kind, self._at[line], end, leads)

    def _unit(self, kind: Kind, start: int, end: int, leads: tuple[int, ...]) -> int:
        """Add a unit; the heading of its section and the first unit there are read before it."""
        layout = self._layout
        number = len(layout.units)
        section = self._open[-1][1]
        layout.units.append(Unit(start, end, kind, layout.blocks, section, self._leads(leads)))
        if self._first is None and kind == "sentence":
            self._first = number
        return number

    def _leads(self, leads: tuple[int, ...]) -> tuple[int, ...]:
        """What is read before a unit, each once: what stands above all of its section first."""
        above = () if self._heading is None else (self._heading,)
        if self._first is not None:
            above = (*above, self._first)
        return tuple(dict.fromkeys((*above, *leads))) if leads else above
