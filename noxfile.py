"""What needs an environment of its own: the built wheel alone, and the whole suite per Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

# The lowest versions that an adapter supports; everything else is chosen to fit them.
LOWEST = {
    "agno": ["agno==3.0.11"],
    "asgi": ["starlette==1.0.0"],
    "langchain": ["langchain-core==1.7.2", "langchain==1.4.7"],
    "litellm": ["litellm==1.106.2"],
    "proxy": ["starlette==1.0.0", "uvicorn==0.37.0", "websockets==14.0"],
    "sdk": ["openai==1.109.1", "anthropic==0.108.0"],
    "strands": ["strands-agents==1.62.0"],
}

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
@nox.parametrize("versions", ["lowest", "latest"])
@nox.parametrize("name", LOWEST)
def adapter(session: nox.Session, name: str, versions: str) -> None:
    """Test one adapter with the lowest versions that it supports, or with the latest."""
    pins = LOWEST[name] if versions == "lowest" else []
    session.install("--editable", ".[dev]", *pins)
    session.run("python", "-m", "pytest", "-q", "-n", "2", f"tests/{name}", *session.posargs)


@nox.session(python="3.11")
def ml(session: nox.Session) -> None:
    """Test learned compression with tiny models built in the tests, in PyTorch and in ONNX."""
    session.install("--editable", ".[dev,embeddings]", "onnxscript")
    gate = ("--cov", "--cov-config=tests/ml/coverage.ini", "--cov-fail-under=100")
    session.run(
        *("python", "-m", "pytest", "-q", "tests/ml", "tests/engine/test_learned.py", *gate),
        *session.posargs,
        env={"COVERAGE_FILE": ".coverage.ml"},
    )
