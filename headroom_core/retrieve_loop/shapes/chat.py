"""OpenAI Chat Completions: a turn is one message, its calls stand in a list of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.wire import arguments_text, is_array, is_object, string
from headroom_core.retrieve_loop.shapes.pieces import behind, joined, with_all, without
from headroom_core.retrieve_loop.shapes.shape import Call

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headroom_core.formats.wire import WireObject


class ChatShape:
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
        kept = without(self.native_calls([message]), calls)
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
        return [*turn[:-1], {**last, "tool_calls": with_all(self.native_calls([last]), calls)}]

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
        text = joined(string(first, "content"), string(last, "content"))
        return [{**last, "content": text}]

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        first, last = (shown[-1] if shown else None), (turn[-1] if turn else None)
        if not is_object(first) or not is_object(last):
            return list(turn)
        text = string(first, "content")
        content = last.get("content")
        if isinstance(content, str):
            return [*turn[:-1], {**last, "content": behind(content, text)}]
        if is_array(content) and content and is_object(content[0]):
            block = {**content[0], "text": behind(string(content[0], "text"), text)}
            return [*turn[:-1], {**last, "content": [block, *content[1:]]}]
        return list(turn)
