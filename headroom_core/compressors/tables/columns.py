"""What is written of each column: nothing, since it follows; what differs; or all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import eq
from typing import TYPE_CHECKING

from headroom_core.compressors.json_table.templates import (
    Template,
    ref_template,
    write_template,
)
from headroom_core.compressors.tables import ways
from headroom_core.compressors.tables.filling import fill
from headroom_core.compressors.tables.items import EMPTY, Item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_WINDOW = 150
_PROBE = 40
_MOST_OTHERS = 60
_LEAST_GAIN = 8
_BARE = '{}\n"'


@dataclass(slots=True)
class Plan:
    """The header of a table, the lines for columns without cells, and the cells of the others."""

    items: list[Item] = field(default_factory=list[Item])
    given: list[Item] = field(default_factory=list[Item])
    cells: list[Iterable[str]] = field(default_factory=list["Iterable[str]"])
    """To be read once."""

    def give(self, name: str, value: str) -> None:
        """Name a column that is the same, or follows, in every row."""
        self.given.append(Item(name, value=value, shown=False))
        if not self.items:
            self.items.append(Item("", shown=False, is_gap=True))
        self.items[-1].silent += 1

    def show(self, item: Item, cells: Iterable[str]) -> None:
        """Add a column with cells."""
        self.items.append(item)
        self.cells.append(cells)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A column on its way into the plan."""

    index: int
    name: str
    cells: Sequence[str]
    sample: Sequence[str]
    """Windows of neighbouring cells; enough to decide by."""
    constant: bool
    referable: bool

    @property
    def weight(self) -> tuple[int, int]:
        """A template may only refer to columns of less weight, so that there is no circle."""
        return sum(map(len, self.sample)), self.index


def plan_columns(
    names: Sequence[str], columns: Sequence[Sequence[str]], whole: Collection[int] = ()
) -> Plan:
    """Decide about all columns of a table. The rows in `whole` keep every cell that differs."""
    seen = Counter(names)
    drafts = [
        _draft(index, name, cells, referable=seen[name] == 1)
        for index, (name, cells) in enumerate(zip(names, columns, strict=True))
    ]
    plan = Plan()
    for draft in drafts:
        if draft.constant and "\n" not in draft.cells[0] and "\n" not in draft.name:
            plan.give(draft.name, _literal(draft.cells[0]))
        else:
            _plan_varying(plan, drafts, draft, whole)
    return plan


def _draft(index: int, name: str, cells: Sequence[str], *, referable: bool) -> _Draft:
    count = len(cells)
    if count > 3 * _WINDOW:
        middle = count // 2
        sample = (*cells[:_WINDOW], *cells[middle : middle + _WINDOW], *cells[-_WINDOW:])
    else:
        sample = tuple(cells)
    constant = count > 1 and cells.count(cells[0]) == count
    bare = bool(name) and not any(sign in name for sign in _BARE) and not name.startswith("row")
    return _Draft(index, name, cells, sample, constant, referable and bare and not constant)


def _literal(text: str) -> str:
    """A text as it stands where braces have a meaning."""
    return text.replace("{", "{{").replace("}", "}}")


def _plan_varying(
    plan: Plan, drafts: Sequence[_Draft], draft: _Draft, whole: Collection[int]
) -> None:
    """Write what the best way of leaving something out leaves."""
    most, written = ways.best(ways.Cells(draft.name, draft.cells, draft.sample, whole))
    template = _follows(draft, drafts)
    if template is not None:
        made = fill(template, len(draft.cells), lambda name: _cells_of(drafts, name))
        text = write_template(template)
        hits = bytes(map(eq, draft.cells, made))
        if all(hits):
            plan.give(draft.name, text)
            return
        if EMPTY not in draft.cells and _gain(draft, drafts, template) > most:
            cells = (
                "" if hit and at not in whole else cell or EMPTY
                for at, (hit, cell) in enumerate(zip(hits, draft.cells, strict=True))
            )
            plan.show(Item(draft.name, value=text), cells)
            return
    if written is None:
        plan.show(Item(draft.name), draft.cells)
    else:
        plan.show(*written)


def _follows(draft: _Draft, drafts: Sequence[_Draft]) -> Template | None:
    """Find a template of other columns that gives (nearly) all cells of a column."""
    best: Template | None = None
    most = _LEAST_GAIN
    for template in dict.fromkeys(_guesses(draft, drafts)):
        gain = _gain(draft, drafts, template, _PROBE)
        if gain > most:
            best, most = template, gain
    return best


def _guesses(draft: _Draft, drafts: Sequence[_Draft]) -> Iterator[Template]:
    """Templates that fit some cell of a column."""
    sample = draft.sample
    for row in dict.fromkeys((0, len(sample) // 2, len(sample) - 1)):
        text = sample[row]
        others: list[tuple[str, str]] = []
        for other in drafts[:_MOST_OTHERS]:
            found = other.sample[row]
            if found and found in text and other.referable and other.weight < draft.weight:
                others.append((other.name, found))
        if len(text) > 1 and others and "\n" not in text:
            for template in (ref_template(text, others), ref_template(text, others[:1])):
                if any(not isinstance(part, str) for part in template):
                    yield template


def _gain(
    draft: _Draft, drafts: Sequence[_Draft], template: Template, most: int | None = None
) -> int:
    """How many characters of a sample a template saves, its own mention subtracted."""
    cells = draft.sample[:most]
    made = fill(template, len(cells), lambda name: _sample_of(drafts, name, len(cells)))
    saved = sum(len(cell) for cell, other in zip(cells, made, strict=True) if cell == other)
    return saved - len(write_template(template))


def _cells_of(drafts: Sequence[_Draft], name: str) -> Sequence[str]:
    return next(draft.cells for draft in drafts if draft.name == name)


def _sample_of(drafts: Sequence[_Draft], name: str, most: int) -> Sequence[str]:
    return next(draft.sample for draft in drafts if draft.name == name)[:most]
