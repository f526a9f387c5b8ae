"""`headroom fetch`: the one command that downloads something."""

from __future__ import annotations

from pathlib import Path

import click

from headroom_core.config import load
from headroom_core.tokens.fetch import FETCHABLE
from headroom_core.tokens.fetch import fetch as fetch_file

MODELS = ("kompress", "relevance")


@click.command()
@click.argument("name", type=click.Choice(sorted((*FETCHABLE, *MODELS))))
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take a vocabulary from this directory instead of the network.",
)
def fetch(name: str, source: Path | None) -> None:
    """Install the vocabulary NAME for exact token counts, or the model of the setting NAME.

    This is the only command of Headroom that downloads anything, and only when you run it. Of
    `kompress` and `relevance` it fetches the model that the setting names, or the usual one.
    """
    click.echo(f"installed {_fetched(name, source)}")


def _fetched(name: str, source: Path | None) -> Path:
    if name not in MODELS:
        return fetch_file(name, source=source)
    if source is not None:
        raise click.UsageError(
            f"a model is used where it is: set HEADROOM_MODELS_{name.upper()}={source}"
        )
    # Here, since the other commands do not need the `ml` extra.
    from headroom_core.ml.fetch import fetch_kompress, fetch_relevance  # noqa: PLC0415

    settings = load().settings.models
    return fetch_kompress(settings) if name == "kompress" else fetch_relevance(settings)
