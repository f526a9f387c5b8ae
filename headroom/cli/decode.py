"""`headroom decode`: any lossless form back into the original."""

from __future__ import annotations

import click

from headroom.cli.text import FILE, read, write
from headroom_core.conversations import decode as decode_text


@click.command()
@click.argument("file", type=FILE, default="-")
def decode(file: str) -> None:
    """Turn a lossless form in FILE, or on standard input, back into the original.

    Other text comes out as it went in.
    """
    write(decode_text(read(file)))
