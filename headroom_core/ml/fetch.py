"""Fetch a model when the user asks for it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.ml.classifier import BASE_TOKENIZER, TOKENIZER_FILES, has_tokenizer
from headroom_core.ml.kompress import DEFAULT_MODEL
from headroom_core.ml.packages import download
from headroom_core.model_settings import BY_WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_core.model_settings import ModelSettings

DEFAULT_RELEVANCE = "sentence-transformers/all-MiniLM-L6-v2"


def fetch_kompress(settings: ModelSettings) -> Path:
    """Download the model of the setting, or the usual one; its tokenizer too."""
    folder = download(settings.kompress or DEFAULT_MODEL)
    if not has_tokenizer(folder):
        download(BASE_TOKENIZER, only=TOKENIZER_FILES)
    return folder


def fetch_relevance(settings: ModelSettings) -> Path:
    """Download the model of the setting, or a small usual one."""
    named = settings.relevance
    return download(DEFAULT_RELEVANCE if named == BY_WORDS else named)
