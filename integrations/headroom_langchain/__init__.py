"""Headroom for LangChain and LangGraph.

from headroom_langchain import HeadroomChatModel, HeadroomMiddleware

llm = HeadroomChatModel(llm)                                        # any chat model
agent = create_agent(model, tools, middleware=[HeadroomMiddleware()])  # an agent

Each name is imported at its first use, so that a chat model does not load the agents.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from headroom_core.errors import MissingExtraError

try:
    import langchain_core as _langchain_core
except ImportError as exc:
    raise MissingExtraError("langchain-core", extra="langchain") from exc

if TYPE_CHECKING:
    from headroom_langchain.chat_history import HeadroomChatMessageHistory
    from headroom_langchain.chat_model import HeadroomChatModel
    from headroom_langchain.codec import LangChainCodec
    from headroom_langchain.documents import HeadroomDocumentCompressor, HeadroomRetriever
    from headroom_langchain.middleware import HeadroomMiddleware
    from headroom_langchain.retrieve_tool import HeadroomRetrieve, headroom_retrieve
    from headroom_langchain.runnable import CompressMessages, compress_messages
    from headroom_langchain.wrapped_tool import wrap_tool

__all__ = [
    "CompressMessages",
    "HeadroomChatMessageHistory",
    "HeadroomChatModel",
    "HeadroomDocumentCompressor",
    "HeadroomMiddleware",
    "HeadroomRetrieve",
    "HeadroomRetriever",
    "LangChainCodec",
    "compress_messages",
    "headroom_retrieve",
    "wrap_tool",
]

del _langchain_core

_HOME = {
    "CompressMessages": "runnable",
    "HeadroomChatMessageHistory": "chat_history",
    "HeadroomChatModel": "chat_model",
    "HeadroomDocumentCompressor": "documents",
    "HeadroomMiddleware": "middleware",
    "HeadroomRetrieve": "retrieve_tool",
    "HeadroomRetriever": "documents",
    "LangChainCodec": "codec",
    "compress_messages": "runnable",
    "headroom_retrieve": "retrieve_tool",
    "wrap_tool": "wrapped_tool",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
