"""A process may fork at any time; both sides go on with the store."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headroom_core.store.memory import MemoryStore
from headroom_core.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def in_a_fork(work: Callable[[], bool]) -> bool:
    """Run `work` in a forked child and say whether it returned true there."""
    child = os.fork()
    if child == 0:
        done = False
        try:
            done = work()
        finally:
            os._exit(0 if done else 1)
    return os.waitpid(child, 0)[1] == 0


def test_parent_and_child_go_on_with_one_handle(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "s.db")) as store:
        before = store.put("before")

        assert in_a_fork(
            lambda: store.get(before) == "before" and store.get(store.put("child")) == "child"
        )
        assert store.get(before) == "before"
        assert store.put("child") in {entry.ref for entry in store.entries()}
        assert store.info().originals == 2


def test_a_child_outlives_the_handle_of_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = SqliteStore(path)
    store.put("before")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(reader, 1)  # until the parent has closed its handle, as the last one
        store.put("after")
        os._exit(0)
    store.close()
    with closing(SqliteStore(path)) as other:
        other.put("other")
    os.write(writer, b".")
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)

    with closing(SqliteStore(path)) as fresh:
        assert fresh.info().originals == 3
        assert fresh.verify().corrupted == ()


def test_a_store_in_memory_is_copied_by_a_fork() -> None:
    store = MemoryStore()
    ref = store.put("text")

    assert in_a_fork(lambda: store.get(ref) == "text" and bool(store.put("other")))
    assert store.info().originals == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_forks_while_threads_use_the_store(tmp_path: Path) -> None:
    done = threading.Event()
    with closing(SqliteStore(tmp_path / "s.db")) as store:

        def work(name: int) -> None:
            number = 0
            while not done.is_set():
                number += 1
                store.get(store.put(f"{name} {number}"))

        threads = [threading.Thread(target=work, args=(name,)) for name in range(2)]
        for thread in threads:
            thread.start()
        forks = [
            in_a_fork(lambda: store.get(store.put("from a child")) == "from a child")
            for _ in range(5)
        ]
        done.set()
        for thread in threads:
            thread.join()

        assert all(forks)
        assert store.verify().corrupted == ()
