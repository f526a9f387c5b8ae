"""OpenAI Responses: a turn is the items of the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.openai_responses import OPENAI_RESPONSES
from headroom_core.formats.wire import is_array, is_object, string
from headroom_core.retrieve_loop.shapes.pieces import left, with_all, without
from headroom_core.retrieve_loop.shapes.shape import Call

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headroom_core.formats.wire import WireObject
    from headroom_core.messages import Part


class ResponsesShape:
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
        return {**response, "output": without(self.turn(response), calls)}

    def put_back(self, turn: Sequence[object], calls: Sequence[tuple[int, object]]) -> list[object]:
        return with_all(turn, calls)

    def native_calls(self, turn: Sequence[object]) -> list[object]:
        return list(turn)

    def add_results(self, after: Sequence[object], results: Sequence[object]) -> list[object]:
        return [*results, *after]

    def is_cut_off(self, response: WireObject) -> bool:
        return response.get("status") in {"incomplete", "failed", "cancelled"}

    def join(self, shown: Sequence[object], turn: Sequence[object]) -> list[object]:
        return [*shown, *turn]

    def cut(self, turn: Sequence[object], shown: Sequence[object]) -> list[object]:
        return left(turn, shown, _parts_of_item)


def _parts_of_item(item: object) -> tuple[Part, ...]:
    return OPENAI_RESPONSES.parse(item).parts
