"""Retrieved documents: a compressor for retrievers that take one, and a retriever around any."""

# ruff: noqa: ANN401 - the types of the base classes

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import BaseCallbackManager
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables.config import ensure_config
from pydantic import Field, InstanceOf

from headroom_core.bypass import wants_bypass
from headroom_core.engine.headroom import Headroom  # noqa: TC001 - pydantic reads the annotation
from headroom_core.engine.shared import engine_of
from headroom_core.savings import Ledger
from headroom_core.settings import Settings  # noqa: TC001 - pydantic reads the annotation
from headroom_langchain.construction import checked
from headroom_langchain.shortener import Shortener

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
        Callbacks,
    )

    from headroom_core.savings import Savings

_TOOL = "retriever"


class HeadroomDocumentCompressor(BaseDocumentCompressor):
    """Shortens each document by itself, with the query as what was asked.

    All documents stay, in their order, with their ids and metadata. A compressor does not see the
    request that follows, so nothing is hidden unless `retrieval=True` says that its model is shown
    `headroom_retrieve` and that its calls are answered.
    """

    settings: InstanceOf[Settings] | None = Field(default=None, exclude=True, repr=False)
    retrieval: bool = False
    engine: InstanceOf[Headroom] | None = Field(default=None, exclude=True, repr=False)
    ledger: InstanceOf[Ledger] = Field(default_factory=Ledger, exclude=True, repr=False)

    def __init__(self, **kwargs: Any) -> None:
        engine_of(kwargs.get("settings"), kwargs.get("engine"))
        checked("retrieval", kwargs.get("retrieval", False))
        super().__init__(**kwargs)

    @property
    def savings(self) -> Savings:
        """What this compressor has saved so far; each document counts as a request."""
        return self.ledger.savings()

    def compress_documents(
        self,
        documents: Sequence[Document],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> list[Document]:
        bypass = _wants_bypass(callbacks)
        return [self._shortened(each, query, bypass=bypass) for each in documents]

    async def acompress_documents(
        self,
        documents: Sequence[Document],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> list[Document]:
        return await asyncio.to_thread(self.compress_documents, documents, query, callbacks)

    def _shortened(self, document: Document, query: str, *, bypass: bool) -> Document:
        # No document may point into another: nobody knows which of them will be sent.
        found = ToolMessage(document.page_content, tool_call_id="", name=_TOOL)
        shortener = Shortener(engine_of(self.settings, self.engine), self.ledger)
        sent = shortener.shorten(
            [HumanMessage(query), found], redeemable=self.retrieval, bypass=bypass
        )
        if sent[-1] is found:
            return document
        return document.model_copy(update={"page_content": sent[-1].content})


class HeadroomRetriever(BaseRetriever):
    """A retriever whose documents are shortened: `HeadroomRetriever(retriever)`."""

    retriever: BaseRetriever
    compressor: HeadroomDocumentCompressor = Field(default_factory=HeadroomDocumentCompressor)

    def __init__(self, retriever: object = None, **kwargs: Any) -> None:
        ours = {n: kwargs.pop(n) for n in ("settings", "retrieval", "engine") if n in kwargs}
        if ours:
            kwargs["compressor"] = HeadroomDocumentCompressor(**ours)
        kwargs["retriever"] = retriever
        super().__init__(**kwargs)

    @property
    def savings(self) -> Savings:
        """What this retriever has saved so far; each document counts as a request."""
        return self.compressor.savings

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        child = run_manager.get_child()
        found = self.retriever.invoke(query, {"callbacks": child}, **kwargs)
        return self.compressor.compress_documents(found, query, child)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        child = run_manager.get_child()
        found = await self.retriever.ainvoke(query, {"callbacks": child}, **kwargs)
        return await self.compressor.acompress_documents(found, query, child)


def _wants_bypass(callbacks: Callbacks | None) -> bool:
    """Whether the call's metadata ask to be left alone, wherever they have come along."""
    if isinstance(callbacks, BaseCallbackManager) and wants_bypass(callbacks.metadata):
        return True
    return wants_bypass(ensure_config().get("metadata"))
