"""What real processes do to one file: kill, fill, crowd and reopen it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headroom_core.store.base import ref_of
from headroom_core.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

START = """
import sys
from pathlib import Path
from headroom_core.errors import StoreError
from headroom_core.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
name = sys.argv[2]
def text(number):
    return f"{name}: {number}\\n" * (1 + number % 500)
"""

WRITE_UNTIL_KILLED = """
number = 0
while True:
    print(store.put(text(number)), flush=True)
    number += 1
"""

WRITE_AND_READ = """
sys.stdin.readline()
for number in range(1000):
    ref = store.put(text(number))
    assert store.get(ref) == text(number)
    assert store.put(f"shared {number % 100}")
    key = f"key {number % 100}"
    assert store.remember(key, name.encode()) == store.recall(key)
print("done")
"""

WRITE_UNTIL_FULL = """
import resource
from base64 import b64encode
from random import Random
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
refs = []
try:
    for number in range(1000):
        refs.append(store.put(b64encode(Random(number).randbytes(20_000)).decode()))
except StoreError as exc:
    print(exc)
for ref in refs:
    assert len(store.get(ref)) > 20_000
print(len(refs))
print(*refs)
"""

READ = """
print(len([store.get(ref.strip()) for ref in sys.stdin]))
"""


def text(name: str, number: int) -> str:
    return f"{name}: {number}\n" * (1 + number % 500)


def start(path: Path, script: str, name: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START + script, str(path), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "originals.db"


@pytest.mark.requirement("store.durable")
@pytest.mark.requirement("ccr.roundtrip")
@pytest.mark.parametrize("puts_before_the_kill", [1, 57, 900])
def test_what_put_has_returned_is_there_after_a_kill(path: Path, puts_before_the_kill: int) -> None:
    with start(path, WRITE_UNTIL_KILLED, "victim") as victim:
        assert victim.stdout is not None
        refs = [victim.stdout.readline().strip() for _ in range(puts_before_the_kill)]
        victim.kill()
        refs += victim.stdout.read().split()  # what it had printed by then; a line is one write

    assert len(refs) >= puts_before_the_kill
    with closing(SqliteStore(path)) as store:
        for number, ref in enumerate(refs):
            assert store.get(ref) == text("victim", number)
        assert store.verify().corrupted == ()


@pytest.mark.requirement("ccr.roundtrip")
def test_a_fresh_process_reads_what_another_has_stored(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        refs = [store.put(text("here", number)) for number in range(50)]
        reader = start(path, READ)
        out, err = reader.communicate("\n".join(refs))  # while this process still has it open
    assert (out.strip(), err) == ("50", "")

    out, err = start(path, READ).communicate("\n".join(refs))
    assert (out.strip(), err) == ("50", "")


def test_eight_processes_write_and_read_at_once(path: Path) -> None:
    names = [f"worker {number}" for number in range(8)]
    workers = [start(path, WRITE_AND_READ, name) for name in names]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    results = [worker.communicate(timeout=100) for worker in workers]

    assert results == [("done\n", "")] * 8
    with closing(SqliteStore(path)) as store:
        assert store.info().originals == 8 * 1000 + 100
        assert store.verify().corrupted == ()
        assert all(store.get(ref_of(text(names[0], n))) == text(names[0], n) for n in range(1000))
        assert {(store.recall(f"key {n}") or b"").decode() for n in range(100)} <= set(names)


@pytest.mark.requirement("store.full_disk")
@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits to set")
def test_a_full_disk_is_reported_and_earlier_originals_stay(path: Path) -> None:
    out, err = start(path, WRITE_UNTIL_FULL).communicate()
    reason, count, refs = out.splitlines()

    assert err == ""
    assert "originals.db failed:" in reason
    assert 5 <= int(count) < 100
    with closing(SqliteStore(path)) as store:
        assert all(len(store.get(ref)) > 20_000 for ref in refs.split())
        assert store.verify().corrupted == ()
        assert store.get(store.put("room again")) == "room again"
