"""What is written of each column: nothing, since it follows; a default; or what varies.

What `spared` holds, names of columns and texts of cells, is asked about: it is written out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.affixes import affixes
from headroom_core.compressors.json_table.cells import (
    all_are_words,
    is_safe,
    is_text,
    to_cell,
    to_cells,
)
from headroom_core.compressors.json_table.columns import KEY
from headroom_core.compressors.json_table.mentions import (
    MARK,
    may_be_mentioned,
    may_mention,
    mentioning,
)
from headroom_core.compressors.json_table.templates import (
    Template,
    Texts,
    count_template,
    counts_rows,
    fill,
    is_single,
    ref_template,
    refs,
    texts_of,
    write_template,
)
from headroom_core.compressors.json_table.values import Absent, Value
from headroom_core.compressors.json_table.writing import dump, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.json_table.columns import Child, Column

_NAME = re.compile(r"[^\W\d](?:[\w@$/ -]*[\w@$/-])?|@key|@value|\$json\w*")
_MOST_SINGLE = 3
_PROBE = 40
_TEXT_KINDS = {str, Absent, type(None)}


@dataclass(slots=True)
class Head:
    """A column that has cells, as the header names it."""

    name: str
    rest: str = ""
    silent: int = 0
    """How many columns without cells follow it."""

    def __str__(self) -> str:
        return f"{self.name}{f'+{self.silent}' if self.silent else ''}{self.rest}"


@dataclass(slots=True)
class Plan:
    """The header of a table, the lines for columns that follow, and the cells of the others."""

    heads: list[Head] = field(default_factory=list[Head])
    given: list[str] = field(default_factory=list[str])
    cells: list[list[str]] = field(default_factory=list[list[str]])
    follows: bool = False
    """Whether a column without cells differs from row to row."""
    numbered: bool = False
    """Whether a column follows from the number of the row."""
    shortens: bool = False
    """Whether a column's cells stand without what all of them begin or end with."""

    def give(self, name: str, value: str) -> None:
        """Name a column that is the same, or follows, in every row."""
        self.given.append(f"{name}={value}")
        if not self.heads:
            self.heads.append(Head(""))
        self.heads[-1].silent += 1

    def show(self, head: Head, cells: list[str]) -> None:
        """Add a column with cells."""
        self.heads.append(head)
        self.cells.append(cells)


@dataclass(slots=True)
class Draft:
    """A column on its way into the plan."""

    name: str
    column: Column
    cells: list[str]
    texts: Texts
    kinds: set[type]
    weight: tuple[int, int]
    """A template may only refer to columns of less weight, so that there is no circle."""
    constant: bool


@dataclass(frozen=True, slots=True)
class Following:
    """How a column follows from others, and in which rows it does."""

    template: Template
    hits: list[bool]


@dataclass(slots=True)
class Table:
    """What is known while the columns of one table, or of one child table, are planned."""

    drafts: list[Draft]
    delimiter: str
    spared: frozenset[str]
    numbers: Sequence[int]
    within: str

    @property
    def counts_rows(self) -> bool:
        """Whether `{row}` has a meaning here, and the first rows stand where it shows."""
        return list(self.numbers[:3]) == [0, 1, 2]

    def texts(self, name: str) -> Texts:
        """The texts of a column."""
        return next(draft.texts for draft in self.drafts if draft.name == name)

    def values(self, name: str) -> list[Value]:
        """The values of a column."""
        return next(draft.column.values for draft in self.drafts if draft.name == name)


def name_of(path: Sequence[str]) -> str:
    """The name of a column: its keys joined by dots, quoted where they could be misread."""
    return ".".join(key if _NAME.fullmatch(key) else quote(key) for key in path)


def plan_columns(
    columns: Sequence[Column],
    delimiter: str,
    spared: frozenset[str],
    numbers: Sequence[int] = (),
    within: str = "",
) -> Plan:
    """Decide about all columns of a table, or of a child table `within` a column.

    `numbers` are the places of the rows in the table; the rows of child tables have none.
    """
    drafts = [_draft(index, column, delimiter) for index, column in enumerate(columns)]
    table = Table(drafts, delimiter, spared, numbers, within)
    plan = Plan()
    for draft in drafts:
        if draft.column.child is not None:
            _plan_child(plan, table, draft, draft.column.child)
        elif draft.constant:
            plan.give(within + draft.name, literal(draft.cells[0]))
        else:
            _plan_varying(plan, table, draft)
    return plan


def literal(cell: str) -> str:
    """A cell's text as it stands behind `=`, where braces have a meaning."""
    if cell[:1] in {'"', "[", "{"}:
        return cell
    return cell.replace("{", "{{").replace("}", "}}")


