"""What the loop has to know about each wire format: calls, results, usage, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeGuard

from headroom_core.formats.anthropic import ANTHROPIC
from headroom_core.formats.openai_responses import OPENAI_RESPONSES
from headroom_core.formats.wire import WireObject, arguments_text, is_array, is_object, string
from headroom_core.messages import Text, ToolCall

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.messages import Part


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call of a response; `index` is its place among what the response holds."""

    index: int
    call_id: str
    name: str
    arguments: str


class Shape(Protocol):
    """Reads and rewrites responses and messages of one wire format. Changes nothing in place."""

    def turn(self, response: WireObject) -> list[object]:
        """The messages that a response adds to the conversation."""
        ...

    def calls(self, turn: Sequence[object]) -> list[Call]:
        """The tool calls of such messages."""
        ...

    def results(self, answers: Sequence[tuple[str, str]]) -> list[object]:
        """The messages that carry answers, given as call id and text."""
        ...

    def drop(self, response: WireObject, calls: Collection[int]) -> WireObject:
        """The response without some of its calls, as one that never had them."""
        ...

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        """Undo `drop` in the messages that a client kept."""
        ...

    def native_calls(self, turn: Sequence[object]) -> list[object]:
        """The places that `Call.index` counts, as they stand in the messages."""
        ...

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        """The messages after a turn, with more results in front."""
        ...

    def is_cut_off(self, response: WireObject) -> bool:
        """Whether a limit or a refusal ended the response, so that its last call may be half."""
        ...

    def join(self, shown: Sequence[object], turn: Sequence[object]) -> list[object]:
        """One turn of what a client saw of several."""
        ...

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        """Undo `join` in the messages that a client kept: what came after the shown."""
        ...


class _Chat:
    """OpenAI Chat Completions."""

    def turn(self, response: WireObject) -> list[object]:
        choices = response.get("choices")
        if is_array(choices) and len(choices) == 1 and is_object(choices[0]):
            return [choices[0].get("message")]
        return []

    def calls(self, turn: Sequence[object]) -> list[Call]:
        found: list[Call] = []
        for index, call in enumerate(self.native_calls(turn)):
            function = call.get("function") if is_object(call) else None
            if is_object(call) and is_object(function):
                arguments = arguments_text(function.get("arguments"))
                found.append(Call(index, string(call, "id"), string(function, "name"), arguments))
        return found

    def results(self, answers: Sequence[tuple[str, str]]) -> list[object]:
        return [
            {"role": "tool", "tool_call_id": call_id, "content": text} for call_id, text in answers
        ]

    def drop(self, response: WireObject, calls: Collection[int]) -> WireObject:
        choices = response.get("choices")
        choice = choices[0] if is_array(choices) else None
        message = choice.get("message") if is_object(choice) else None
        if not is_object(choice) or not is_object(message):
            return response
        kept = _without(self.native_calls([message]), calls)
        if kept:
            return {**response, "choices": [{**choice, "message": {**message, "tool_calls": kept}}]}
        bare = {key: value for key, value in message.items() if key != "tool_calls"}
        bare["content"] = bare.get("content") or ""
        ended = {"finish_reason": "stop"} if choice.get("finish_reason") == "tool_calls" else {}
        return {**response, "choices": [{**choice, "message": bare, **ended}]}

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        last = turn[-1]
        if not is_object(last):
            return list(turn)
        return [*turn[:-1], {**last, "tool_calls": _with(self.native_calls([last]), calls)}]

    def native_calls(self, turn: Sequence[object]) -> list[object]:
        last = turn[-1] if turn else None
        calls = last.get("tool_calls") if is_object(last) else None
        return calls if is_array(calls) else []

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        return [*results, *after]

    def is_cut_off(self, response: WireObject) -> bool:
        choices = response.get("choices")
        choice = choices[0] if is_array(choices) and choices else None
        return is_object(choice) and choice.get("finish_reason") in {"length", "content_filter"}

    def join(self, shown: Sequence[object], turn: Sequence[object]) -> list[object]:
        first, last = (shown[-1] if shown else None), (turn[-1] if turn else None)
        if not is_object(first) or not is_object(last):
            return [*shown, *turn]
        text = _joined(string(first, "content"), string(last, "content"))
        return [{**last, "content": text}]

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        first, last = (shown[-1] if shown else None), (turn[-1] if turn else None)
        if not is_object(first) or not is_object(last):
            return list(turn)
        text = string(first, "content")
        content = last.get("content")
        if isinstance(content, str):
            return [*turn[:-1], {**last, "content": _behind(content, text)}]
        if is_array(content) and content and is_object(content[0]):
            block = {**content[0], "text": _behind(string(content[0], "text"), text)}
            return [*turn[:-1], {**last, "content": [block, *content[1:]]}]
        return list(turn)


class _Responses:
    """OpenAI Responses: a turn is the items of the output."""

    def turn(self, response: WireObject) -> list[object]:
        output = response.get("output")
        return output if is_array(output) else []

    def calls(self, turn: Sequence[object]) -> list[Call]:
        return [
            Call(index, string(item, "call_id"), string(item, "name"), string(item, "arguments"))
            for index, item in enumerate(turn)
            if is_object(item) and string(item, "type") == "function_call"
        ]

    def results(self, answers: Sequence[tuple[str, str]]) -> list[object]:
        return [
            {"type": "function_call_output", "call_id": call_id, "output": text}
            for call_id, text in answers
        ]

    def drop(self, response: WireObject, calls: Collection[int]) -> WireObject:
        return {**response, "output": _without(self.turn(response), calls)}

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        return _with(turn, calls)

    def native_calls(self, turn: Sequence[object]) -> list[object]:
        return list(turn)

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        return [*results, *after]

    def is_cut_off(self, response: WireObject) -> bool:
        return response.get("status") in {"incomplete", "failed", "cancelled"}

    def join(self, shown: Sequence[object], turn: Sequence[object]) -> list[object]:
        return [*shown, *turn]

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        return _left(turn, shown, _parts_of_item)


