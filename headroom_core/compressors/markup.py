"""`Markup`: of an HTML page the main content as Markdown, and of a long one what was asked for."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, View
from headroom_core.compressors.html_reader import markdown_of
from headroom_core.compressors.passages.asked import asked
from headroom_core.compressors.passages.markup import read_markup
from headroom_core.compressors.prose import extract
from headroom_core.compressors.tables.view import view_of
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint

_HTML = re.compile(
    r"^[ \t\ufeff]*(?:<\?xml[^\n>]*>\s*)?<(?:!doctype html|html|body|head)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|~~~)", re.MULTILINE)
_TAG = re.compile(r"</?(?:p|div|span|a|td|li|h[1-6]|table|section|ul)\b", re.IGNORECASE)
_LEAST_TAGS = 20
_MOST_CHARS = 8_000_000
_MOST_OF_SOURCE = 0.9
_HEAD = (
    "[HTML as Markdown: the main content, in order; menus, scripts, styles and addresses left out]"
)
_HIDES = "main content as Markdown"


class Markup(Compressor):
    """HTML as Markdown."""

    name = "markup"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if len(source) > _MOST_CHARS or not _is_html(source):
            return None
        lines = markdown_of(source.text)
        text = "\n".join(lines)
        total = len(source.lines)
        if not text.strip() or len(text) > _MOST_OF_SOURCE * len(source):
            return None
        if len(text) <= room:
            return View(f"{_HEAD}\n{text}", "lines", min(len(lines), total), total, _HIDES)
        table = view_of(Source(text), hint, room)
        if table is not None:
            body = f"{_HEAD}\n{table.body}"
            shown = min(table.shown, total)
            return View(body, "lines", shown, total, table.hides, table.required)
        wanted = asked(hint)
        is_asked = wanted.own or wanted.phrases
        found = extract(read_markup(text), hint, room) if is_asked else None
        if found is not None:
            shown = min(total, found.body.count("\n") + 1)
            return View(f"{_HEAD}\n{found.body}", "lines", shown, total, _HIDES, found.required)
        shown_lines = list(_outline(lines, room))
        body = "\n".join([_HEAD, *shown_lines])
        return View(body, "lines", min(len(shown_lines), total), total, _HIDES)


def _is_html(source: Source) -> bool:
    head = "\n".join(source.head)[:16_384] or source.text[:16_384]
    # Markdown and programs hold tags too; what starts with one is a page, or a part of one.
    starts = head.lstrip(" \t\n\ufeff")[:1] == "<" and _MARKDOWN.search(head) is None
    return _HTML.search(head) is not None or (starts and len(_TAG.findall(head)) >= _LEAST_TAGS)


def _outline(lines: Sequence[str], room: int) -> Iterator[str]:
    """Headings with the line after each, and then lines from the start, while there is room."""
    heads = [at for at, line in enumerate(lines) if line.startswith("#")]
    order = dict.fromkeys([*heads, *(at + 1 for at in heads), *range(len(lines))])
    wanted = [at for at in order if at < len(lines)]
    sizes = accumulate(len(lines[at]) + 1 for at in wanted)
    shown = {at for at, size in zip(wanted, sizes, strict=True) if size <= room}
    after = 0
    for at in (*sorted(shown), len(lines)):
        if at > after:
            yield f"[… {at - after} line{'s' if at - after > 1 else ''}]"
        if at < len(lines):
            yield lines[at]
        after = at + 1
