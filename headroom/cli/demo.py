"""`headroom demo`: the whole idea on one screen."""

from __future__ import annotations

import click

from headroom.cli.text import table
from headroom.demo import conversation
from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Mode, Settings
from headroom_core.store.memory import MemoryStore

SHOWN_LINES = 24


@click.command()
def demo() -> None:
    """Compress a bundled conversation, show what a model reads, and get the originals back."""
    messages = conversation()
    click.echo("An on-call agent has called three tools. What its model reads next:\n")
    rows = [("", "tokens", "saved")]
    runs: list[tuple[str, Mode, bool]] = [
        ("as the tools printed it", "lossless", False),
        ("compress(messages)", "balanced", False),
        ("compress(messages, retrieval=True)", "balanced", True),
        ('… with Settings(mode="max")', "max", True),
    ]
    for index, (name, mode, retrieval) in enumerate(runs):
        result = _engine(mode).compress(messages, retrieval=retrieval, bypass=index == 0)
        rows.append((name, f"{result.tokens_after:,}", f"{result.compression_ratio:.0%}"))
    click.echo(table(rows))
    _show_one(messages)


def _show_one(messages: list[dict[str, object]]) -> None:
    """Show what became of the log, and that the original is still there."""
    engine = _engine("balanced")
    result = engine.compress(messages, retrieval=True)
    hidden = [edit for edit in result.edits if edit.ref]
    edit = max(hidden, key=lambda each: each.tokens_before)
    text = str(result.messages[edit.message]["content"])
    original = str(messages[edit.message]["content"])
    lines = text.split("\n")
    click.echo(f"\nThe largest result now reads ({edit.tokens_after:,} tokens):\n")
    for line in lines[:SHOWN_LINES]:
        click.echo(f"  {line[:150]}")
    if len(lines) > SHOWN_LINES:
        click.echo(f"  … and {len(lines) - SHOWN_LINES} lines more")
    ref = edit.ref or ""
    same = engine.store.get(ref) == original
    size = len(original.encode())
    verdict = f"{size:,} bytes, the same as printed" if same else "NOT the same as printed"
    click.echo(f"\nretrieve({ref!r}) gives the original back: {verdict}.")
    if not same:  # pragma: no cover - would be a broken promise
        raise SystemExit(1)


def _engine(mode: Mode) -> Headroom:
    return Headroom(Settings(mode=mode), store=MemoryStore())
