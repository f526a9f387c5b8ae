"""Write results as Markdown tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers stand to the right, and a bar in a cell does not end it."""
    numbers = [
        bool(rows) and all(isinstance(row[column], int | float) for row in rows)
        for column in range(len(header))
    ]
    lines = [header, ["---:" if number else "---" for number in numbers]]
    lines.extend([_cell(value) for value in row] for row in rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def page(results: Mapping[str, object]) -> str:
    """A section for each benchmark, with a table for each group of figures in it."""
    sections = [f"## {name}\n\n{_section(name, value)}" for name, value in results.items()]
    return "\n".join(sections)


def _section(title: str, value: object) -> str:
    """Figures by name become a table; groups of such become a section each."""
    if not _is_group(value):
        return f"{value}\n"
    if all(_is_row(each) for each in value.values()):
        return _by_name(title, value)
    if not any(_is_group(each) for each in value.values()):
        return table(["", title], list(value.items()))
    return "\n".join(f"### {name}\n\n{_section(name, each)}" for name, each in value.items())


def _by_name(title: str, groups: Mapping[str, object]) -> str:
    """A row for each name, with a column for each figure that any of them has."""
    flat = {name: _flat(group) for name, group in groups.items()}
    columns = list(dict.fromkeys(key for figures in flat.values() for key in figures))
    rows = [[name, *(figures.get(key, "") for key in columns)] for name, figures in flat.items()]
    return table([title, *(column.replace("_", " ") for column in columns)], rows)


def _is_row(value: object) -> bool:
    """Whether all figures of a group fit into one row: numbers, or numbers by name."""
    return (
        _is_group(value)
        and not any(
            _is_group(inner) and any(map(_is_group, inner.values())) for inner in value.values()
        )
        and any(not _is_group(inner) for inner in value.values())
    )


def _flat(value: object, before: str = "") -> dict[str, object]:
    if not _is_group(value):
        return {before.strip(): value}
    out: dict[str, object] = {}
    for key, inner in value.items():
        out.update(_flat(inner, f"{before} {key}"))
    return out


def _is_group(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)
