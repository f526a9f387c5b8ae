"""Read texts in and write texts out without changing a byte of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
"""The type of an argument that names a file, or `-` for standard input."""


def read(path: str) -> str:
    """The text of a file, or of standard input for `-`."""
    raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    return raw.decode("utf-8", "surrogateescape")


def write(text: str) -> None:
    """Write a text to standard output as it is."""
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns: the first to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)