def _draft(index: int, column: Column, delimiter: str) -> Draft:
    name = name_of(column.path)
    if column.child is not None:
        return Draft(name, column, [], [], set(), (0, index), constant=False)
    cells = to_cells(column.values, delimiter)
    kinds = set(map(type, column.values))
    # The cells of numbers are their texts: one list for both.
    texts: Texts = list(cells) if kinds == {int} else texts_of(column.values)
    constant = cells.count(cells[0]) == len(cells)
    weight = sum(len(text) for text in texts if text)
    return Draft(name, column, cells, texts, kinds, (weight, index), constant)


def _plan_child(plan: Plan, table: Table, draft: Draft, child: Child) -> None:
    inner = plan_columns(child.columns, ",", table.spared, within=f"{table.within}{draft.name}.")
    lines = iter(_tuples(inner, child))
    cells = [
        to_cell(value, table.delimiter) if count < 0 else "".join(islice(lines, count))
        for value, count in zip(draft.column.values, child.counts, strict=True)
    ]
    plan.given += inner.given
    plan.show(Head(draft.name, f"({','.join(map(str, inner.heads))})"), cells)


def _tuples(plan: Plan, child: Child) -> list[str]:
    total = sum(count for count in child.counts if count > 0)
    if plan.cells:
        lines = [f"({','.join(row)})" for row in zip(*plan.cells, strict=True)]
    else:
        lines = ["()"] * (total - len(child.odd))
    if not child.odd:
        return lines
    line = iter(lines)
    return [
        f"(!{dump(child.odd[index])})" if index in child.odd else next(line)
        for index in range(total)
    ]


def _plan_varying(plan: Plan, table: Table, draft: Draft) -> None:
    # The keys of a map are what its rows are looked up by: they stand in every row.
    is_key = draft.column.path == (KEY,)
    found = None if is_key or _is_spared(draft, table.spared) else _follows(draft, table)
    if found is not None:
        plan.numbered |= counts_rows(found.template)
    if found is not None and all(found.hits):
        plan.give(table.within + draft.name, write_template(found.template))
        plan.follows = True
    elif found is not None and _fits(found.template, table.delimiter):
        cells = ["" if hit else cell for hit, cell in zip(found.hits, draft.cells, strict=True)]
        plan.show(Head(draft.name, f"={write_template(found.template)}"), cells)
    else:
        _plan_plain(plan, table, draft)


def _plan_plain(plan: Plan, table: Table, draft: Draft) -> None:
    """Write the cells: the commonest as blanks, or without what all begin and end with."""
    shortened = None if _is_spared(draft, table.spared) else _without_affixes(draft, table)
    blanked = _with_blanks(draft)
    ways = [way for way in (blanked, shortened) if way is not None]
    if ways:
        rest, cells = min(ways, key=lambda way: len(way[0]) + sum(map(len, way[1])))
        plan.show(Head(draft.name, rest), cells)
        plan.shortens |= rest.startswith(":")
    else:
        absent = "~" in draft.cells
        cells = [("" if cell == "~" else cell) for cell in draft.cells] if absent else draft.cells
        plan.show(Head(draft.name), cells)


def _with_blanks(draft: Draft) -> tuple[str, list[str]] | None:
    """The header and cells of a column whose commonest value is left blank, where that pays."""
    common, count = Counter(draft.cells).most_common(1)[0]
    # The keys of a map are what its rows are looked up by: they stand in every row.
    if draft.column.path == (KEY,) or common == "~" or count <= draft.cells.count("~"):
        return None
    if not _pays(common, count, len(draft.cells)):
        return None
    cells = ["" if cell == common else cell for cell in draft.cells]
    return f"={literal(common)}", cells


def _pays(common: str, count: int, rows: int) -> bool:
    """Whether a blank for the commonest cell saves more than its mention costs."""
    return count * 4 >= rows and (count - 1) * (len(common) + 1) > len(common) + 6


def _without_affixes(draft: Draft, table: Table) -> tuple[str, list[str]] | None:
    """The header and cells of a column of texts that begin or end alike, or mention others."""
    delimiter = table.delimiter
    if str not in draft.kinds or not draft.kinds <= _TEXT_KINDS:
        return None
    column = _mentioning(draft, table)
    mark = MARK if column is not draft.texts else ""
    texts = [text for text in column if text is not None]
    if len(texts) < 3:
        return None
    prefix, suffix = affixes(texts, numbered=draft.column.path != (KEY,))
    if prefix.startswith(MARK) and not mark:
        prefix = ""
    start, end = len(prefix), len(suffix)
    escaped = any(cell.startswith('"') for cell in draft.cells)
    if not start and not end and not mark and not escaped:
        return None
    plain = len(texts) == len(column) and table.spared.isdisjoint(texts)
    cells = _middles(texts, prefix, suffix, delimiter) if plain else None
    if cells is None:
        cells = [
            f"={cell}" if text in table.spared else _middle(text, cell, prefix, suffix, delimiter)
            for text, cell in zip(column, draft.cells, strict=True)
        ]
    old = sum(map(len, draft.cells)) - draft.cells.count("~")
    if old - sum(map(len, cells)) < 2 * (start + end) + 8:
        return None
    return f":{mark}{prefix}*{suffix}", cells


