"""What a reader of a stream sees of it, chunk by chunk."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, ChatMessageChunk, ToolCallChunk
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import BaseModel

from headroom_langchain.answers import without_ours
from headroom_langchain.sums import summed
from headroom_langchain.transcript import LangChainTranscript
from headroom_langchain.visible_stream import VisibleStream
from tests.langchain.fakes import says


def chunk(content: Any = "", calls: tuple[ToolCallChunk, ...] = (), **fields: Any) -> Any:
    info = fields.pop("info", None)
    message = AIMessageChunk(content=content, tool_call_chunks=list(calls), **fields)
    return ChatGenerationChunk(message=message, generation_info=info)


def called(name: str | None, args: str = "{}", index: int | None = 0) -> ToolCallChunk:
    return tool_call_chunk(name=name, args=args, id=f"call_{index}" if name else None, index=index)


def shown(stream: VisibleStream, *chunks: ChatGenerationChunk) -> list[AIMessageChunk]:
    taken = [stream.take(each) for each in chunks]
    return [
        each.message
        for each in taken
        if each is not None and isinstance(each.message, AIMessageChunk)
    ]


def test_a_stream_without_calls_of_ours_passes_as_the_same_objects() -> None:
    chunks = [
        chunk("a"),
        chunk(calls=(called("search"),)),
        chunk(info={"finish_reason": "tool_calls"}),
    ]
    stream = VisibleStream()

    assert all(stream.take(each) is each for each in chunks)
    assert not stream.hides
    assert stream.ending(has_calls=True) is None


def test_a_chunk_of_another_kind_passes() -> None:
    odd = ChatGenerationChunk(message=ChatMessageChunk(content="a", role="critic"))

    assert VisibleStream().take(odd) is odd


def test_only_the_callers_calls_are_seen() -> None:
    stream = VisibleStream()

    seen = shown(
        stream,
        chunk(calls=(called("headroom_retrieve", "", 0), called("search", "", 1))),
        chunk(calls=(called(None, "{}", 0),)),
        chunk(calls=(called(None, '{"q": 1}', 1),)),
        chunk(info={"finish_reason": "tool_calls"}, response_metadata={"model_name": "m"}),
    )

    assert [each.tool_call_chunks[0]["index"] for each in seen] == [1, 1]
    assert stream.seen().tool_calls[0]["args"] == {"q": 1}
    assert [call["name"] for call in stream.said().tool_calls] == ["headroom_retrieve", "search"]
    end = stream.ending(has_calls=True)
    assert end is not None
    assert end.generation_info == {"finish_reason": "tool_calls"}
    assert end.message.response_metadata == {"model_name": "m"}


def test_an_answer_that_loses_all_its_calls_has_stopped() -> None:
    stream = VisibleStream()
    shown(
        stream,
        chunk(calls=(called("headroom_retrieve"),)),
        chunk(info={"finish_reason": "tool_calls"}, response_metadata={"stop_reason": "tool_use"}),
    )

    end = stream.ending(has_calls=False)

    assert end is not None
    assert end.generation_info == {"finish_reason": "stop"}
    assert end.message.response_metadata == {"stop_reason": "end_turn"}


def test_a_call_without_a_place_is_known_by_its_name() -> None:
    stream = VisibleStream()

    assert shown(stream, chunk(calls=(called("headroom_retrieve", index=None),))) == []
    assert stream.hides


def test_blocks_of_the_next_round_stand_behind_those_of_the_first() -> None:
    stream = VisibleStream()
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "a", "index": 0}
    ours = {"type": "tool_use", "name": "headroom_retrieve", "id": "1", "index": 1}
    first = shown(
        stream,
        chunk([thinking], response_metadata={"model_name": "m"}, id="one"),
        chunk([ours], calls=(called("headroom_retrieve", "", 1),)),
        chunk([{"type": "input_json_delta", "partial_json": "{}", "index": 1}]),
    )
    stream.next_round()
    again = {**thinking, "signature": "b"}
    second = shown(
        stream,
        chunk([again, "odd"], response_metadata={"model_name": "m"}, id="two"),
        chunk([{"type": "text", "text": "So.", "index": 1}, {"type": "text", "text": "!"}]),
    )

    assert [each.content for each in first] == [[thinking]]
    assert second[0].content == [{**again, "index": 2}, "odd"]
    assert second[1].content[0] == {"type": "text", "text": "So.", "index": 3}
    assert {each.id for each in second} == {"one"}
    assert stream.seen().response_metadata == {"model_name": "m"}


def test_places_that_are_names_stay_apart_too() -> None:
    stream = VisibleStream()
    block = {"type": "text", "text": "a", "index": "lc_txt_0"}
    shown(stream, chunk([block]))
    stream.next_round()

    (second,) = shown(stream, chunk([block]))

    assert second.content == [{**block, "index": "lc_txt_0_1"}]


def test_an_empty_stream_has_said_nothing() -> None:
    assert VisibleStream().said() == AIMessage(content="")


def test_further_fields_are_said_once_unless_they_are_streamed_texts() -> None:
    stream = VisibleStream()
    extra = {"reasoning_content": "Hm.", "audio": {"id": "1"}}
    shown(stream, chunk("a", additional_kwargs=extra))
    stream.next_round()

    (second,) = shown(stream, chunk("b", additional_kwargs=extra))

    assert second.additional_kwargs == {"reasoning_content": "Hm."}


def test_an_answer_loses_our_calls_wherever_they_are_repeated() -> None:
    nothing: dict[str, Any] = {}
    ours, theirs = ("headroom_retrieve", nothing, "1"), ("search", nothing, "2")
    raw = [{"id": "1"}, {"id": "2"}]
    blocks: Any = [
        {"type": "text", "text": "a"},
        {"type": "function_call", "call_id": "1", "id": "fc_1"},
        "odd",
    ]
    both = says("", ours, theirs).model_copy(
        update={"content": blocks, "additional_kwargs": {"tool_calls": raw, "x": 1}}
    )
    one = says("", ours).model_copy(update={"additional_kwargs": {"tool_calls": raw[:1], "x": 1}})

    kept = without_ours(both)

    assert [call["name"] for call in kept.tool_calls] == ["search"]
    assert kept.content == [blocks[0], "odd"]
    assert kept.additional_kwargs == {"x": 1, "tool_calls": raw[1:]}
    assert without_ours(one).additional_kwargs == {"x": 1}


def test_figures_of_any_kind_are_added_up() -> None:
    class Usage(BaseModel):
        total: int

    def result(usage: object) -> ChatResult:
        message = AIMessage("a", response_metadata={"usage": usage})
        return ChatResult(generations=[ChatGeneration(message=message)])

    message = summed([result(Usage(total=1)), result({"total": 2})]).generations[0].message

    assert message.response_metadata == {"usage": {"total": 3}}
    assert isinstance(message, AIMessage)
    assert message.usage_metadata is None


@pytest.mark.parametrize("kept", [None, {}, {"type": "ai"}, {"type": "odd", "data": {}}])
def test_what_is_no_message_is_not_loaded(kept: object) -> None:
    with pytest.raises(ValueError, match=r"message"):
        LangChainTranscript().load(kept)