class _Anthropic:
    """Anthropic Messages: the results of one turn stand in one message."""

    def turn(self, response: WireObject) -> list[object]:
        content = response.get("content")
        return [{"role": "assistant", "content": content}] if is_array(content) else []

    def calls(self, turn: Sequence[object]) -> list[Call]:
        return [
            Call(
                index,
                string(block, "id"),
                string(block, "name"),
                arguments_text(block.get("input")),
            )
            for index, block in enumerate(self.native_calls(turn))
            if is_object(block) and string(block, "type") == "tool_use"
        ]

    def results(self, answers: Sequence[tuple[str, str]]) -> list[object]:
        blocks: list[object] = [
            {"type": "tool_result", "tool_use_id": call_id, "content": text}
            for call_id, text in answers
        ]
        return [{"role": "user", "content": blocks}]

    def drop(self, response: WireObject, calls: Collection[int]) -> WireObject:
        kept = _without(self.native_calls(self.turn(response)), calls)
        left = any(is_object(block) and string(block, "type") == "tool_use" for block in kept)
        is_over = not left and response.get("stop_reason") == "tool_use"
        ended = {"stop_reason": "end_turn"} if is_over else {}
        return {**response, "content": kept, **ended}

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        last = turn[-1]
        if not is_object(last):
            return list(turn)
        return [*turn[:-1], {**last, "content": _with(self.native_calls([last]), calls)}]

    def native_calls(self, turn: Sequence[object]) -> list[object]:
        last = turn[-1] if turn else None
        content = last.get("content") if is_object(last) else None
        return content if is_array(content) else []

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        first = after[0] if after else None
        ours = results[0] if results else None
        if is_object(first) and is_object(ours) and string(first, "role") == "user":
            old, new = first.get("content"), ours.get("content")
            if is_array(old) and is_array(new):
                return [{**first, "content": [*new, *old]}, *after[1:]]
        return [*results, *after]

    def is_cut_off(self, response: WireObject) -> bool:
        return response.get("stop_reason") not in {None, "tool_use", "end_turn", "pause_turn"}

    def join(self, shown: Sequence[object], turn: Sequence[object]) -> list[object]:
        blocks = [*self.native_calls(shown), *self.native_calls(turn)]
        return [{"role": "assistant", "content": blocks}]

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        last = turn[-1] if turn else None
        if not is_object(last):
            return list(turn)
        blocks = _left(self.native_calls([last]), self.native_calls(shown), _parts_of_block)
        # A message must not be empty: then the last response said nothing.
        return [*turn[:-1], *([{**last, "content": blocks}] if blocks else [])]


def between(text: str) -> str:
    """What stands between a text and the one of the next round, where they become one."""
    return "\n\n" if text and not text[-1].isspace() else ""


def _joined(shown: str, text: str) -> str:
    return shown + between(shown) + text if text else shown


def _behind(text: str, shown: str) -> str:
    if not text.startswith(shown):
        return text
    return text.removeprefix(shown).removeprefix(between(shown))


def _left(
    pieces: Sequence[object],
    shown: Sequence[object],
    read: Callable[[object], tuple[Part, ...]],
) -> list[object]:
    """What is left behind those that were shown. Clients may have left out such as thinking."""
    at = 0
    for each in shown:
        if at < len(pieces) and _are_alike(read(pieces[at]), read(each), pieces[at], each):
            at += 1
    return list(pieces[at:])


def _are_alike(
    one: tuple[Part, ...], other: tuple[Part, ...], native: object, shown: object
) -> bool:
    """Whether two pieces say the same; of what says nothing that we read, all must be the same."""
    if any(isinstance(part, (Text, ToolCall)) for part in other):
        return one == other
    return native == shown


def _parts_of_item(item: object) -> tuple[Part, ...]:
    return OPENAI_RESPONSES.parse(item).parts


def _parts_of_block(block: object) -> tuple[Part, ...]:
    return ANTHROPIC.parse({"role": "assistant", "content": [block]}).parts


def _without(values: Sequence[object], indexes: Collection[int]) -> list[object]:
    return [value for index, value in enumerate(values) if index not in indexes]


def _with(values: Sequence[object], insertions: Sequence[tuple[int, object]]) -> list[object]:
    """Put values back where they were taken from; in ascending order of their places."""
    out = list(values)
    for index, value in insertions:
        out.insert(index, value)
    return out


SHAPES: dict[WireFormat, Shape] = {
    "openai_chat": _Chat(),
    "openai_responses": _Responses(),
    "anthropic": _Anthropic(),
}


def add_usage(total: WireObject, usage: object) -> WireObject:
    """Add the figures of one response to those of the ones before it, at every depth."""
    out = dict(total)
    for key, value in usage.items() if is_object(usage) else ():
        before = out.get(key)
        if is_object(value):
            out[key] = add_usage(before if is_object(before) else {}, value)
        elif _is_figure(value) and _is_figure(before):
            out[key] = before + value
        elif value is not None or key not in out:
            out[key] = value
    return out


def _is_figure(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
