"""`headroom fetch`: the one command that downloads something."""

from __future__ import annotations

from pathlib import Path

import click

from headroom_core.tokens.fetch import FETCHABLE
from headroom_core.tokens.fetch import fetch as fetch_file


@click.command()
@click.argument("name", type=click.Choice(sorted(FETCHABLE)))
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take it from this directory instead of the network.",
)
def fetch(name: str, source: Path | None) -> None:
    """Install the vocabulary NAME for exact token counts.

    This is the only command of Headroom that downloads anything, and only when you run it.
    """
    click.echo(f"installed {fetch_file(name, source=source)}")
