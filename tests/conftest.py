"""What every test runs in: errors re-raise, and nothing of the user's own machine is touched."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from headroom_core.fail_open import raising

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import NoReturn

OURS = "HEADROOM_"
FOR_TESTS = frozenset({"HEADROOM_CORPUS", "HEADROOM_RECORD"})

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
    monkeypatch.setenv("HEADROOM_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("HEADROOM_CONFIG", str(tmp_path / "config.toml"))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection. Sockets as such are needed by every event loop."""

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise AssertionError("this test went to the network")

    for name in ("bind", "connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
