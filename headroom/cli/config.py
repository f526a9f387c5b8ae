"""`headroom config`: the effective settings, and where each value comes from."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, cast

import click

from headroom.cli.text import table
from headroom_core.config import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headroom_core.model_settings import ModelSettings
    from headroom_core.store.settings import StoreSettings


@click.command()
def config() -> None:
    """Show every setting, its value and its source: call, environment, file or default."""
    loaded = load()
    plain = loaded.settings
    groups: dict[str, StoreSettings | ModelSettings] = {
        "store": plain.store_settings(),
        "models": plain.models,
    }
    values = {each.name: getattr(plain, each.name) for each in fields(plain)}
    for group, inner in groups.items():
        del values[group]
        values |= {f"{group}_{each.name}": getattr(inner, each.name) for each in fields(inner)}
    rows = [("setting", "value", "source")]
    rows += [(name, _shown(value), loaded.sources[name]) for name, value in values.items()]
    click.echo(table(rows))


def _shown(value: object) -> str:
    if isinstance(value, (tuple, frozenset)):
        items = cast("Iterable[object]", value)  # whatever they are, they have a text
        return ", ".join(sorted(map(str, items))) or "-"
    return str(value) if value != "" else "-"
