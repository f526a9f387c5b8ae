"""`headroom retrieve`: the original behind a note, or the part that is needed."""

from __future__ import annotations

import click

from headroom.api import retrieve as retrieve_original
from headroom.cli.text import write


@click.command()
@click.argument("ref")
@click.option("--lines", help="Source lines: 120-180, 7, -20 or 10-20,40-50.")
@click.option("--query", help="Words to find; the best stretches come first.")
@click.option("--where", help="A condition on rows, or figures: 'count by status'.")
@click.option("--path", help="A value of JSON: '$.items[3].name'.")
@click.option("--symbol", help="A function or class of a source file.")
@click.option("--max-tokens", type=int, help="Stop after so many tokens, with a cursor.")
@click.option("--cursor", help="Go on where an answer has stopped.")
def retrieve(  # noqa: PLR0913 - each is one way to ask
    ref: str,
    *,
    lines: str | None,
    query: str | None,
    where: str | None,
    path: str | None,
    symbol: str | None,
    max_tokens: int | None,
    cursor: str | None,
) -> None:
    """Write the original that the note `[headroom REF: …]` names, byte for byte.

    At most one of the selectors chooses a part of it.
    """
    found = retrieve_original(
        ref,
        lines=lines,
        query=query,
        where=where,
        path=path,
        symbol=symbol,
        max_tokens=max_tokens,
        cursor=cursor,
    )
    # A part ends its last line, so that a prompt does not stand behind it; an original is exact.
    write(found.text if found.exact else f"{found.text}\n")
