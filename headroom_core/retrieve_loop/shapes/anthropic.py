"""Anthropic Messages: a turn is one message, the results of one turn stand in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.anthropic import ANTHROPIC
from headroom_core.formats.wire import arguments_text, is_array, is_object, string
from headroom_core.retrieve_loop.shapes.pieces import left, with_all, without
from headroom_core.retrieve_loop.shapes.shape import Call

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headroom_core.formats.wire import WireObject
    from headroom_core.messages import Part


class AnthropicShape:
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
        kept = without(self.native_calls(self.turn(response)), calls)
        left = any(is_object(block) and string(block, "type") == "tool_use" for block in kept)
        is_over = not left and response.get("stop_reason") == "tool_use"
        ended = {"stop_reason": "end_turn"} if is_over else {}
        return {**response, "content": kept, **ended}

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        last = turn[-1]
        if not is_object(last):
            return list(turn)
        return [*turn[:-1], {**last, "content": with_all(self.native_calls([last]), calls)}]

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
        blocks = left(self.native_calls([last]), self.native_calls(shown), _parts_of_block)
        # A message must not be empty: then the last response said nothing.
        return [*turn[:-1], *([{**last, "content": blocks}] if blocks else [])]


def _parts_of_block(block: object) -> tuple[Part, ...]:
    return ANTHROPIC.parse({"role": "assistant", "content": [block]}).parts
