"""A machine without counters, and tiny vocabularies that stand in for the published ones."""

from __future__ import annotations

import base64
import sys
import tempfile
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import platformdirs
import pytest

from headroom_core.tokens import exact
from headroom_core.tokens.vocabulary import VOCABULARIES

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_core.tokens.vocabulary import Vocabulary

MERGES = (b"he", b"ll", b"hell", b"hello", b" w", b"or", b"ld", b"  ", b"    ")


class MakeVocabulary(Protocol):
    def __call__(self, name: str) -> tuple[Vocabulary, bytes]: ...


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of `headroom fetch`; nothing else on this machine holds a vocabulary."""

    def user_data_path(*args: object, **kwargs: object) -> Path:
        return tmp_path / "data"

    monkeypatch.setattr(platformdirs, "user_data_path", user_data_path)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    return tmp_path / "data" / "vocabularies"


@pytest.fixture
def choose_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice of counters is made anew in the test, and forgotten after it."""
    monkeypatch.setattr(exact, "chosen", {})


@pytest.fixture
def no_toktok(choose_again: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "toktok", None)


@pytest.fixture
def make_vocabulary(monkeypatch: pytest.MonkeyPatch) -> MakeVocabulary:
    """Replace a published vocabulary by one of all bytes and a few merges."""

    def make(name: str) -> tuple[Vocabulary, bytes]:
        tokens = [*(bytes([byte]) for byte in range(256)), *MERGES]
        lines = (base64.b64encode(token) + b" %d" % rank for rank, token in enumerate(tokens))
        content = b"\n".join(lines) + b"\n"
        vocabulary = replace(VOCABULARIES[name], sha256=sha256(content).hexdigest())
        monkeypatch.setitem(VOCABULARIES, name, vocabulary)
        return vocabulary, content

    return make
