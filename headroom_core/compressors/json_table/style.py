r"""How a JSON text is laid out, recognised from its beginning and written back to the byte.

The usual writers differ in little: separators, indentation, which characters they escape (Python
and PHP all but ASCII, Go `<`, `>` and `&`, PHP `/`) and the line ends.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table import quick
from headroom_core.compressors.json_table.rows import Rows
from headroom_core.compressors.json_table.values import Json
from headroom_core.compressors.json_table.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"([ \t]*:[ \t]*)?')
_INDENT = re.compile(r"[\[{]\s*?\n([ \t]+)\S")
_WORD = re.compile(r"compact|spaced|(?:loose )?indent (?:\d{1,2}|tab)")
_ON_ONE_LINE = {(",", ":"): quick.COMPACT, (", ", ": "): 0}
_BATCH = 1000
_FLAGS = {"ascii": "ascii", "html": r"\u003c", "slash": r"\/", "crlf": "CRLF"}


@dataclass(frozen=True, slots=True)
class Style:
    """A way to lay out JSON."""

    indent: str | None = None
    item: str = ","
    key: str = ":"
    ascii: bool = False
    html: bool = False
    slash: bool = False
    crlf: bool = False

    def write(self, value: Json) -> str:
        """The text of a value in this style."""
        return "".join(self.pieces(value))

    def pieces(self, value: Json | Rows, *, at_once: bool = False) -> Iterator[str]:
        """The text of a value, piece by piece.

        In less time `at_once`, for which its numbers must be finite.
        """
        if isinstance(value, Rows):
            yield from self._joined(map(list[Json], value.batches()), at_once=at_once)
        elif not at_once:
            yield from map(self._finished, self._plain(value))
        elif isinstance(value, list) and len(value) > _BATCH:
            batches = (value[at : at + _BATCH] for at in range(0, len(value), _BATCH))
            yield from self._joined(batches, at_once=True)
        else:
            yield self._at_once(value)

    def several(self, values: Sequence[Json], between: str, *, at_once: bool = False) -> str:
        """The texts of values that are documents of their own."""
        indent = self._spaces() if at_once and between == "\n" and not self.crlf else None
        if indent is not None and indent <= 0:
            text = self._if_it_suits(quick.dump_lines(values, indent))
            if text is not None:
                return text
        return between.join(map(self._finished, self._writer().texts(values)))

    def words(self) -> str:
        """The style as a header says it."""
        if self.indent is None:
            layout = "compact" if self.item == "," else "spaced"
        else:
            size = "tab" if self.indent == "\t" else str(len(self.indent))
            layout = f"{'loose ' if self.key == ' : ' else ''}indent {size}"
        flags = [word for flag, word in _FLAGS.items() if getattr(self, flag)]
        return " ".join([layout, *flags])

    def _joined(self, batches: Iterable[list[Json]], *, at_once: bool) -> Iterator[str]:
        """The text of an array whose items come some at a time."""
        end = "]" if self.indent is None else self._finished("\n]")
        lead = "["
        for batch in batches:
            text = self._at_once(batch) if at_once else "".join(self.pieces(batch))
            yield lead + text[1 : -len(end)]
            lead = self.item
        yield end if lead != "[" else "[]"

    def _at_once(self, value: Json) -> str:
        indent = self._spaces()
        text = None if indent is None else self._if_it_suits(quick.dump(value, indent))
        return "".join(map(self._finished, self._plain(value))) if text is None else text

    def _spaces(self) -> int | None:
        """How many spaces the items of a value stand in, or `None` where that does not say all."""
        if self.indent is None:
            return _ON_ONE_LINE.get((self.item, self.key))
        return None if self.key != ": " or self.indent.strip(" ") else len(self.indent)

    def _if_it_suits(self, text: str | None) -> str | None:
        """A text that this style writes so too, but for what `_finished` does."""
        if text is None or (self.ascii and not (text.isascii() and "\x7f" not in text)):
            return None
        return self._finished(text)

    def _finished(self, text: str) -> str:
        if self.html:
            text = text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
        if self.slash:
            text = text.replace("/", r"\/")
        return text.replace("\n", "\r\n") if self.crlf else text

    def _plain(self, value: Json) -> Iterator[str]:
        if self.indent is None:
            marks = (self.item, self.key)
            try:
                return iter((json.dumps(value, ensure_ascii=self.ascii, separators=marks),))
            except TypeError:
                pass
        return self._writer().pieces(value)

    def _writer(self) -> Writer:
        quoted = encode_basestring_ascii if self.ascii else encode_basestring
        return Writer(quoted, self.indent, self.item, self.key)


COMPACT = Style()


@lru_cache(maxsize=64)
def style_of(words: str) -> Style | None:
    """Read what `words` wrote."""
    layout = _WORD.match(words)
    if layout is None:
        return None
    style = _layout(layout[0])
    flags = words[layout.end() :].split()
    if not set(flags) <= set(_FLAGS.values()):
        return None
    return replace(
        style,
        ascii=_FLAGS["ascii"] in flags,
        html=_FLAGS["html"] in flags,
        slash=_FLAGS["slash"] in flags,
        crlf=_FLAGS["crlf"] in flags,
    )


def styles_like(text: str) -> Iterator[Style]:
    """The styles that a text could be in, the likeliest first."""
    escapes = "\\" in text
    codes = escapes and r"\u" in text
    html = codes and any(code in text for code in (r"\u003c", r"\u003e", r"\u0026"))
    slash = escapes and r"\/" in text
    # What looks like an escape may be one of the backslash before it.
    for flags in dict.fromkeys(((html, slash), (html, False), (False, slash), (False, False))):
        style = Style(
            ascii=codes and text.isascii(),
            html=flags[0],
            slash=flags[1],
            crlf="\r\n" in text[:200],
        )
        yield from _layouts_like(text, style)


def _layouts_like(text: str, style: Style) -> Iterator[Style]:
    key = _key_separator(text)
    indent = _INDENT.match(text)
    if indent is not None:
        yield replace(style, indent=indent[1], key=key if key == " : " else ": ")
        return
    if key != ":":
        yield replace(style, item=", ", key=": ")
    if key != ": ":
        yield style


def _key_separator(text: str) -> str:
    """What stands between the first key and its value, if anything does."""
    for match in _STRING.finditer(text, 0, 100_000):
        if match[1]:
            return match[1]
    return ""


def _layout(words: str) -> Style:
    if "indent" not in words:
        return COMPACT if words == "compact" else Style(item=", ", key=": ")
    size = words.rpartition(" ")[2]
    indent = "\t" if size == "tab" else " " * int(size)
    return Style(indent=indent, key=" : " if words.startswith("loose") else ": ")
