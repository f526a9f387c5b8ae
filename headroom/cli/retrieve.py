"""`headroom retrieve`: the original behind a note."""

from __future__ import annotations

import click

from headroom.api import retrieve as retrieve_original
from headroom.cli.text import write


@click.command()
@click.argument("ref")
def retrieve(ref: str) -> None:
    """Write the original that the note `[headroom REF: …]` names, byte for byte."""
    write(retrieve_original(ref).text)
