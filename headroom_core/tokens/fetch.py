"""Fetch a vocabulary. This is the only code that downloads, and only when asked by name."""

from __future__ import annotations

import os
import tempfile
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from headroom_core.errors import ConfigError, HeadroomError
from headroom_core.tokens.vocabulary import VOCABULARIES, data_directory

if TYPE_CHECKING:
    from headroom_core.tokens.vocabulary import Vocabulary

FETCHABLE = VOCABULARIES
"""What `fetch` knows, by name."""

_TIMEOUT_SECONDS = 60
_MAX_BYTES = 16 * 1024 * 1024


def fetch(name: str, *, source: Path | None = None) -> Path:
    """Put a vocabulary where the counters look for it, and return the path of the file.

    `source` is a file, or a directory that holds it under its published name or under the name
    that `tiktoken` caches it by; without it the file is downloaded. What does not have the
    published digest is refused, and whatever was there before stays.
    """
    if name not in FETCHABLE:
        raise ConfigError(f"`{name}` cannot be fetched; choose one of {', '.join(FETCHABLE)}")
    vocabulary = FETCHABLE[name]
    content = _read(vocabulary, source) if source else _download(vocabulary)
    if not vocabulary.is_genuine(content):
        raise HeadroomError(
            f"`{source or vocabulary.url}` does not hold the published {name} vocabulary:"
            f" its SHA-256 is not {vocabulary.sha256}"
        )
    target = data_directory() / vocabulary.filename
    try:
        _write(target, content)
    except OSError as exc:
        raise HeadroomError(f"could not write `{target}`: {exc}") from exc
    return target


def _read(vocabulary: Vocabulary, source: Path) -> bytes:
    paths = [source] if source.is_file() else [source / name for name in vocabulary.filenames]
    for path in paths:
        if path.is_file():
            return path.read_bytes()
    raise ConfigError(
        f"`{source}` holds neither `{vocabulary.filenames[0]}` nor `{vocabulary.filenames[1]}`"
    )


def _download(vocabulary: Vocabulary) -> bytes:
    try:
        with urlopen(vocabulary.url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - a constant https address
            content: bytes = response.read(_MAX_BYTES)
    except (OSError, HTTPException) as exc:
        raise HeadroomError(
            f"could not download `{vocabulary.url}`: {exc}; where there is no network, copy the"
            " file here and run the command again with `--from DIR`"
        ) from exc
    return content


def _write(target: Path, content: bytes) -> None:
    """Write a file at once: another process sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(target)
    except OSError:
        Path(draft).unlink()
        raise
