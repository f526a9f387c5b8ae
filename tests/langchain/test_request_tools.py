"""The retrieve tool among a request's tools, in the words of every provider."""

from __future__ import annotations

import pytest
from langchain_core.runnables import RunnableLambda

from headroom_core.tool import tool_in
from headroom_langchain import headroom_retrieve
from headroom_langchain.request_tools import (
    are_strict,
    has_others,
    has_retrieve_tool,
    ours_in,
    with_ours,
)
from tests.langchain.conversation import run_command
from tests.langchain.fakes import FakeChat, says

OURS = tool_in("openai_chat")
SEARCH = {"type": "function", "function": {"name": "search"}}
BEDROCK = {"toolSpec": {"name": "headroom_retrieve"}}
GOOGLE: dict[str, object] = {"function_declarations": [{"name": "search"}]}
GOOGLE_OURS: dict[str, object] = {"function_declarations": [{"name": "headroom_retrieve"}]}


@pytest.mark.parametrize(
    "tools",
    [[OURS], [SEARCH, OURS], [tool_in("anthropic")], [BEDROCK], [GOOGLE_OURS], [headroom_retrieve]],
)
def test_the_tool_is_found(tools: list[object]) -> None:
    assert has_retrieve_tool(tools)


@pytest.mark.parametrize("tools", [None, [], [SEARCH], [run_command], [GOOGLE], ["odd"]])
def test_other_tools_are_not_it(tools: object) -> None:
    assert not has_retrieve_tool(tools)


def test_others_are_told_from_ours() -> None:
    assert has_others([SEARCH, OURS])
    assert not has_others([OURS, headroom_retrieve, GOOGLE_OURS])
    assert not has_others(None)
    assert not has_others([OURS, {"type": "web_search_preview"}])


def test_what_google_runs_is_no_other_tool() -> None:
    empty: dict[str, object] = {}
    searched: dict[str, object] = {"google_search": empty, "function_declarations": None}

    assert not has_others([{"google_search": empty}, {"code_execution": empty}])
    assert not has_others([OURS, searched])
    assert has_others([searched, GOOGLE])
    assert has_others([{"computer_use": {"environment": "browser"}}])
    assert has_others([empty])


def test_ours_comes_last_or_into_the_one_entry_that_a_provider_allows() -> None:
    both = {"function_declarations": [{"name": "search"}, {"name": "headroom_retrieve"}]}

    assert with_ours([SEARCH], [OURS]) == [SEARCH, OURS]
    assert with_ours(["odd", GOOGLE, SEARCH], [GOOGLE_OURS]) == ["odd", both, SEARCH]
    assert with_ours([SEARCH], [GOOGLE_OURS]) == [SEARCH, GOOGLE_OURS]
    assert GOOGLE == {"function_declarations": [{"name": "search"}]}


def test_tools_are_strict_when_all_functions_are() -> None:
    strict = {"name": "search", "strict": True}

    assert are_strict([strict, {"type": "web_search"}])
    assert not are_strict([strict, SEARCH])
    assert not are_strict([{"type": "web_search"}])


def test_a_model_that_binds_in_a_way_of_its_own_is_given_no_tool() -> None:
    class Odd(FakeChat):
        def bind_tools(self, *args: object, **kwargs: object) -> RunnableLambda[object, str]:  # type: ignore[override] # as an odd model may
            return RunnableLambda(str)

    assert ours_in(Odd(script=lambda messages, kwargs: says("Fine."))) == []
