"""What installing and importing Headroom costs: time, modules and megabytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGES = ("headroom", "headroom_core")
HEAVY = "langchain_core litellm numpy starlette torch transformers tree_sitter".split()
IMPORT_LIMIT_US = 60_000
BASE_LIMIT_BYTES = 40_000_000


def import_time(module: str, bytecode: Path) -> int:
    """Microseconds for one module and all that it alone pulls in, in a fresh Python.

    Compiled files are written to `bytecode`: users have them from the second import on.
    """
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {module}"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("|") for line in done.stderr.splitlines() if line.count("|") == 2]
    return max(int(row[1]) for row in rows if row[2].strip() == module)


def modules_after(code: str) -> set[str]:
    """Which modules a fresh Python has loaded after running a line of code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys, json\nprint(json.dumps(list(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def base_distributions(name: str) -> set[str]:
    """A distribution and what it needs, and so on, with no extra of it asked for."""
    found: set[str] = set()
    todo = [Requirement(name)]
    while todo:
        wanted = todo.pop()
        if (key := canonicalize_name(wanted.name)) in found:
            continue
        found.add(key)
        for line in distribution(key).requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                todo.append(needed)
    return found


def installed_size(name: str) -> int:
    """The bytes of a distribution's files, compiled ones included."""
    paths = [Path(str(file.locate())) for file in distribution(name).files or []]
    return sum(path.stat().st_size for path in paths if path.is_file())


def folder(package: str) -> Path:
    """Where a package is imported from: the source tree or the installation."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def own_size() -> int:
    """The bytes of our own packages."""
    files = (path for package in PACKAGES for path in folder(package).rglob("*"))
    return sum(path.stat().st_size for path in files if path.is_file())


@pytest.mark.requirement("install.light_import")
@pytest.mark.parametrize("package", PACKAGES)
def test_importing_loads_no_heavy_package(package: str) -> None:
    loaded = {name.partition(".")[0] for name in modules_after(f"import {package}")}

    assert loaded.isdisjoint(HEAVY)


@pytest.mark.requirement("install.light_import")
def test_importing_the_core_takes_less_than_60_ms(tmp_path: Path) -> None:
    # A busy machine makes one measurement slow, so the best of a few counts.
    times = (import_time("headroom_core", tmp_path) for _ in range(15))

    assert any(each < IMPORT_LIMIT_US for each in times)


@pytest.mark.requirement("install.small")
def test_the_base_installation_stays_below_40_mb() -> None:
    names = base_distributions("headroom-gateway") - {"headroom-gateway"}
    sizes = {name: installed_size(name) for name in names} | {"headroom": own_size()}

    assert sum(sizes.values()) < BASE_LIMIT_BYTES, sizes


@pytest.mark.requirement("install.typed")
@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_are_told_that_the_package_is_typed(package: str) -> None:
    assert (folder(package) / "py.typed").is_file()
