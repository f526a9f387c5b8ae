from __future__ import annotations

import io
from http.client import IncompleteRead
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError

import pytest

from headroom_core.errors import ConfigError, HeadroomError
from headroom_core.tokens import fetch as fetching
from headroom_core.tokens.fetch import fetch

if TYPE_CHECKING:
    from tests.tokens.conftest import MakeVocabulary


@pytest.mark.parametrize(
    "name", ["o200k_base.tiktoken", "fb374d419588a4632f3f557e76b4b70aebbca790"]
)
def test_a_directory_may_hold_the_file_under_either_name(
    name: str, data: Path, tmp_path: Path, make_vocabulary: MakeVocabulary
) -> None:
    _, content = make_vocabulary("o200k")
    (tmp_path / name).write_bytes(content)

    path = fetch("o200k", source=tmp_path)

    assert path == data / "o200k_base.tiktoken"
    assert path.read_bytes() == content
    assert list(data.iterdir()) == [path]


def test_the_source_may_be_the_file_itself(
    data: Path, tmp_path: Path, make_vocabulary: MakeVocabulary
) -> None:
    _, content = make_vocabulary("cl100k")
    file = tmp_path / "any-name"
    file.write_bytes(content)

    assert fetch("cl100k", source=file).read_bytes() == content


def test_a_download_asks_for_the_published_address(
    data: Path, make_vocabulary: MakeVocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary, content = make_vocabulary("o200k")
    asked: list[str] = []

    def urlopen(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        return io.BytesIO(content)

    monkeypatch.setattr(fetching, "urlopen", urlopen)

    assert fetch("o200k").read_bytes() == content
    assert asked == [vocabulary.url]


@pytest.mark.parametrize("error", [URLError("no route"), TimeoutError(), IncompleteRead(b"")])
def test_a_failed_download_says_how_to_do_without(
    error: Exception, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def urlopen(url: str, timeout: float) -> io.BytesIO:
        raise error

    monkeypatch.setattr(fetching, "urlopen", urlopen)

    with pytest.raises(HeadroomError, match="--from DIR"):
        fetch("o200k")
    assert not data.exists()


def test_a_file_with_another_digest_is_refused_and_the_old_one_stays(
    data: Path, tmp_path: Path, make_vocabulary: MakeVocabulary
) -> None:
    _, content = make_vocabulary("o200k")
    file = tmp_path / "file"
    file.write_bytes(content)
    path = fetch("o200k", source=file)
    file.write_bytes(content[:-1])

    with pytest.raises(HeadroomError, match="SHA-256"):
        fetch("o200k", source=file)
    assert path.read_bytes() == content


def test_a_wrong_name_or_place_is_a_wrong_setting(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="o200k, cl100k"):
        fetch("o200")
    with pytest.raises(ConfigError, match=r"o200k_base\.tiktoken"):
        fetch("o200k", source=tmp_path)


def test_what_could_not_be_written_leaves_nothing_behind(
    data: Path, tmp_path: Path, make_vocabulary: MakeVocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, content = make_vocabulary("o200k")
    file = tmp_path / "file"
    file.write_bytes(content)

    def replace(path: Path, target: Path) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "replace", replace)

    with pytest.raises(HeadroomError, match="denied"):
        fetch("o200k", source=file)
    assert list(data.iterdir()) == []
