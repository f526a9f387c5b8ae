"""What every test runs in: errors re-raise, and nothing of the user's own machine is touched."""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from headroom_core.engine import shared
from headroom_core.engine.headroom import Headroom
from headroom_core.fail_open import raising

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from headroom_core.settings import Settings

OURS = "HEADROOM_"
FOR_TESTS = frozenset({"HEADROOM_CORPUS"})
GOLDEN = Path(__file__).parent / "golden"

OF_SDKS = [
    "retrieve_loop/test_stream*.py",
    "sdk",
    "proxy/test_sdks.py",
    "strands/test_providers.py",
    "test_upstream.py",
]
# The tests of an extra are left out where it is not installed, and those of the benchmarks where
# only the wheel is.
OF_EXTRAS = {
    "agno": ["agno"],
    "anthropic": OF_SDKS,
    "benchmarks": ["test_benchmark*.py", "test_view_checker.py"],
    "cryptography": ["store/test_encryption.py"],
    "langchain_core": ["langchain"],
    "litellm": ["litellm"],
    "openai": OF_SDKS,
    "starlette": ["asgi", "proxy"],
    "strands": ["strands"],
    "tree_sitter_language_pack": ["compressors/test_code.py", "compressors/test_code_languages.py"],
    "uvicorn": ["proxy"],
}
collect_ignore_glob = [
    path for package, paths in OF_EXTRAS.items() if find_spec(package) is None for path in paths
]

# No deadline, since a busy machine is not a failure; the same examples each time where nobody
# could look into a failure that does not come back.
settings.register_profile(
    "headroom", deadline=None, max_examples=50, derandomize="CI" in os.environ
)
settings.load_profile("headroom")


@pytest.fixture(autouse=True)
def swallowed_errors_raise(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let `fail_open` re-raise, unless the test is marked as being about swallowing."""
    with raising(request.node.get_closest_marker("swallows") is None):
        yield


@pytest.fixture(autouse=True)
def a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the default store and the configuration in the test's own directory."""
    for name in [name for name in os.environ if name.startswith(OURS) and name not in FOR_TESTS]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("HEADROOM_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("HEADROOM_CONFIG", str(tmp_path / "config.toml"))


@pytest.fixture(autouse=True)
def shared_engines(a_machine_of_its_own: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the engines that `headroom.compress` and adapters share live no longer than the test."""
    made: list[Headroom] = []

    def make(settings: Settings | None) -> Headroom:
        made.append(Headroom(settings))
        return made[-1]

    monkeypatch.setattr(shared, "_made", make)
    shared.forget_engines()
    yield
    shared.forget_engines()
    for engine in made:
        engine.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write the golden files anew")


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a file under `tests/golden`, or write it there with `--record`."""

    def check(name: str, emitted: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--record"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(emitted.encode("utf-8", "surrogatepass"))
        assert path.read_bytes().decode("utf-8", "surrogatepass") == emitted

    return check


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection. Sockets as such are needed by every event loop."""

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise AssertionError("this test went to the network")

    for name in ("bind", "connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
