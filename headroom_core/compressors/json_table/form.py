"""The lossless form of JSON: its legend, its body, and the way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Encoded
from headroom_core.compressors.json_table import by_kind, embedded, islands, quick
from headroom_core.compressors.json_table.document import JOINTS, Document, read_document
from headroom_core.compressors.json_table.limits import Allowance
from headroom_core.compressors.json_table.lookups import texts_at
from headroom_core.compressors.json_table.prefixes import name_prefixes, put_prefixes_back
from headroom_core.compressors.json_table.rows import Rows, solid
from headroom_core.compressors.json_table.style import COMPACT, style_of
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from headroom_core.compressors.json_table.values import Json

# Names that the form itself uses, and the escapes that could hide them, behind what is common to
# them: most texts do not hold that, which is seen in no time.
_RESERVED = {
    ("\\", r"\u00"): (r"\u0040", r"\u0024"),
    ("@", '"@'): ('"@key"', '"@value"'),
    ("$", "{$"): ("{$table:",),
    ("$", '"$'): (f'"{embedded.MARK}', f'"{islands.MARK}"'),
}
_LEGEND = re.compile(r"(?P<style>[^,;]+)(?:, (?P<between>lines|joined|spaced out|apart))?(?:; .*)?")
_BETWEEN = {word: joint for joint, word in JOINTS.items()}
_EXPLAINED = "; arrays and maps as tables: count of rows, columns, rows"
_BLANK = "; blank: the value behind the column's =, else no such key"
_AFFIX = "; x:a*b: cells of x stand for *"
_ABOVE = "; x^: blank cells of x are as above"
_GIVEN = "; +n: n columns named below for all rows"
_REFERS = "; {x}: the row's x"
MENTIONS = "; x:{}: {y} in x is the row's y"
_COUNTS = ", row 0 first"
HAS_MENTION = re.compile(r":\{\}[^|\t]*\*")
"""In the columns of a table that names another column inside of its texts."""
_HAS_ABOVE = re.compile(r"\^(?:[|\t:\]]|$)")
_HAS_AFFIX = re.compile(r":[^|\t]*\*")


def to_form(text: str, spared: frozenset[str] = frozenset(), question: str = "") -> Encoded | None:
    """The form of a JSON text, or `None` when it has none that is shorter.

    The columns that are named in `spared`, and the values whose paths the question names, stand
    there in one piece.
    """
    if _names_reserved(text):
        return None
    document = read_document(text)
    if document is None:
        return None
    value = open_document(text, document)
    asked = texts_at(value, question)
    cut = islands.Islands(
        delimiter_for(text),
        spared.union(asked),
        at_once=document.at_once,
        finite=quick.is_finite(text),
    )
    size = _compact_size(text, document) if value is document.value else None
    body = name_prefixes(_apart(cut.write(value, size), asked))
    legend = _legend(document, cut.headers, named=body.startswith("$A="))
    if len(body) + len(legend) > len(text) * 0.96:
        return None
    return Encoded(legend, body, exact=document.exact)


def _compact_size(text: str, document: Document) -> int | None:
    """How long the compact text of a document is, where that is known."""
    if document.style != COMPACT or not document.exact or document.between not in {None, "\n"}:
        return None
    return len(text) + len("[]" if document.between else "")


def has_tables(form: Encoded) -> bool:
    """Whether arrays or maps stand in a form as tables."""
    return _EXPLAINED in form.legend


def _apart(pieces: list[tuple[str, bool]], asked: list[str]) -> list[tuple[str, bool]]:
    """The pieces of a body with the texts that were asked about on their own, not to be cut."""
    if not asked:
        return pieces
    alone = re.compile("(" + "|".join(map(re.escape, asked)) + ")")
    return [
        (part, may and index % 2 == 0)
        for text, may in pieces
        for index, part in enumerate(alone.split(text))
    ]


def _names_reserved(text: str) -> bool:
    return any(
        all(sign in text for sign in signs) and any(name in text for name in names)
        for signs, names in _RESERVED.items()
    )


def open_document(text: str, document: Document) -> Json | Rows:
    """The value of a document, with the JSON in its strings opened."""
    value = document.value
    if isinstance(value, Rows) or "\\" not in text or '\\"' not in text:
        return value
    return embedded.open_strings(value)


def delimiter_for(text: str) -> str:
    """What separates the cells of tables: a character that no cell holds."""
    may_hide = "\\" in text and r"\u007" in text
    return "\t" if "|" in text or may_hide else "|"


def from_form(legend: str, body: str) -> str:
    """The text of a form. Raises `DecodeError` when it is damaged."""
    match = _LEGEND.fullmatch(legend)
    style = style_of(match["style"].removeprefix("JSON ")) if match else None
    if match is None or style is None:
        raise DecodeError("the header does not say how the JSON was laid out")
    try:
        allowance = Allowance()
        plain = put_prefixes_back(body, allowance)
        value = islands.read_islands(plain, allowance)
        if embedded.MARK in plain:
            value = embedded.close_strings(solid(value))
        between = match["between"]
        joint = _BETWEEN[between] if between else None
        at_once = quick.pays(plain) and quick.is_finite(plain)
        return Document(value, style, exact=True, between=joint, at_once=at_once).write()
    except (ValueError, RecursionError) as exc:
        raise DecodeError(f"the form of a JSON text is damaged: {exc}") from exc


def _legend(document: Document, headers: list[str], *, named: bool) -> str:
    """How the text was laid out, and how to read what the body makes use of."""
    words = f"JSON {document.style.words()}"
    if document.between is not None:
        words += f", {JOINTS[document.between]}"
    if headers:
        lines = [line for header in headers for line in header.split("\n")]
        columns = [line for line in lines if not line.startswith(" ")]
        words += _EXPLAINED + _BLANK
        words += _AFFIX if any(_HAS_AFFIX.search(each) for each in columns) else ""
        words += _ABOVE if any(_HAS_ABOVE.search(each) for each in columns) else ""
        words += _GIVEN if any("\n" in header for header in headers) else ""
        words += _REFERS if any("{" in header for header in headers) else ""
        words += by_kind.SAID if any(map(by_kind.KINDS.fullmatch, columns)) else ""
        words += MENTIONS if any(HAS_MENTION.search(each) for each in columns) else ""
        words += _COUNTS if any("row" in header.partition("{")[2] for header in headers) else ""
    return words + ("; $A stands for its text" if named else "")
