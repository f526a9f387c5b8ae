"""What needs an environment of its own: the built wheel alone, and the whole suite per Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

# The versions at which an adapter is tested beside the latest; all else is chosen to fit them.
PINS = {
    "agno": {"lowest": ["agno==3.0.11"]},
    "asgi": {"lowest": ["starlette==1.0.0"]},
    "langchain": {"lowest": ["langchain-core==1.7.2", "langchain==1.4.7"]},
    "litellm": {"lowest": ["litellm==1.106.12"]},
    "proxy": {"lowest": ["starlette==1.0.0", "uvicorn==0.54.0", "websockets==15.0"]},
    "sdk": {
        "lowest": ["openai==1.109.1", "anthropic==0.108.0"],
        "between": ["openai>=2,<3", "anthropic>=1,<2"],
    },
    "strands": {"lowest": ["strands-agents==1.62.0"]},
}
ADAPTERS = [(name, versions) for name, pins in PINS.items() for versions in (*pins, "latest")]

# The extras that the tests of an adapter need, and what else they do.
EXTRAS = {
    "agno": "agno,anthropic,openai",
    "asgi": "anthropic,code,openai,proxy",
    "proxy": "anthropic,code,openai,proxy",
    "sdk": "anthropic,openai",
    "strands": "anthropic,openai,strands",
}
BESIDE = {
    "asgi": ["httpx"],  # the test client of old versions of Starlette
    "langchain": ["langchain-anthropic", "langchain-openai", "langchain-tests"],
}
# The frameworks whose source distributions carry their own tests, and what those need.
SUITES = {
    "anthropic": (
        "anthropic[aiohttp,bedrock,mcp,vertex,webhooks]==2.14.0",
        *("dirty-equals", "griffe", "http-snapshot[httpx]==0.1.9", "hypothesis"),
        *("importlib-metadata", "inline-snapshot", "opentelemetry-sdk", "packaging"),
        *("pytest-asyncio", "pytest-xdist", "respx", "rich", "time-machine"),
    ),
    "openai": (
        "openai[aiohttp,bedrock,datalib,realtime,vertex]==3.57.0",
        *("azure-identity", "griffe", "inline-snapshot", "pillow", "pytest-asyncio"),
        *("pytest-xdist", "rich", "trio"),
    ),
    "strands": (
        "strands-agents[anthropic,openai,web-fetch]==1.62.0",
        *("google-genai>=2,<3", "moto>=5.1,<6", "pytest>=9,<10", "pytest-asyncio<1.5"),
        *("pytest-timeout", "pytest-xdist", "tenacity"),
    ),
}
TESTING = ["hypothesis", "pytest", "pytest-asyncio", "pytest-xdist"]

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False


def from_wheel(session: nox.Session, extras: str, *more: str) -> None:
    """Install the built wheel, and stand beside a copy of the tests, away from the source tree."""
    place = Path(session.create_tmp()).resolve()
    shutil.rmtree(place, ignore_errors=True)
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(place), str(ROOT))
    (wheel,) = place.glob("*.whl")
    session.install(f"{wheel}[{extras}]" if extras else str(wheel), *TESTING, *more)
    shutil.copytree(ROOT / "tests", place / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    session.chdir(place)


@nox.session(python=PYTHONS)
def core(session: nox.Session) -> None:
    """Test the built wheel with no extra installed."""
    from_wheel(session, "")
    # The documentation is about the extras too: the whole suite runs it.
    docs = "--ignore-glob=*/test_docs*.py"
    session.run("python", "-m", "pytest", "-q", "-n", "2", docs, *session.posargs)


@nox.session(python=PYTHONS)
def dev(session: nox.Session) -> None:
    """Test the source tree with everything that developers install."""
    session.install("--editable", ".[dev]")
    session.run("python", "-m", "pytest", "-q", "-n", "2", *session.posargs)


@nox.session(python="3.11")
@nox.parametrize(["name", "versions"], ADAPTERS)
def adapter(session: nox.Session, name: str, versions: str) -> None:
    """Test an adapter of the built wheel with the lowest versions that it supports, or others."""
    pins = PINS[name].get(versions, [])
    from_wheel(session, EXTRAS.get(name, name), *pins, *BESIDE.get(name, []))
    session.run("python", "-m", "pytest", "-q", "-n", "2", f"tests/{name}", *session.posargs)


@nox.session(python="3.11", default=False)
@nox.parametrize("name", list(SUITES))
def suites(session: nox.Session, name: str) -> None:
    """Run a framework's own tests bare and with Headroom put into them, and compare."""
    what, *needs = SUITES[name]
    place = Path(session.create_tmp()).resolve()
    shutil.rmtree(place, ignore_errors=True)
    extended, _, version = what.partition("==")
    project = extended.partition("[")[0]
    source = ("--no-binary", project, "--no-deps", "-d", str(place), f"{project}=={version}")
    session.run("python", "-m", "pip", "download", "--quiet", *source)
    session.install("--editable", ".", what, *needs)
    session.run("python", "tests/acceptance/suites.py", name, str(place), *session.posargs)


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
