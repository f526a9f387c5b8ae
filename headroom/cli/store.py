"""`headroom store`: what is kept, and how to look at it, move it and remove it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headroom.cli.text import table
from headroom_core.config import load, store_key
from headroom_core.store.base import bytes_of, parse_ref
from headroom_core.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Generator

    from headroom_core.store.base import Entry, Store

SHOWN_LINES = 12
SHOWN_CHARS = 120


@click.group()
@click.option("--namespace", help="The tenant or project; default: that of the settings.")
@click.pass_context
def store(ctx: click.Context, namespace: str | None) -> None:
    """Look after the store of originals."""
    ctx.obj = namespace


@store.command()
@click.pass_obj
def info(namespace: str | None) -> None:
    """Say where the store is, what it holds and how full it is."""
    with _opened(namespace) as kept:
        facts = kept.info()
    rows = [
        ("store", facts.url),
        ("namespace", facts.namespace or "-"),
        ("originals", f"{facts.originals:,}"),
        ("evicted", f"{facts.evicted:,}"),
        ("size of the originals", f"{facts.size:,} bytes"),
        ("used, all namespaces", f"{facts.bytes_used:,} of {facts.max_bytes:,} bytes"),
        ("encrypted", "yes" if facts.encrypted else "no"),
        ("durability", facts.durability),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:{width}}  {value}")


@store.command(name="list")
@click.option("--limit", default=50, help="How many of the newest; 0 for all.")
@click.pass_obj
def list_(namespace: str | None, limit: int) -> None:
    """List the originals, the newest last, and what was evicted."""
    with _opened(namespace) as kept:
        entries = list(kept.entries())
    shown = entries[-limit:] if limit else entries
    rows = [("ref", "bytes", "stored", "created", "used")]
    rows += [
        (
            each.ref,
            "evicted" if each.evicted else f"{each.size:,}",
            f"{each.stored:,}",
            _time(each.created),
            _time(each.used),
        )
        for each in shown
    ]
    click.echo(table(rows))
    if len(shown) < len(entries):
        click.echo(f"… and {len(entries) - len(shown)} older ones; `--limit 0` lists all")


@store.command()
@click.argument("ref")
@click.pass_obj
def show(namespace: str | None, ref: str) -> None:
    """Show how an original begins; `headroom retrieve REF` gives all of it."""
    with _opened(namespace) as kept:
        text = kept.get(ref)
        known = [each for each in kept.entries() if each.ref == parse_ref(ref)]
    lines = text.split("\n")
    click.echo(f"{_about(known[0])}, {len(lines):,} lines\n")
    for line in lines[:SHOWN_LINES]:
        click.echo(f"  {line[:SHOWN_CHARS].encode('utf-8', 'replace').decode()}")
    if len(lines) > SHOWN_LINES:
        click.echo(f"  … and {len(lines) - SHOWN_LINES:,} lines more")


@store.command()
@click.argument("refs", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every original of the namespace.")
@click.pass_obj
def evict(namespace: str | None, refs: tuple[str, ...], *, everything: bool) -> None:
    """Remove the originals REFS. A note that names one of them can then no longer be redeemed."""
    if bool(refs) == everything:
        raise click.UsageError("name the refs to evict, or pass --all")
    with _opened(namespace) as kept:
        if everything:
            refs = tuple(each.ref for each in list(kept.entries()) if not each.evicted)
        for ref in refs:
            kept.evict(ref)
    click.echo(f"evicted {len(refs)}")


@store.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def export(namespace: str | None, directory: Path) -> None:
    """Write every original to DIRECTORY, as a file that is named after its ref.

    The files can be read by their owner only.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _opened(namespace) as kept:
        refs = [each.ref for each in kept.entries() if not each.evicted]
        for ref in refs:
            _write(directory / f"{ref}.txt", bytes_of(kept.get(ref)))
    click.echo(f"exported {len(refs)} to {directory}")


@store.command()
@click.pass_obj
def verify(namespace: str | None) -> None:
    """Read every original and check it; exit code 1 when one is damaged."""
    with _opened(namespace) as kept:
        found = kept.verify()
    click.echo(f"checked {found.checked}, damaged {len(found.corrupted)}")
    for ref in found.corrupted:
        click.echo(f"damaged: {ref}")
    if found.corrupted:
        sys.exit(1)


@contextmanager
def _opened(namespace: str | None) -> Generator[Store]:
    settings = load().settings.store_settings()
    kept = open_store(settings, namespace=namespace or "", key=store_key())
    try:
        yield kept
    finally:
        kept.close()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _about(entry: Entry) -> str:
    return f"{entry.ref}: {entry.size:,} bytes, stored {_time(entry.created)}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
