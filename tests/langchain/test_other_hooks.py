"""The step of a chain, documents, tools and chat histories."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.callbacks import CallbackManager
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain_core.tools import BaseTool, StructuredTool, Tool, ToolException, tool

import headroom_langchain
from headroom_core.engine.headroom import Headroom
from headroom_core.engine.shared import shared_engine
from headroom_core.errors import ConfigError
from headroom_core.savings import Ledger
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_langchain import (
    CompressMessages,
    HeadroomChatMessageHistory,
    HeadroomChatModel,
    HeadroomDocumentCompressor,
    HeadroomRetrieve,
    HeadroomRetriever,
    compress_messages,
    headroom_retrieve,
    wrap_tool,
)
from headroom_langchain.shortener import Shortener
from tests.langchain.conversation import (
    FACT,
    HIDDEN_LINE,
    LOG,
    asked,
    first_ref,
    log_text,
    run_command,
    texts,
)
from tests.langchain.fakes import FakeChat, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.settings import Mode

pytestmark = pytest.mark.filterwarnings(
    "ignore::langchain_core._api.LangChainDeprecationWarning"  # chat histories are on their way out
)
BYPASS: Any = {"metadata": {"headroom_bypass": True}}


class TestCompressMessages:
    async def test_it_shortens_and_hides_nothing(self) -> None:
        messages = asked()

        for sent in (compress_messages.invoke(messages), await compress_messages.ainvoke(messages)):
            assert sent[:2] == messages[:2]
            assert sent[0] is messages[0]
            assert len(sent[2].text) < len(LOG)
            assert first_ref(texts(sent)) is None

    async def test_with_the_promise_of_retrieval_it_hides(self) -> None:
        step = CompressMessages(retrieval=True)

        assert first_ref(texts(step.invoke(asked())))
        assert first_ref(texts(await step.ainvoke(asked())))
        assert step.savings.requests == 2
        assert step.savings.tokens_saved > 0

    @pytest.mark.requirement("langchain.bypass")
    async def test_the_metadata_of_a_call_switch_it_off(self) -> None:
        assert compress_messages.invoke(asked(), BYPASS) == asked()
        assert await compress_messages.ainvoke(asked(), BYPASS) == asked()

    def test_it_stands_in_a_chain_and_takes_what_a_model_takes(self) -> None:
        prompt = ChatPromptTemplate.from_messages([("system", "Be brief."), ("placeholder", "{m}")])
        llm = FakeChat(script=lambda messages, kwargs: says("Fine."))

        assert (prompt | compress_messages | llm).invoke({"m": asked()}).text == "Fine."
        assert len(llm.sent[0][3].text) < len(LOG)
        assert compress_messages.invoke("Hi.")[0].text == "Hi."
        assert compress_messages.invoke([("human", "Hi.")])[0].text == "Hi."


class Shelf(BaseRetriever):
    """Two documents: a log, and a line."""

    def _get_relevant_documents(self, query: str, **kwargs: Any) -> list[Document]:
        return [
            Document(LOG, id="1", metadata={"source": "api"}),
            Document("A short one.", metadata={"source": "note"}),
        ]


class TestDocuments:
    async def test_documents_are_shortened_one_by_one(self) -> None:
        documents = Shelf().invoke("which user?")
        compressor = HeadroomDocumentCompressor()

        for short in (
            compressor.compress_documents(documents, "which user?"),
            await compressor.acompress_documents(documents, "which user?"),
        ):
            assert len(short[0].page_content) < len(documents[0].page_content)
            assert short[0].id == "1"
            assert [each.metadata for each in short] == [each.metadata for each in documents]
            assert short[1] is documents[1]
            assert first_ref([each.page_content for each in short]) is None
        assert compressor.savings.requests == 4

    def test_what_is_asked_for_stays_in_sight(self) -> None:
        compressor = HeadroomDocumentCompressor(retrieval=True)
        document = Document(LOG)

        (short,) = compressor.compress_documents([document], f"Where is {FACT.split()[-1]}?")

        assert first_ref(short.page_content)
        assert FACT in short.page_content
        assert headroom_retrieve.invoke({"ref": first_ref(short.page_content), "lines": "1-2"})

    @pytest.mark.requirement("langchain.bypass")
    async def test_the_metadata_of_a_call_switch_it_off(self) -> None:
        retriever = HeadroomRetriever(Shelf())
        documents = Shelf().invoke("which user?")
        manager = CallbackManager.configure(inheritable_metadata={"headroom_bypass": True})

        assert retriever.invoke("which user?", BYPASS) == documents
        assert await retriever.ainvoke("which user?", BYPASS) == documents
        compressor = HeadroomDocumentCompressor()
        assert compressor.compress_documents(documents, "which user?", manager) == documents

    async def test_a_retriever_around_another(self) -> None:
        retriever = HeadroomRetriever(Shelf(), retrieval=True)

        assert first_ref(retriever.invoke("which user?")[0].page_content)
        assert first_ref((await retriever.ainvoke("which user?"))[0].page_content)
        assert retriever.savings.tokens_saved > 0

    @pytest.mark.swallows
    @pytest.mark.requirement("langchain.fail_open")
    def test_a_document_is_left_alone_when_we_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object, **kwargs: object) -> object:
            raise RuntimeError("a bug")

        monkeypatch.setattr(Headroom, "compress_native", fail)
        document = Document(LOG)

        compressor = HeadroomDocumentCompressor()
        assert compressor.compress_documents([document], "?") == [document]
        assert compressor.savings.warnings


@tool(response_format="content_and_artifact")
def with_artifact(command: str) -> tuple[str, dict[str, int]]:
    """Run a command."""
    return LOG, {"lines": 500}


async def _later(command: str) -> str:
    return LOG


def _now(command: str) -> str:
    return LOG


both_ways = StructuredTool.from_function(
    _now, coroutine=_later, name="both_ways", description="Run a command."
)
by_text = Tool("by_text", _now, description="Run a command.")
CALL: Any = {
    "name": "run_command",
    "args": {"command": "tail app.log"},
    "id": "call_1",
    "type": "tool_call",
}


class TestWrapTool:
    @pytest.mark.parametrize("given", [run_command, with_artifact, both_ways, by_text])
    async def test_results_are_shorter_and_all_else_is_the_same(self, given: BaseTool) -> None:
        wrapped = wrap_tool(given)
        call = {**CALL, "name": given.name}

        assert isinstance(wrapped, type(given))
        assert (wrapped.name, wrapped.description) == (given.name, given.description)
        assert wrapped.tool_call_schema is not None
        assert wrapped.args == given.args
        for message, original in [
            (wrapped.invoke(call), given.invoke(call)),
            (await wrapped.ainvoke(call), await given.ainvoke(call)),
        ]:
            assert isinstance(message, ToolMessage)
            assert len(message.text) < len(original.text)
            assert message.artifact == original.artifact
            assert message.tool_call_id == "call_1"
            assert first_ref(message.text) is None
        assert wrapped.savings.requests == 2  # type: ignore[attr-defined] # what a wrapped tool has more
        assert given.invoke({**call}).text == LOG

    def test_a_plain_call_gives_a_plain_text(self) -> None:
        wrapped = wrap_tool(run_command, retrieval=True)

        short = wrapped.invoke({"command": "tail app.log"})

        assert isinstance(short, str)
        lines = f"{HIDDEN_LINE}-{HIDDEN_LINE}"
        assert FACT in headroom_retrieve.invoke({"ref": first_ref(short), "lines": lines})

    def test_what_is_neither_text_nor_message_is_left_alone(self) -> None:
        @tool
        def listing() -> list[int]:
            """List numbers."""
            return [1, 2]

        assert wrap_tool(listing).invoke({}) == [1, 2]

    def test_errors_stay_errors(self) -> None:
        @tool
        def failing() -> str:
            """Fail."""
            raise ToolException("no such file")

        with pytest.raises(ToolException):
            wrap_tool(failing).invoke({})
        failing.handle_tool_error = True
        message = wrap_tool(failing).invoke({**CALL, "name": "failing", "args": {}})
        assert (message.status, message.text) == ("error", "no such file")

    @pytest.mark.requirement("langchain.bypass")
    async def test_the_metadata_of_a_call_switch_it_off(self) -> None:
        wrapped = wrap_tool(run_command)

        assert wrapped.invoke(CALL, BYPASS).text == LOG
        assert (await wrapped.ainvoke(CALL, BYPASS)).text == LOG

    def test_it_can_be_pickled(self) -> None:
        engine = Headroom(Settings(mode="max"), store=MemoryStore())
        original = HeadroomRetrieve()

        again = pickle.loads(pickle.dumps(wrap_tool(original)))
        other = pickle.loads(pickle.dumps(wrap_tool(original, engine=engine)))

        assert isinstance(again, HeadroomRetrieve)
        assert again.invoke({"ref": "0" * 16}).startswith("Error")
        assert other.savings.requests == 0

    def test_what_is_wrapped_is_not_shortened_again(self) -> None:
        message = wrap_tool(run_command, retrieval=True).invoke({**CALL, "id": "call_log"})
        messages = [*asked()[:2], message]

        assert compress_messages.invoke(messages)[2] is message


class TestRetrieveTool:
    async def test_it_answers_from_the_store_of_its_engine(self) -> None:
        engine = Headroom(store=MemoryStore())
        ref = engine.store.put(LOG)
        ours = HeadroomRetrieve(engine=engine)

        assert FACT in ours.invoke({"ref": ref, "lines": "333-333"})
        assert FACT in await ours.ainvoke({"ref": ref, "lines": "333-333"})
        assert headroom_retrieve.invoke({"ref": ref}).startswith("Error")
        assert ours.savings.retrievals == 2

    def test_wrong_arguments_are_answered(self) -> None:
        assert headroom_retrieve.invoke({}).startswith("Error: `ref` is missing")
        assert headroom_retrieve.invoke({"ref": "x", "odd": [1]}).startswith("Error")

    def test_it_can_be_pickled(self) -> None:
        engine = Headroom(Settings(mode="max"), store=MemoryStore())

        again = pickle.loads(pickle.dumps(HeadroomRetrieve(engine=engine)))

        assert again.settings == engine.settings
        assert pickle.loads(pickle.dumps(headroom_retrieve)).name == "headroom_retrieve"


class TestChatHistory:
    async def test_it_is_read_in_short_and_keeps_the_originals(self) -> None:
        kept = InMemoryChatMessageHistory()
        history = HeadroomChatMessageHistory(kept)

        history.add_messages(asked()[:2])
        await history.aadd_messages(asked()[2:])

        assert [each.content for each in kept.messages] == [each.content for each in asked()]
        assert len(history.messages[2].text) < len(LOG)
        assert len((await history.aget_messages())[2].text) < len(LOG)
        assert history.savings.requests == 2
        await history.aclear()
        history.clear()
        assert history.messages == []

    @pytest.mark.requirement("langchain.bypass")
    def test_it_stands_behind_a_chain_with_history(self) -> None:
        kept = InMemoryChatMessageHistory(messages=asked())
        llm = FakeChat(script=lambda messages, kwargs: says("Fine."))

        def history(session_id: str) -> HeadroomChatMessageHistory:
            return HeadroomChatMessageHistory(kept)

        chain: Any = RunnableWithMessageHistory(llm, history)
        config: Any = {"configurable": {"session_id": "1"}}

        chain.invoke([HumanMessage("So?")], config)
        config |= BYPASS
        chain.invoke([HumanMessage("So?")], config)

        assert len(llm.sent[0][2].text) < len(LOG)
        assert llm.sent[1][2].text == LOG
        assert kept.messages[2].text == LOG
        assert isinstance(kept.messages[-1], AIMessage)


def a_history(**how: Any) -> object:
    return HeadroomChatMessageHistory(InMemoryChatMessageHistory(), **how)


def a_tool(**how: Any) -> object:
    return wrap_tool(run_command, **how)


MADE: list[Callable[..., object]] = [
    CompressMessages,
    HeadroomDocumentCompressor,
    a_history,
    a_tool,
]


@pytest.mark.requirement("langchain.settings")
@pytest.mark.parametrize("made", MADE)
def test_a_wrong_setting_fails_at_once(made: Callable[..., object]) -> None:
    engine = shared_engine(Settings(store="memory://"))

    with pytest.raises(ConfigError, match="give it or `settings`, not both"):
        made(settings=Settings(), engine=engine)
    with pytest.raises(ConfigError, match="`retrieval`"):
        made(retrieval="yes")


@pytest.mark.requirement("langchain.settings")
def test_a_wrong_setting_of_the_tool_fails_at_once() -> None:
    with pytest.raises(ConfigError, match="give it or `settings`, not both"):
        HeadroomRetrieve(settings=Settings(), engine=Headroom(store=MemoryStore()))


def test_short_texts_stay_on_the_event_loop() -> None:
    short: list[BaseMessage] = [HumanMessage("a" * 100), HumanMessage(["b", {"type": "image"}])]
    shortener = Shortener(shared_engine(), Ledger())

    assert shortener.is_quick(short, redeemable=True)
    assert not shortener.is_quick([*short, HumanMessage(log_text())], redeemable=False)


@pytest.mark.parametrize("mode", ["balanced", "max"])
@pytest.mark.parametrize("row", ["1 2\n", "\N{GRINNING FACE}\n", "\ue000"])
def test_what_stays_on_the_event_loop_is_not_stored(mode: Mode, row: str) -> None:
    engine = Headroom(Settings(mode=mode, result_budget=100), store=MemoryStore())
    shortener = Shortener(engine, Ledger())

    def result(rows: int) -> list[BaseMessage]:
        return [ToolMessage(row * rows, tool_call_id="c")]

    most = max(n for n in range(200) if shortener.is_quick(result(n), redeemable=True))

    assert most >= 50 // (4 * len(row))
    assert shortener.shorten(result(most), redeemable=True)
    assert engine.store.info().originals == 0


def test_the_package_names_what_it_has() -> None:
    assert dir(headroom_langchain) == sorted(headroom_langchain.__all__)
    assert all(getattr(headroom_langchain, name) for name in headroom_langchain.__all__)
    assert headroom_langchain.HeadroomChatModel is HeadroomChatModel
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = headroom_langchain.Nothing  # pyright: ignore[reportAttributeAccessIssue] - what it is about
