"""Each line of the table of integrations runs as it stands there."""

# ruff: noqa: PLC0415 - a line is left out where its framework is not installed

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from headroom import compress
from headroom.demo import conversation
from headroom_core.errors import HeadroomError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| `headroom-gateway\[?([\w-]*)\]?` \| `([^`]+)` \| ", re.MULTILINE)
ROWS = {you: (extra, line) for you, extra, line in ROW.findall(PAGE)}


def asgi() -> dict[str, Any]:
    from starlette.applications import Starlette

    from headroom_asgi import CompressionMiddleware

    return {"app": Starlette(), "CompressionMiddleware": CompressionMiddleware}


def litellm() -> dict[str, Any]:
    module = pytest.importorskip("litellm")
    from headroom_litellm import HeadroomCallback

    return {"litellm": module, "HeadroomCallback": HeadroomCallback}


def openai() -> dict[str, Any]:
    from functools import partial

    from openai import OpenAI

    from headroom_sdk import with_headroom

    return {"OpenAI": partial(OpenAI, api_key="none"), "with_headroom": with_headroom}


def anthropic() -> dict[str, Any]:
    from functools import partial

    from anthropic import Anthropic

    from headroom_sdk import with_headroom

    return {"Anthropic": partial(Anthropic, api_key="none"), "with_headroom": with_headroom}


def langchain() -> dict[str, Any]:
    agents = pytest.importorskip("langchain.agents")
    from langchain_core.language_models import FakeListChatModel

    from headroom_langchain import HeadroomChatModel, HeadroomMiddleware

    return {
        "llm": FakeListChatModel(responses=["done"]),
        "tools": [],
        "create_agent": agents.create_agent,
        "HeadroomChatModel": HeadroomChatModel,
        "HeadroomMiddleware": HeadroomMiddleware,
    }


def agno() -> dict[str, Any]:
    from agno.agent import Agent
    from agno.models.openai import OpenAIChat

    from headroom_agno import HeadroomAgnoModel

    model = OpenAIChat(id="gpt-4o", api_key="none")
    return {"Agent": Agent, "model": model, "HeadroomAgnoModel": HeadroomAgnoModel}


def strands() -> dict[str, Any]:
    from functools import partial

    from strands import Agent
    from strands.models.openai import OpenAIModel

    from headroom_strands import HeadroomHooks, HeadroomPlugin

    model = OpenAIModel(client_args={"api_key": "none"}, model_id="gpt-4o")
    return {
        "Agent": partial(Agent, model=model),
        "HeadroomHooks": HeadroomHooks,
        "HeadroomPlugin": HeadroomPlugin,
    }


def plain() -> dict[str, Any]:
    return {"compress": compress, "messages": conversation()}


NAMES: dict[str, Callable[[], dict[str, Any]]] = {
    "": plain,
    "agno": agno,
    "anthropic": anthropic,
    "asgi": asgi,
    "langchain": langchain,
    "litellm": litellm,
    "openai": openai,
    "strands": strands,
}


def test_the_table_names_every_adapter() -> None:
    assert {extra for extra, _ in ROWS.values()} == {*NAMES, "proxy"}


@pytest.mark.requirement("docs.run")
@pytest.mark.parametrize("you", [you for you, (extra, _) in ROWS.items() if extra != "proxy"])
def test_the_line_runs_as_it_stands(you: str) -> None:
    extra, line = ROWS[you]
    try:
        names = NAMES[extra]()
    except (ImportError, HeadroomError) as missing:
        pytest.skip(f"{missing}")

    exec(line, names)


def test_the_readme_shows_the_same_lines() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for _, line in ROWS.values():
        assert line.partition(" = ")[2] in readme or line in readme, line
