"""Read HTML as Markdown: the main content, without menus, scripts and styles.

A lean reader of our own: the parser of the standard library takes quadratic time for broken pages.
It keeps headings, paragraphs, lists, code and tables; of a link it keeps the text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(
    r"<!--|<[!?][^<>]*+>|<(?P<slash>/?)(?P<tag>[A-Za-z][\w:-]*+)"
    r"(?P<attrs>(?:[^<>\"']++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+')*+(?=>)|[^<>]*+)>"
)
_ATTRIBUTE = re.compile(
    r"(?:^|\s)(?:(?P<name>class|id|role)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
    r"|(?P<hidden>hidden)(?=[\s=/]|$))",
    re.IGNORECASE,
)
_LONGEST_ATTRIBUTES = 2_000
_RAW = frozenset({"script", "style"})
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SILENT = frozenset(
    "script style template noscript svg head nav footer aside form button select iframe canvas"
    " object math".split()
)
_BLOCKS = frozenset(
    "address article blockquote body center dd details dialog div dl dt fieldset figcaption figure"
    " header hgroup hr html li main ol p section summary table tbody tfoot thead tr ul".split()
)
# What stands in no cell of a table of data.
_LAYOUT = frozenset("table tr ul ol dl pre".split())
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|navheader|navfooter|menu|sidebar|sphinxsidebar|footer"
    r"|breadcrumbs?|related|skip|headerlink|toolbar|cookie|banner|advert|pagination)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ROLES = frozenset({"navigation", "banner", "search", "contentinfo", "complementary"})
_MAIN = frozenset({"main", "article"})
_BLANKS = re.compile(r"\s+")
_LEAST_MAIN = 0.3


def markdown_of(text: str) -> list[str]:
    """The lines of a page's main content as Markdown."""
    reader = _Reader()
    reader.read(text)
    return reader.lines()


class _Reader:
    """Collects lines; remembers which of them stand in the page's main element."""

    def __init__(self) -> None:
        self._out: list[tuple[str, bool]] = []
        self._line: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        """The open elements: name, whether it is left out, whether it is the main one."""
        self._silent = 0
        self._main = 0
        self._code = 0
        self._lists = 0
        self._cells: list[str] | None = None
        self._names = 0
        """How many cells of the open row are names of columns."""
        self._prefix = ""

    def read(self, text: str) -> None:
        """Read a page, tag by tag."""
        at = 0
        while (token := _TOKEN.search(text, at)) is not None:
            self._data(text[at : token.start()])
            at = token.end()
            tag = (token["tag"] or "").lower()
            if tag and token["slash"]:
                self._closes(tag)
            elif tag:
                self._opens(tag, token["attrs"][:_LONGEST_ATTRIBUTES])
            end = "-->" if token[0] == "<!--" else f"</{tag}" if tag in _RAW else ""
            if end and not token["slash"]:
                found = text.find(end, at)
                at = len(text) if found < 0 else found + (3 if end == "-->" else 0)
        self._data(text[at:])

    def _opens(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self._break()
        if tag in _VOID:
            return
        if tag == "sup" and not self._silent:
            self._data("^")  # two to the 32nd is not 232
        values = _values(attributes)
        silent = tag in _SILENT or _is_aside(tag, values)
        main = tag in _MAIN or values.get("role") == "main"
        self._open.append((tag, silent, main))
        self._silent += silent
        self._main += main
        if not self._silent:
            self._starts(tag)

    def _starts(self, tag: str) -> None:
        if tag in _LAYOUT or tag in _HEADINGS:
            self._lay_out()
        if tag in {"td", "th"}:
            if self._cells is not None:
                self._cells.append("")
                self._names += tag == "th"
            else:
                self._break()
        elif tag == "tr":
            self._break()
            self._cells = []
            self._names = 0
        elif self._cells is None and (tag in _BLOCKS or tag in _HEADINGS or tag == "pre"):
            self._break()
            self._prefix = _HEADINGS.get(tag, self._prefix)
            if tag == "pre":
                self._add("```")
                self._code += 1
            if tag in {"ul", "ol"}:
                self._lists += 1
            if tag == "li":
                self._prefix = "  " * max(0, self._lists - 1) + "- "

    def _lay_out(self) -> None:
        """Take the open row for what it is: no row of data, but a way to place parts of a page."""
        cells, self._cells = self._cells or [], None
        for cell in cells:
            self._line.append(cell)
            self._break()

    def _closes(self, tag: str) -> None:
        names = [name for name, _, _ in self._open[-_DEEPEST:]]
        if tag not in names:
            return
        while True:
            name, silent, main = self._open[-1]
            if not self._silent:
                self._ends(name)
            self._open.pop()
            self._silent -= silent
            self._main -= main
            if name == tag:
                break

    def _ends(self, tag: str) -> None:
        if tag == "tr" and self._cells is not None:
            cells = [_BLANKS.sub(" ", cell).strip() for cell in self._cells]
            self._cells = None
            if any(cells):
                self._add(f"| {' | '.join(cells)} |")
            if len(cells) == self._names > 1:
                self._add("|---" * len(cells) + "|")
        elif self._cells is None and (tag in _BLOCKS or tag in _HEADINGS):
            self._break()
            if tag in {"ul", "ol"}:
                self._lists = max(0, self._lists - 1)
        elif tag == "pre" and self._code:
            if any(self._line):
                self._break()
            self._line.clear()
            self._code -= 1
            self._add("```")

    def _data(self, text: str) -> None:
        if self._silent or not text:
            return
        data = unescape(text)
        if self._cells:
            self._cells[-1] += data
        elif self._cells is None and self._code:
            first, *rest = data.split("\n")
            self._line.append(first)
            for line in rest:
                self._break()
                self._line.append(line)
        elif self._cells is None:
            self._line.append(data)

    def _break(self) -> None:
        """End the line that is being written."""
        text = "".join(self._line)
        self._line.clear()
        if self._code:
            self._add(text.rstrip())
        elif text.strip():
            self._add(self._prefix + _BLANKS.sub(" ", text).strip().rstrip("¶").rstrip())
            self._prefix = ""

    def _add(self, line: str) -> None:
        self._out.append((line, self._main > 0))

    def lines(self) -> list[str]:
        """The lines of the main element if it holds a fair share of the text, else all."""
        self._break()
        main = [line for line, inside in self._out if inside]
        every = [line for line, _ in self._out]
        enough = sum(map(len, main)) >= _LEAST_MAIN * sum(map(len, every))
        return _spaced(main if main and enough else every)


_DEEPEST = 60
"""How many open elements an end tag is looked for in, from the innermost on."""


def _values(attributes: str) -> dict[str, str]:
    """The attributes that tell what an element is for."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        name = match["name"] or match["hidden"]
        found[name.lower()] = match[2] or match[3] or match[4] or ""
    return found


def _is_aside(tag: str, values: dict[str, str]) -> bool:
    if tag in {"html", "body", "main", "article"}:
        return False
    names = f"{values.get('class', '')} {values.get('id', '')}"
    return (
        values.get("role", "") in _ROLES or "hidden" in values or _ASIDE.search(names) is not None
    )


def _spaced(lines: Sequence[str]) -> list[str]:
    """Lines with one blank line before headings, and none at the ends of code."""
    out: list[str] = []
    code = False
    for line in lines:
        if line == "```":
            code = not code
            if not code and out[-1] == "```":
                out.pop()  # nothing stood inside
                continue
        elif line.startswith("#") and not code and out:
            out.append("")
        out.append(line)
    return out