def _mentioning(draft: Draft, table: Table) -> Texts:
    """The texts of a column, with the names of others in place of their words where those pay."""
    texts = draft.texts
    if not may_mention(texts):
        return texts
    for other in table.drafts:
        fits = other.kinds == {str} and not other.constant and _is_referable(other.name)
        if fits and may_be_mentioned(other.texts):
            found, count = mentioning(texts, other.name, other.texts, table.spared)
            if count > 1 and _follows(other, table) is None:
                texts = found
    return texts


def _middles(texts: list[str], prefix: str, suffix: str, delimiter: str) -> list[str] | None:
    """What stands between prefix and suffix, if all texts have both and something harmless."""
    start, end, shortest = len(prefix), len(suffix), len(prefix) + len(suffix)
    if not all(
        text.startswith(prefix) and text.endswith(suffix) and len(text) > shortest for text in texts
    ):
        return None
    middles = [text[start : len(text) - end] for text in texts]
    return middles if all_are_words(middles, delimiter) else None


def _middle(text: str | None, cell: str, prefix: str, suffix: str, delimiter: str) -> str:
    """What stands between prefix and suffix, or the whole cell behind `=`."""
    middle = "" if text is None else text[len(prefix) : len(text) - len(suffix)]
    if (
        text is not None
        and text.startswith(prefix)
        and text.endswith(suffix)
        and len(text) > len(prefix) + len(suffix)
        and is_text(middle, delimiter)
        and middle[0] not in '"[{'
    ):
        return middle
    return "" if cell == "~" else f"={cell}"


def _follows(draft: Draft, table: Table) -> Following | None:
    """Find a template that gives (nearly) all values of a column."""
    if str in draft.kinds:
        for template in _guesses(draft, table):
            found = _following(draft, template, table)
            if found is not None:
                return found
    if table.counts_rows and draft.kinds in ({int}, {str}):
        counted = count_template(draft.name, draft.texts, whole=draft.kinds == {int})
        if counted is not None:
            return _following(draft, counted, table)
    return None


def _guesses(draft: Draft, table: Table) -> Iterator[Template]:
    """Templates that fit the first, or the middle, text of a column."""
    rows = len(draft.texts)
    for row in dict.fromkeys((_first_text(draft.texts), rows // 2)):
        text = draft.texts[row]
        if text is None:
            continue
        others: list[tuple[str, str]] = []
        for other in table.drafts:
            if other.weight < draft.weight and not other.constant and other.texts:
                found = other.texts[row]
                if found and found in text and _is_referable(other.name):
                    others.append((other.name, found))
        guesses = [ref_template(text, others)]
        guesses += [ref_template(text, [each]) for each in others[:_MOST_SINGLE]]
        yield from (template for template in guesses if refs(template))


def _following(draft: Draft, template: Template, table: Table) -> Following | None:
    """A template with the rows in which it holds, if those are many and worth its mention."""
    text = write_template(template)
    if text[0] in '"[' or not is_text(text, "\t"):
        return None
    probe = _hits(draft, template, table, _PROBE)
    if sum(probe) * 2 < len(probe):
        return None
    hits = _hits(draft, template, table) if len(draft.texts) > _PROBE else probe
    saved = sum(len(cell) for hit, cell in zip(hits, draft.cells, strict=True) if hit)
    if sum(hits) * 3 < len(hits) or saved <= len(text) + 8:
        return None
    return Following(template, hits)


def _hits(draft: Draft, template: Template, table: Table, most: int | None = None) -> list[bool]:
    """In which of the first rows a template gives the very value."""
    rows = len(draft.texts) if most is None else min(most, len(draft.texts))
    numbers = table.numbers[:rows] or range(rows)
    made = fill(template, numbers, lambda name: table.texts(name)[:rows])
    if not is_single(template):
        return [
            text is not None and text == other and type(value) is str
            for text, other, value in zip(made, draft.texts, draft.column.values, strict=False)
        ]
    names = refs(template)
    kinds = [type(value) for value in table.values(names[0])[:rows]] if names else [int] * rows
    return [
        text is not None and text == other and type(value) is kind
        for text, other, value, kind in zip(
            made, draft.texts, draft.column.values, kinds, strict=False
        )
    ]


def _fits(template: Template, delimiter: str) -> bool:
    """Whether a template can stand in a header between other columns."""
    text = write_template(template)
    return (text.startswith("{") and is_text(text, delimiter)) or is_safe(text, delimiter)


def _is_spared(draft: Draft, spared: frozenset[str]) -> bool:
    return draft.column.path[-1].lower() in spared


def _is_referable(name: str) -> bool:
    return not any(char in name for char in '{}\n"') and not name.startswith("row")


def _first_text(texts: Texts) -> int:
    return next((index for index, text in enumerate(texts) if text is not None), 0)
