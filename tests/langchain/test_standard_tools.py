"""LangChain's own acceptance kits for tools and retrievers."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests, ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from headroom_langchain import HeadroomRetrieve, HeadroomRetriever, headroom_retrieve, wrap_tool

pytestmark = pytest.mark.requirement("langchain.kit")
EXAMPLE = {"ref": "3fa9c1d27b04e6d5", "query": "connection reset"}


class OurTool:
    @property
    def tool_constructor(self) -> type[HeadroomRetrieve]:
        return HeadroomRetrieve

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return EXAMPLE


class TestRetrieveUnit(OurTool, ToolsUnitTests):
    pass


class TestRetrieveIntegration(OurTool, ToolsIntegrationTests):
    pass


class WrappedTool:
    @property
    def tool_constructor(self) -> HeadroomRetrieve:
        return wrap_tool(headroom_retrieve)

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return EXAMPLE


class TestWrappedToolUnit(WrappedTool, ToolsUnitTests):
    pass


class TestWrappedToolIntegration(WrappedTool, ToolsIntegrationTests):
    pass


class Shelf(BaseRetriever):
    """Gives as many documents as it is asked for."""

    k: int = 4

    def _get_relevant_documents(self, query: str, **kwargs: Any) -> list[Document]:
        count = kwargs.get("k", self.k)
        return [Document(f"{query}: page {number}") for number in range(count)]


class ShortShelf(HeadroomRetriever):
    """A wrapped shelf that is made as the kit makes a retriever."""

    def __init__(self, k: int = 4) -> None:
        super().__init__(Shelf(k=k))


class TestRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[ShortShelf]:
        return ShortShelf

    @property
    def retriever_query_example(self) -> str:
        return "what is it"
