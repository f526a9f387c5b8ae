"""`headroom config`: the effective settings, and where each value comes from."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, cast

import click

from headroom.cli.text import table
from headroom_core.config import load

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command()
def config() -> None:
    """Show every setting, its value and its source: call, environment, file or default."""
    loaded = load()
    plain = loaded.settings
    stored = plain.store_settings()
    values = {each.name: getattr(plain, each.name) for each in fields(plain)}
    del values["store"]
    values |= {f"store_{each.name}": getattr(stored, each.name) for each in fields(stored)}
    rows = [("setting", "value", "source")]
    rows += [(name, _shown(value), loaded.sources[name]) for name, value in values.items()]
    click.echo(table(rows))


def _shown(value: object) -> str:
    if isinstance(value, (tuple, frozenset)):
        items = cast("Iterable[object]", value)  # whatever they are, they have a text
        return ", ".join(sorted(map(str, items))) or "-"
    return str(value) if value != "" else "-"
