from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiktoken_ext import openai_public

from headroom_core.tokens.vocabulary import VOCABULARIES, on_disk, ranks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tokens.conftest import MakeVocabulary


@pytest.mark.parametrize("name", VOCABULARIES)
def test_an_encoding_is_defined_as_tiktoken_defines_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = VOCABULARIES[name]
    asked: list[tuple[str, str | None]] = []

    def load(url: str, expected_hash: str | None = None) -> dict[bytes, int]:
        asked.append((url, expected_hash))
        return {}

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", load)
    theirs = openai_public.ENCODING_CONSTRUCTORS[vocabulary.encoding]()

    assert theirs["name"] == vocabulary.encoding
    assert theirs["pat_str"] == vocabulary.pattern
    assert asked == [(vocabulary.url, vocabulary.sha256)]


def test_a_file_is_found_where_fetch_puts_it(data: Path, make_vocabulary: MakeVocabulary) -> None:
    vocabulary, content = make_vocabulary("o200k")
    data.mkdir(parents=True)
    (data / "o200k_base.tiktoken").write_bytes(content)

    assert on_disk(vocabulary) == content
    assert ranks(content)[b"hello"] == 259


@pytest.mark.parametrize("variable", ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR", None])
def test_a_file_is_found_in_the_cache_of_tiktoken(
    variable: str | None,
    data: Path,
    tmp_path: Path,
    make_vocabulary: MakeVocabulary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vocabulary, content = make_vocabulary("o200k")
    cache = tmp_path / "tmp" / "data-gym-cache"
    if variable:
        cache = tmp_path / "cache"
        monkeypatch.setenv(variable, str(cache))
    cache.mkdir(parents=True)
    (cache / "fb374d419588a4632f3f557e76b4b70aebbca790").write_bytes(content)

    assert on_disk(vocabulary) == content


def test_an_empty_setting_switches_the_cache_of_tiktoken_off(
    data: Path, make_vocabulary: MakeVocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")

    assert on_disk(make_vocabulary("o200k")[0]) is None


def test_a_file_with_another_digest_is_not_used(
    data: Path, make_vocabulary: MakeVocabulary
) -> None:
    vocabulary, content = make_vocabulary("o200k")
    data.mkdir(parents=True)
    (data / "o200k_base.tiktoken").write_bytes(content + b"\n")

    assert on_disk(vocabulary) is None
