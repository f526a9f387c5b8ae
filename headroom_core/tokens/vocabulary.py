"""The vocabularies of the public encodings: what identifies each, and where it may lie on disk.

Nothing here downloads. A file is used only if its digest is the published one, whoever put it
there, so a shared temporary directory cannot change a count.
"""

from __future__ import annotations

import base64
import os
import tempfile
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOME = "https://openaipublic.blob.core.windows.net/encodings/"

_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_LEAD = r"[^\r\n\p{L}\p{N}]?"
_CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_O200K = "|".join(
    (
        f"{_LEAD}{_UPPER}*{_LOWER}+{_CONTRACTION}",
        f"{_LEAD}{_UPPER}+{_LOWER}*{_CONTRACTION}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
_CL100K = "|".join(
    (
        r"'(?i:[sdmt]|ll|ve|re)",
        r"[^\r\n\p{L}\p{N}]?+\p{L}++",
        r"\p{N}{1,3}+",
        r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
        r"\s++$",
        r"\s*[\r\n]",
        r"\s+(?!\S)",
        r"\s",
    )
)
_GPT2 = "|".join(
    (
        r"'(?:[sdmt]|ll|ve|re)",
        r" ?\p{L}++",
        r" ?\p{N}++",
        r" ?[^\s\p{L}\p{N}]++",
        r"\s++$",
        r"\s+(?!\S)",
        r"\s",
    )
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """An encoding: how a text is split, and the published file with the ranks of its tokens."""

    encoding: str
    """The name that `tiktoken` and `toktok` give it."""
    sha256: str
    pattern: str

    @property
    def filename(self) -> str:
        return f"{self.encoding}.tiktoken"

    @property
    def url(self) -> str:
        return _HOME + self.filename

    @property
    def filenames(self) -> tuple[str, str]:
        """The published name, and the name under which `tiktoken` caches the file."""
        return self.filename, sha1(self.url.encode(), usedforsecurity=False).hexdigest()

    def is_genuine(self, content: bytes) -> bool:
        """Whether `content` is the published file, byte for byte."""
        return sha256(content).hexdigest() == self.sha256


VOCABULARIES: dict[str, Vocabulary] = {
    "o200k": Vocabulary(
        "o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", _O200K
    ),
    "cl100k": Vocabulary(
        "cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", _CL100K
    ),
    "p50k": Vocabulary(
        "p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069", _GPT2
    ),
    "r50k": Vocabulary(
        "r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930", _GPT2
    ),
}
"""By the short name that counters and `headroom fetch` use."""


def data_directory() -> Path:
    """Where `headroom fetch` puts files."""
    return platformdirs.user_data_path("headroom", appauthor=False) / "vocabularies"


def on_disk(vocabulary: Vocabulary) -> bytes | None:
    """Return the vocabulary's file from one of the places where it may lie, or `None`."""
    for path in _candidates(vocabulary):
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if vocabulary.is_genuine(content):
            return content
    return None


def ranks(content: bytes) -> dict[bytes, int]:
    """Read the lines of a vocabulary: a token in base64, and its rank."""
    pairs = (line.split() for line in content.splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def _candidates(vocabulary: Vocabulary) -> Iterator[Path]:
    yield data_directory() / vocabulary.filename
    cache = _tiktoken_cache()
    if cache:
        yield Path(cache) / vocabulary.filenames[1]


def _tiktoken_cache() -> str:
    """`tiktoken`'s own directory by its own rules; an empty setting switches the cache off."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in os.environ:
            return os.environ[variable]
    return str(Path(tempfile.gettempdir()) / "data-gym-cache")
