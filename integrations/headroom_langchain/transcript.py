"""What the history of hidden exchanges has to know about LangChain's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from langchain_core.messages import ToolMessage, message_to_dict, messages_from_dict

from headroom_core.formats.wire import is_object
from headroom_core.messages import Message, Part, Text
from headroom_langchain.shortener import CODEC

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from langchain_core.messages import BaseMessage


class LangChainTranscript:
    """`Transcript` for `BaseMessage`.

    What stands in the place of a call that was taken out is the whole answer as the model gave it:
    its calls lie in several fields, and what a stream has shown is not what the model said last.
    """

    def parse(self, native: BaseMessage) -> Message:
        """Read a message; the texts of an answer are one, however they lie in its content."""
        message = CODEC.parse(native)
        if message.role != "assistant":
            return message
        text = "".join(part.text for part in message.parts if isinstance(part, Text))
        others: list[Part] = [part for part in message.parts if not isinstance(part, Text)]
        return Message("assistant", (Text(text), *others) if text else tuple(others))

    def dump(self, native: BaseMessage) -> object:
        return message_to_dict(native)

    def load(self, kept: object) -> BaseMessage:
        if not is_object(kept) or not isinstance(kept.get("type"), str):
            raise ValueError("this is no message of LangChain")
        if not is_object(kept.get("data")):
            raise ValueError("this message of LangChain has no fields")
        # Checked above; the values of the fields are checked by the message's own class.
        return messages_from_dict([cast("dict[str, Any]", kept)])[0]

    def put_back(
        self, turn: Sequence[BaseMessage], calls: Sequence[tuple[int, object]]
    ) -> list[BaseMessage]:
        return [*turn[:-1], *(self.load(answer) for _, answer in calls)]

    def add_results(
        self, after: Sequence[BaseMessage], results: Sequence[BaseMessage]
    ) -> list[BaseMessage]:
        return [*results, *after]


def answer_message(call_id: str, name: str, text: str) -> ToolMessage:
    """The message that carries the answer of a call."""
    return ToolMessage(content=text, tool_call_id=call_id, name=name)
