"""Which public encoding a model uses, read from the many ways in which a model is named."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST_NAME = 256

# How the names of each encoding's models begin; a suffix after a hyphen may follow.
_FAMILIES = {
    "o200k": r"gpt-5(?:\.\d+)? gpt-4o gpt-4\.1 gpt-4\.5 chatgpt-4o gpt-oss o[134]",
    "cl100k": (
        r"gpt-4 gpt-3\.5 gpt-35 text-embedding-3 text-embedding-ada-002 davinci-002 babbage-002"
    ),
    "p50k": (
        r"text-davinci-00[23] text-davinci-edit code-davinci code-cushman davinci-codex"
        r" cushman-codex"
    ),
    "r50k": r"text-(?:davinci|curie|babbage|ada)-001 davinci curie babbage ada gpt-?2",
}
_NAMES = {
    encoding: re.compile(f"(?:{'|'.join(families.split())})(?:-.*)?")
    for encoding, families in _FAMILIES.items()
}

_SEPARATORS = re.compile("[/:@]")
_DOTTED_PREFIX = re.compile(r"(?:[a-z_]+\.)*")


def encoding_of(model: str) -> str | None:
    """Return `o200k`, `cl100k`, `p50k` or `r50k`, or `None` for a model of another vocabulary.

    Providers (`azure/…`, `openrouter/openai/…`, `openai:…`), regions and vendors (`us.openai.…`),
    fine-tunes (`ft:…:org::id`), tags and versions (`…:free`, `…@2024-08-06`) do not matter.
    """
    return _encoding_of(model[:_LONGEST_NAME])


@lru_cache(maxsize=256)
def _encoding_of(model: str) -> str | None:
    for segment in _SEPARATORS.split(model.strip().lower()):
        name = _DOTTED_PREFIX.sub("", segment, count=1)
        for encoding, names in _NAMES.items():
            if names.fullmatch(name):
                return encoding
    return None
