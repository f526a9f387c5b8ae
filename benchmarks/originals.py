"""What the store and `where` cost: originals of 40 KB, and questions about 100,000 rows."""

from __future__ import annotations

import csv
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.texts import SHAPES, Native
from headroom_core.retrieve import retrieve
from headroom_core.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = 100_000
CONDITION = "status >= 500 and level = 'ERROR'"


def run(*, rows: int = ROWS, processes: int = 5, originals: int = 300) -> dict[str, object]:
    """Median milliseconds to insert and to read; best ones of the first and the next question."""
    return {
        "originals of 40 KB": _store(originals),
        f"where over {rows:,} rows": {kind: _best(kind, rows, processes) for kind in TEXTS},
    }


def _store(count: int) -> dict[str, float]:
    makers = list(SHAPES.values())
    texts = [makers[n % len(makers)](40_000, n) for n in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db")
        inserts = [_timed(partial(store.put, text)) for text in texts]
        refs = [store.put(text) for text in texts]
        reads = [_timed(partial(store.get, ref)) for ref in refs]
        store.close()
    return {
        "insert_ms": round(statistics.median(inserts), 3),
        "read_ms": round(statistics.median(reads), 3),
    }


def _best(kind: str, rows: int, processes: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.originals", kind, str(rows)]
    runs: list[dict[str, float]] = []
    for _ in range(processes):
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        runs.append(json.loads(done.stdout))
    return {name: min(each[name] for each in runs) for name in runs[0]}


def _ask(kind: str, rows: int) -> dict[str, float]:
    """The first question of this process, and the second one to the same original."""
    text = TEXTS[kind](_records(rows))
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db")
        ref = store.put(text)
        small = store.put("a,b\n1,2\n3,4\n")
        retrieve(store, small, where="a = 1", max_tokens=1_500)  # loads the vocabulary
        first, again = (
            _timed(lambda: retrieve(store, ref, where=CONDITION, max_tokens=1_500))
            for _ in range(2)
        )
        store.close()
    return {
        "mb": round(len(text) / 1e6, 1),
        "first_ms": round(first, 1),
        "next_ms": round(again, 1),
    }


def _timed(call: Callable[[], object]) -> float:
    # The time of this process alone: what else the machine does is not counted.
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def _records(count: int) -> list[Native]:
    rng = random.Random(1)
    return [
        {
            "id": index,
            "time": f"2026-05-04T{index // 3600 % 24:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z",
            "level": rng.choice(["INFO"] * 17 + ["WARN"] * 2 + ["ERROR"]),
            "service": rng.choice(["api", "web", "auth", "queue"]),
            "status": rng.choice([200] * 9 + [404, 500, 503]),
            "ms": round(rng.random() * 900, 2),
            "text": f"handled request {rng.randrange(10**6)}",
        }
        for index in range(count)
    ]


def _json(records: Sequence[Native]) -> str:
    return json.dumps(records)


def _jsonl(records: Sequence[Native]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in records)


def _csv(records: Sequence[Native]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def _quoted_csv(records: Sequence[Native]) -> str:
    return _csv([{**each, "text": f'{each["text"]}, "ok"'} for each in records])


def _log(records: Sequence[Native]) -> str:
    return "\n".join(
        f"{each['time']} {each['level']} [{each['service']}] {each['text']}"
        f" status={each['status']} ms={each['ms']}"
        for each in records
    )


TEXTS: dict[str, Callable[[Sequence[Native]], str]] = {
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "csv with quotes": _quoted_csv,
    "log": _log,
}

if __name__ == "__main__":
    print(json.dumps(_ask(sys.argv[1], int(sys.argv[2]))))
