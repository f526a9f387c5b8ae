"""What the tests use of LangGraph, whose types are mostly unknown to the checkers."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportDeprecated=false

from __future__ import annotations

from typing import Any

import langchain.agents
import langgraph.graph
import langgraph.prebuilt
from langgraph.graph import END, START, MessagesState

__all__ = [
    "END",
    "START",
    "MessagesState",
    "StateGraph",
    "ToolNode",
    "create_agent",
    "create_react_agent",
]

create_agent: Any = langchain.agents.create_agent
create_react_agent: Any = langgraph.prebuilt.create_react_agent
StateGraph: Any = langgraph.graph.StateGraph
ToolNode: Any = langgraph.prebuilt.ToolNode
