"""The write guard over the events of a stream, one class for each wire format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.tool import is_retrieve_tool
from headroom_proxy.guarded_response import mended_item, mended_response
from headroom_proxy.held_arguments import HeldArguments

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_proxy.write_guard import WriteGuard


class GuardedEvents(Protocol):
    """Passes events on, with the arguments of tool calls mended."""

    @property
    def is_watching(self) -> bool:
        """Whether a call has begun that is not over yet."""
        ...

    def feed(self, event: WireObject) -> list[WireObject]:
        """The events to go on for one that came in; the same object where nothing changed."""
        ...


def guarded_events(shape: WireFormat, guard: WriteGuard) -> GuardedEvents:
    """The guard over the events of one wire format."""
    match shape:
        case "openai_chat":
            return _Chat(guard)
        case "openai_responses":
            return _Responses(guard)
        case "anthropic":
            return _Anthropic(guard)


class _Anthropic:
    def __init__(self, guard: WriteGuard) -> None:
        self._guard = guard
        self._held: dict[object, HeldArguments] = {}

    @property
    def is_watching(self) -> bool:
        return bool(self._held)

    def feed(self, event: WireObject) -> list[WireObject]:
        index = event.get("index")
        block, delta = event.get("content_block"), event.get("delta")
        match event.get("type"):
            case "content_block_start" if _is_watched(block, "tool_use"):
                self._held[index] = HeldArguments(self._guard.mend_json)
            case "content_block_delta" if index in self._held and is_object(delta):
                piece = string(delta, "partial_json")
                return [_with_piece(event, self._held[index].feed(piece), piece)]
            case "content_block_stop" if index in self._held:
                rest = self._held.pop(index).end()
                return [_json_delta(index, rest), event] if rest else [event]
            case _:
                pass
        return [event]


def _with_piece(event: WireObject, piece: str, before: str) -> WireObject:
    delta = event["delta"]
    if piece == before or not is_object(delta):
        return event
    return {**event, "delta": {**delta, "partial_json": piece}}


def _json_delta(index: object, piece: str) -> WireObject:
    delta = {"type": "input_json_delta", "partial_json": piece}
    return {"type": "content_block_delta", "index": index, "delta": delta}


class _Chat:
    def __init__(self, guard: WriteGuard) -> None:
        self._guard = guard
        self._held: dict[tuple[object, object], HeldArguments] = {}

    @property
    def is_watching(self) -> bool:
        return bool(self._held)

    def feed(self, event: WireObject) -> list[WireObject]:
        choices = event.get("choices")
        out = event
        more: list[WireObject] = []
        for at, choice in enumerate(choices) if is_array(choices) else ():
            if not is_object(choice):
                continue
            more += self._ended(event, choice)
            new = self._choice(choice)
            if new is not choice:
                before = out["choices"]
                kept = list(before) if is_array(before) else []
                out = {**out, "choices": [*kept[:at], new, *kept[at + 1 :]]}
        return [*more, out]

    def _choice(self, choice: WireObject) -> WireObject:
        delta = choice.get("delta")
        calls = delta.get("tool_calls") if is_object(delta) else None
        if not is_object(delta) or not is_array(calls):
            return choice
        new = [self._call(choice.get("index"), call) for call in calls]
        if all(a is b for a, b in zip(new, calls, strict=True)):
            return choice
        return {**choice, "delta": {**delta, "tool_calls": new}}

    def _call(self, choice: object, call: object) -> object:
        function = call.get("function") if is_object(call) else None
        if not is_object(call) or not is_object(function):
            return call
        key = (choice, call.get("index"))
        if key not in self._held:
            if not string(function, "name") or is_retrieve_tool(string(function, "name")):
                return call
            self._held[key] = HeldArguments(self._guard.mend_json)
        before = string(function, "arguments")
        piece = self._held[key].feed(before)
        if piece == before:
            return call
        return {**call, "function": {**function, "arguments": piece}}

    def _ended(self, event: WireObject, choice: WireObject) -> list[WireObject]:
        """What is left of calls that this event ends: the turn is over, or another call begins."""
        delta = choice.get("delta")
        calls = delta.get("tool_calls") if is_object(delta) else None
        named = calls if is_array(calls) else []
        going_on = {each.get("index") for each in named if is_object(each)}
        if not going_on and choice.get("finish_reason") is None:
            return []
        out: list[WireObject] = []
        for key in [key for key in self._held if key[0] == choice.get("index")]:
            if key[1] not in going_on and (rest := self._held.pop(key).end()):
                call = {"index": key[1], "function": {"arguments": rest}}
                plain = {**choice, "delta": {"tool_calls": [call]}, "finish_reason": None}
                out.append({**event, "choices": [plain]})
        return out


_DELTAS = {
    "response.function_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
}
_DONE = {
    "response.function_call_arguments.done": "arguments",
    "response.custom_tool_call_input.done": "input",
}


class _Responses:
    def __init__(self, guard: WriteGuard) -> None:
        self._guard = guard
        self._held: dict[object, HeldArguments] = {}
        self._deltas: dict[object, WireObject] = {}

    @property
    def is_watching(self) -> bool:
        return bool(self._held)

    def feed(self, event: WireObject) -> list[WireObject]:
        kind, index = string(event, "type"), event.get("output_index")
        item, response = event.get("item"), event.get("response")
        if kind == "response.output_item.added":
            if _is_watched(item, "function_call"):
                self._held[index] = HeldArguments(self._guard.mend_json)
            elif _is_watched(item, "custom_tool_call"):
                self._held[index] = HeldArguments(self._guard.mend)
        elif kind in _DELTAS and index in self._held:
            self._deltas[index] = event
            piece = self._held[index].feed(string(event, "delta"))
            return [event if piece == event.get("delta") else {**event, "delta": piece}]
        elif kind in _DONE and index in self._held:
            return [*self._rest(index), mended_item(event, self._guard)]
        elif kind == "response.output_item.done" and is_object(item):
            new = mended_item(item, self._guard)
            return [*self._rest(index), event if new is item else {**event, "item": new}]
        elif is_object(response) and is_array(response.get("output")):
            new = mended_response("openai_responses", response, self._guard)
            return [event if new is response else {**event, "response": new}]
        return [event]

    def _rest(self, index: object) -> list[WireObject]:
        held, delta = self._held.pop(index, None), self._deltas.pop(index, None)
        rest = held.end() if held is not None else ""
        return [{**delta, "delta": rest}] if rest and delta is not None else []


def _is_watched(block: object, kind: str) -> bool:
    """Whether a block or item is a call of a tool of the client's."""
    if not is_object(block) or block.get("type") != kind:
        return False
    return not is_retrieve_tool(string(block, "name"))
