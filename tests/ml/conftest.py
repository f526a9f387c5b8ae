"""Tiny models with random weights, saved to disk, and a hub on loopback that serves them."""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMIT = "a" * 40
TEXT = (
    "It was a rather long and quite pleasant evening, and the guests did not leave before Anna"
    " had paid 42 euros for `make tea` at the counter of the small hotel.\n\n"
    "Nothing else of any great interest to the reader was said about the lamp by the old keeper."
)


def save_tokenizer(path: Path) -> int:
    """Save a tokenizer that knows the words of `TEXT`; return the size of its vocabulary."""
    transformers, tokenizers = map(pytest.importorskip, ("transformers", "tokenizers"))
    words = ["[PAD]", "[UNK]", *sorted(set(TEXT.split()))]
    vocabulary = {word: number for number, word in enumerate(words)}
    plain = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    plain.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    plain.post_processor = tokenizers.processors.TemplateProcessing(
        single="[PAD] $A [PAD]", special_tokens=[("[PAD]", 0)]
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, unk_token="[UNK]", pad_token="[PAD]"
    )
    tokenizer.save_pretrained(path)
    return len(vocabulary)


def save_model(path: Path, name: str, task: str) -> None:
    """Save a tiny model of a family, such as `ModernBert`, for a task, or for none."""
    torch, transformers = map(pytest.importorskip, ("torch", "transformers"))
    torch.manual_seed(7)
    sizes = {
        "vocab_size": save_tokenizer(path),
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "max_position_embeddings": 600,
        "pad_token_id": 0,
        "num_labels": 2,
    }
    config = getattr(transformers, f"{name}Config")(**sizes)
    getattr(transformers, f"{name}{task}")(config).save_pretrained(path)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], str]:
    """The folder of a tiny model, made once for all tests."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        pytest.skip("needs torch and transformers")
    made: dict[tuple[str, str], str] = {}

    def folder(name: str, task: str) -> str:
        if (name, task) not in made:
            path = tmp_path_factory.mktemp(name)
            save_model(path, name, task)
            made[name, task] = str(path)
        return made[name, task]

    return folder


@pytest.fixture(params=["ModernBert", "XLMRoberta"])
def folder(request: pytest.FixtureRequest, saved: Callable[[str, str], str]) -> str:
    """A tiny token classifier."""
    return saved(request.param, "ForTokenClassification")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a hub on loopback, and the directory whose `owner/name` folders it serves."""
    root = tmp_path / "hub"
    root.mkdir()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = _answer(root, self.path.partition("?")[0])
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", root
        server.shutdown()
        thread.join()


def _answer(root: Path, path: str) -> tuple[int, dict[str, str], bytes]:
    """What the hub says of a model, and the files of it."""
    match path.removeprefix("/").split("/"):
        case ["api", "models", owner, name, "revision", _] if (root / owner / name).is_dir():
            files = [{"rfilename": each.name} for each in (root / owner / name).iterdir()]
            told = {"id": f"{owner}/{name}", "sha": COMMIT, "siblings": files}
            return 200, {}, json.dumps(told).encode()
        case ["api", "models", owner, name, "tree", _]:
            entries = [
                {"type": "file", "path": each.name, "size": each.stat().st_size, "oid": COMMIT}
                for each in (root / owner / name).iterdir()
            ]
            return 200, {}, json.dumps(entries).encode()
        case [owner, name, "resolve", _, file] if (root / owner / name / file).is_file():
            data = (root / owner / name / file).read_bytes()
            etag = f'"{hashlib.sha256(data).hexdigest()}"'
            return 200, {"ETag": etag, "X-Repo-Commit": COMMIT}, data
        case _:
            return 404, {"X-Error-Code": "RepoNotFound"}, b"{}"
