"""A model is downloaded when a user asks for it by name, and only then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headroom_core.errors import ConfigError
from headroom_core.ml import fetch, packages
from headroom_core.ml.classifier import BASE_TOKENIZER, TOKENIZER_FILES, load_classifier
from headroom_core.ml.fetch import DEFAULT_RELEVANCE, fetch_kompress, fetch_relevance
from headroom_core.ml.kompress import DEFAULT_MODEL
from headroom_core.ml.packages import download, model_folder
from headroom_core.model_settings import ModelSettings

if TYPE_CHECKING:
    from collections.abc import Callable

WHERE = "from headroom_core.ml.packages import model_folder; print(model_folder('me/mine'))"


@pytest.mark.requirement("models.loaded")
def test_a_model_is_fetched_by_name_and_then_found_without_a_network(
    hub: tuple[str, Path], saved: Callable[[str, str], str], tmp_path: Path
) -> None:
    address, root = hub
    shutil.copytree(saved("ModernBert", "ForTokenClassification"), root / "me" / "mine")
    (root / "me" / "mine" / "weights.h5").write_bytes(b"for another program")
    environ = {
        **os.environ,
        "HEADROOM_KOMPRESS": "me/mine",
        "HF_ENDPOINT": address,
        "HF_HOME": str(tmp_path / "hf"),
    }

    def run(*command: str, endpoint: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            env={**environ, "HF_ENDPOINT": endpoint},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    before = run("-c", WHERE, endpoint="http://127.0.0.1:9")
    fetched = run("-m", "headroom", "fetch", "kompress", endpoint=address)
    after = run("-c", WHERE, endpoint="http://127.0.0.1:9")

    assert before == "None"
    assert fetched == f"installed {after}"
    assert not Path(after, "weights.h5").exists()
    assert load_classifier(after).scores(["lamp", "keeper"])


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, object]]:
    """What would be downloaded; nothing is."""
    asked: list[tuple[str, object]] = []

    def pretend(model: str, *, only: tuple[str, ...] | None = None) -> Path:
        asked.append((model, only))
        return tmp_path

    monkeypatch.setattr(fetch, "download", pretend)
    return asked


def test_without_a_setting_the_usual_models_are_fetched(
    downloads: list[tuple[str, object]], tmp_path: Path
) -> None:
    fetch_kompress(ModelSettings())
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    fetch_kompress(ModelSettings(kompress="a/b"))
    fetch_relevance(ModelSettings())
    fetch_relevance(ModelSettings(relevance="c/d"))

    assert downloads == [
        (DEFAULT_MODEL, None),
        (BASE_TOKENIZER, TOKENIZER_FILES),
        ("a/b", None),
        (DEFAULT_RELEVANCE, None),
        ("c/d", None),
    ]


class Hub:
    """Stands for `huggingface_hub`."""

    def __init__(self, place: str, error: Exception | None = None) -> None:
        self.place = place
        self.error = error
        self.options: dict[str, object] = {}

    def snapshot_download(self, model: str, **options: object) -> str:
        self.options = options
        if self.error is not None:
            raise self.error
        return f"{self.place}/{model}"


def hub_of(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> Hub:
    def needed(package: str, *, extra: str = "ml") -> Hub:
        return hub

    monkeypatch.setattr(packages, "needed", needed)
    return hub


def test_an_id_is_looked_for_on_this_machine_first(monkeypatch: pytest.MonkeyPatch) -> None:
    here = hub_of(monkeypatch, Hub("/cache"))

    assert str(model_folder("a/b")) == "/cache/a/b"
    assert here.options["local_files_only"] is True
    assert str(model_folder("a/b", allow_download=True)) == "/cache/a/b"
    assert here.options["local_files_only"] is False


@pytest.mark.parametrize("error", [OSError("no route"), ValueError("no such model")])
def test_a_download_that_fails_says_so(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    hub_of(monkeypatch, Hub("/cache", error))

    assert model_folder("a/b") is None
    with pytest.raises(ConfigError, match="could not download the model 'a/b'"):
        download("a/b")


@pytest.mark.parametrize("name", ["/no/where", "./a", "~/models/x", "a/b/c", "a\\b"])
def test_what_can_only_be_a_folder_is_not_asked_of_the_hub(name: str) -> None:
    with pytest.raises(ConfigError, match="there is no model in the folder"):
        model_folder(name)
