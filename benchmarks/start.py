"""What it costs to start: imports, the command line, and the room an installation takes."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from benchmarks.clock import best_seconds

_IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def run() -> dict[str, float]:
    """Milliseconds in fresh processes, the best of some, and megabytes on disk."""
    return {
        "python_ms": _process([sys.executable, "-c", "pass"]),
        "import_headroom_ms": _imported("headroom"),
        "import_engine_ms": _imported("headroom_core.engine.headroom"),
        "command_version_ms": _process([sys.executable, "-m", "headroom", "--version"]),
        "first_compress_ms": _first(),
        "own_code_mb": _own_code(),
        "dependencies_mb": _dependencies(),
    }


def _process(command: list[str]) -> float:
    def call() -> object:
        return subprocess.run(command, capture_output=True, check=True)

    return round(best_seconds(call, repeats=7) * 1000, 1)


def _imported(package: str) -> float:
    return round(min(float(_python(_IMPORT.format(package))) for _ in range(7)) * 1000, 1)


def _first() -> float:
    """Import and one short call, as a script does it."""
    text = json.dumps([{"id": index, "state": "ok"} for index in range(200)])
    with tempfile.TemporaryDirectory() as folder:
        code = (
            "import time; t = time.perf_counter(); import headroom;"
            f" settings = headroom.Settings(store='sqlite:///{folder}/store.db');"
            f" message = {{'role': 'tool', 'tool_call_id': '1', 'content': {text!r}}};"
            " headroom.compress([message], settings=settings); print(time.perf_counter() - t)"
        )
        return round(min(float(_python(code)) for _ in range(5)) * 1000, 1)


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return done.stdout


def _own_code() -> float:
    root = Path(__file__).parent.parent
    files = [path for name in ("headroom", "headroom_core") for path in (root / name).rglob("*.py")]
    return round(sum(path.stat().st_size for path in files) / 1e6, 2)


def _dependencies() -> float:
    """What the packages named as needed take, with what these need, compiled files left out."""
    seen: set[str] = set()
    waiting = ["headroom-gateway"]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(_needed(name))
    seen.discard("headroom-gateway")
    return round(sum(map(_size, seen)) / 1e6, 1)


def _needed(name: str) -> list[str]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []  # a marker says that this platform does not need it
    kept = [line for line in lines if "extra ==" not in line]
    return [_name(line) for line in kept]


def _name(line: str) -> str:
    end = next((at for at, char in enumerate(line) if not (char.isalnum() or char in "-_.")), None)
    return line[:end]


def _size(name: str) -> int:
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0
    site = Path(sysconfig.get_paths()["purelib"])
    paths = [site / file for file in files if not str(file).endswith(".pyc")]
    return sum(path.stat().st_size for path in paths if path.is_file())
