"""What of a model's streams the reader sees: everything at once, but calls of ours.

One answer may take several rounds, each a stream of its own. Their chunks are added up into one
message by whoever reads them, so what would not add up is said once: ids, and what comes with the
end of an answer. Texts are never held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from headroom_core.formats.wire import is_array, is_object, string
from headroom_core.tool import is_retrieve_tool
from headroom_langchain.answers import CALL_KINDS, stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

_ADDS_UP = frozenset({"model_provider", "output_version"})
"""Metadata that may come with every chunk: equal values stay one."""
_LATE = "id"
"""The metadata that names a response, for requests that go on from it: the last one's counts."""

Index = int | str | None


class VisibleStream:
    """Takes the chunks of the rounds of one answer, and gives those that the reader sees."""

    def __init__(self) -> None:
        self._shown: list[AIMessageChunk] = []
        self._shown_keys: set[str] = set()
        self._shift = 0
        self._round = 0
        self._begin()

    def _begin(self) -> None:
        self._raw: list[AIMessageChunk] = []
        self._hidden: set[Index] = set()
        self._keys: set[str] = set()
        self._late: list[AIMessageChunk] = []
        self._late_info: dict[str, Any] = {}
        self._next_index = self._shift

    def next_round(self) -> None:
        """What comes now is a stream of its own, whose places and metadata begin anew."""
        self._shown_keys |= self._keys
        self._shift = self._next_index
        self._round += 1
        self._begin()

    @property
    def hides(self) -> bool:
        """Whether the model has called the retrieve tool in this round."""
        return bool(self._hidden)

    def take(self, chunk: ChatGenerationChunk) -> ChatGenerationChunk | None:
        """The chunk as the reader sees it; the same object where nothing has to change."""
        message = chunk.message
        if not isinstance(message, AIMessageChunk):
            return chunk
        info = chunk.generation_info or {}
        metadata = {**info, **message.response_metadata}
        whole = message.model_copy(update={"response_metadata": metadata}) if info else message
        self._raw.append(whole)
        self._find_hidden(message)
        ends = bool(self._late) and message.chunk_position == "last"
        if not self._hidden and self._round == 0 and _LATE not in metadata and not ends:
            self._note(message, info)
            return chunk
        return self._changed(message, info)

    def said(self) -> AIMessage:
        """All that the model has said in this round."""
        return _whole(self._raw)

    def seen(self) -> AIMessage:
        """All that the reader has seen."""
        return _whole(self._shown)

    def ending(self, *, has_calls: bool) -> ChatGenerationChunk | None:
        """What was held back of this round's metadata, once it is known to be the last one."""
        if not self._late:
            return None
        message = self._late[0] + self._late[1:]
        if not has_calls:
            message.response_metadata = stopped(message.response_metadata)
        info = self._late_info if has_calls else stopped(self._late_info)
        return ChatGenerationChunk(message=message, generation_info=info or None)

    def _changed(self, message: AIMessageChunk, info: dict[str, Any]) -> ChatGenerationChunk | None:
        info, metadata = self._metadata(message, info)
        content = message.content
        kept = self._blocks(content) if is_array(content) else content
        calls = [
            {**call, "index": self._moved(call.get("index"))}
            for call in message.tool_call_chunks
            if not self._is_hidden(call.get("name"), call.get("index"))
        ]
        fields: dict[str, Any] = {
            **dict(message),
            "content": kept,
            "tool_call_chunks": calls,
            "tool_calls": [],
            "invalid_tool_calls": [],
            "additional_kwargs": self._once(message.additional_kwargs, texts=True),
            "response_metadata": metadata,
            "id": self._id(message),
            "chunk_position": None if self._hidden else message.chunk_position,
        }
        changed = type(message)(**fields)
        if _is_empty(changed) and not info:
            return None
        self._note(changed, info)
        return ChatGenerationChunk(message=changed, generation_info=info or None)

    def _metadata(
        self, message: AIMessageChunk, info: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The metadata to show with a chunk, in its two places; some is held for the end."""
        metadata = message.response_metadata
        if message.chunk_position == "last" and not self._hidden:
            held, self._late = self._late, []
            for each in held:
                metadata = {**metadata, **each.response_metadata}
            return self._once(info), self._once(metadata)
        late = {k: v for k, v in metadata.items() if self._hidden or k == _LATE}
        if late or (self._hidden and info):
            empty: list[str | dict[Any, Any]] | str = [] if is_array(message.content) else ""
            self._late.append(
                AIMessageChunk(content=empty, response_metadata=late, id=self._id(message))
            )
        if self._hidden:
            self._late_info |= info
            return {}, {}
        rest = {k: v for k, v in metadata.items() if k not in late}
        return self._once(info), self._once(rest)

    def _note(self, message: AIMessageChunk, info: dict[str, Any]) -> None:
        self._shown.append(message)
        self._keys.update(message.response_metadata, info, message.additional_kwargs)

    def _find_hidden(self, message: AIMessageChunk) -> None:
        """Note where calls of ours begin: what follows at the same place belongs to them."""
        blocks = message.content if is_array(message.content) else []
        calls = [each for each in blocks if _is_call(each)]
        for call in (*message.tool_call_chunks, *calls):
            index = _index(call)
            name = call.get("name") if is_object(call) else None
            if isinstance(name, str) and is_retrieve_tool(name):
                self._hidden.add(index)
        for each in (*message.tool_call_chunks, *blocks):
            index = _index(each)
            if isinstance(index, int):
                self._next_index = max(self._next_index, index + self._shift + 1)

    def _blocks(self, content: Sequence[object]) -> list[object]:
        return [
            {**block, "index": self._moved(_index(block))}
            if is_object(block) and "index" in block
            else block
            for block in content
            if not self._is_hidden_block(block)
        ]

    def _is_hidden_block(self, block: object) -> bool:
        if not is_object(block):
            return False
        named = string(block, "name") if _is_call(block) else None
        return self._is_hidden(named, _index(block))

    def _is_hidden(self, name: str | None, index: Index) -> bool:
        if name is not None and is_retrieve_tool(name):
            return True
        return index is not None and index in self._hidden

    def _moved(self, index: Index) -> Index:
        """A place in this round as one behind all places of the rounds before."""
        if isinstance(index, int):
            return index + self._shift
        return f"{index}_{self._round}" if index is not None and self._round else index

    def _once(self, values: dict[str, Any], *, texts: bool = False) -> dict[str, Any]:
        """The values that no round before has shown; `texts` are streamed, and add up."""
        return {
            key: value
            for key, value in values.items()
            if key not in self._shown_keys or key in _ADDS_UP or (texts and isinstance(value, str))
        }

    def _id(self, message: AIMessageChunk) -> str | None:
        return self._shown[0].id if self._shown else message.id


def _whole(chunks: Sequence[AIMessageChunk]) -> AIMessage:
    if not chunks:
        return AIMessage(content="")
    last = AIMessageChunk(content=[] if is_array(chunks[0].content) else "", chunk_position="last")
    whole = chunks[0] + [*chunks[1:], last]
    fields = {
        key: value
        for key, value in dict(whole).items()
        if key not in {"type", "tool_call_chunks", "chunk_position"}
    }
    return AIMessage(**fields)


def _is_call(block: object) -> bool:
    return is_object(block) and string(block, "type") in CALL_KINDS


def _index(value: object) -> Index:
    index = value.get("index") if is_object(value) else None
    return index if isinstance(index, (int, str)) else None


def _is_empty(message: AIMessageChunk) -> bool:
    told = (message.content, message.tool_call_chunks, message.usage_metadata)
    return not any((*told, message.additional_kwargs, message.response_metadata))
