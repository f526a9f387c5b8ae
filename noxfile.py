"""What needs an environment of its own: the built wheel alone, and the whole suite per Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
def core(session: nox.Session) -> None:
    """Test the built wheel with no extra installed, away from the source tree."""
    place = Path(session.create_tmp()).resolve()
    shutil.rmtree(place, ignore_errors=True)
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(place), str(ROOT))
    session.install(*map(str, place.glob("*.whl")), "pytest", "pytest-asyncio", "hypothesis")
    shutil.copytree(ROOT / "tests", place / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    session.chdir(place)
    # The documentation is about the extras too: the whole suite runs it.
    session.run("python", "-m", "pytest", "-q", "--ignore=tests/test_docs.py", *session.posargs)


@nox.session(python=PYTHONS)
def dev(session: nox.Session) -> None:
    """Test the source tree with everything that developers install."""
    session.install("--editable", ".[dev]")
    session.run("python", "-m", "pytest", "-q", "-n", "2", *session.posargs)


@nox.session(python="3.11")
def ml(session: nox.Session) -> None:
    """Test learned compression with tiny models built in the tests, in PyTorch and in ONNX."""
    session.install("--editable", ".[dev,ml-torch]", "onnxscript")
    session.run("python", "-m", "pytest", "-q", "tests/ml", *session.posargs)
