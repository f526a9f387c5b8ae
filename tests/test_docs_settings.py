"""The tables of settings in the docs are those of the code. `pytest --record` writes them anew."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import MISSING, Field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from headroom_core.model_settings import ModelSettings
from headroom_core.settings import Settings
from headroom_core.store.settings import StoreSettings

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
HEAD = "| name | default | meaning |\n|---|---|---|\n"
TABLES: list[tuple[str, type[Any]]] = [
    ("## Settings\n\n", Settings),
    ("## Settings of the store\n\n", StoreSettings),
    ("## Settings of models\n\n", ModelSettings),
]


def meanings(of: type[Any]) -> dict[str, str]:
    """The docstring of each field of a class, on one line."""
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(of)).body
        if isinstance(node, ast.ClassDef)
    )
    found: dict[str, str] = {}
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                found[name] = " ".join(text.split())
            case _:
                pass
    return found


def shown(field: Field[Any]) -> str:
    """The default of a field as one would write it."""
    value: Any = field.default
    factory: Any = field.default_factory
    if value is MISSING:
        return f"`{type(factory()).__name__}()`"
    if isinstance(value, frozenset):
        return f"`{', '.join(sorted(map(repr, value)))}`"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - of whatever type
    return f"`{value:_}`" if type(value) is int else f"`{value!r}`"


def table(of: type[Any]) -> str:
    told = meanings(of)
    rows = [f"| `{f.name}` | {shown(f)} | {told[f.name]} |\n" for f in fields(of)]
    return HEAD + "".join(rows)


def with_tables(page: str) -> str:
    """The page with each table as it follows from the code."""
    for heading, of in TABLES:
        before, found, after = page.partition(heading + HEAD)
        assert found, f"the page has no table below {heading!r}"
        rest = re.sub(r"\A(?:.+\n)+", "", after)
        page = before + heading + table(of) + rest
    return page


def test_the_tables_are_those_of_the_code(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--record"):
        PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_tables(page)


@pytest.mark.parametrize("of", [Settings, StoreSettings, ModelSettings])
def test_every_setting_says_what_it_means(of: type[Any]) -> None:
    told = meanings(of)

    assert list(told) == [each.name for each in fields(of)]
    assert all(meaning.endswith(".") and "|" not in meaning for meaning in told.values())
