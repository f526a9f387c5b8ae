"""OpenAI Chat Completions: one message that grows, whose calls are counted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.retrieve_loop.joining import Joined, Sent
from headroom_core.retrieve_loop.shapes import SHAPES, Call, between
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.retrieve_loop.exchange import Exchange

_WHOLE = frozenset({"format", "id", "index", "role", "type"})
"""Texts that come whole, if need be several times."""


class _Call:
    """A tool call while it is streamed."""

    def __init__(self) -> None:
        self.name = ""
        self.deltas: list[object] = []
        self.waiting: list[WireObject] = []
        """What the client may get of it yet."""
        self.is_ours: bool | None = None
        """Unknown as long as its name is, or whether its ref is one of ours."""
        self.place: int | None = None
        """Where the client has it."""

    def grow(self, delta: WireObject) -> None:
        self.deltas.append(delta)
        self.waiting.append(delta)
        body = delta.get("function") or delta.get("custom")
        self.name += string(body, "name") if is_object(body) else ""
        if self.is_ours is None and self.name and not is_retrieve_tool(self.name):
            self.is_ours = False

    def whole(self) -> Call:
        merged = grown(self.deltas)
        call = merged if is_object(merged) else {}
        function = call.get("function")
        body = function if is_object(function) else {}
        return Call(0, string(call, "id"), self.name, string(body, "arguments"))


class ChatJoined(Joined):
    """`Joined` for Chat Completions."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self._head: WireObject | None = None
        self._next_place = 0
        self._gap = ""

    def _reset(self) -> None:
        self._deltas: list[object] = []
        self._calls: dict[int, _Call] = {}
        self._finish: object = None
        self._id: object = None
        self._has_several_choices = False

    @property
    def holds_back(self) -> bool:
        return any(call.waiting for call in self._calls.values())

    def _error(self, error: WireObject) -> WireObject:
        return {"error": error}

    def _take(self, event: WireObject) -> list[Sent]:
        choices = event.get("choices")
        if "error" in event or not is_array(choices):
            return [Sent(event, event)]
        if self._head is None:
            self._head = {key: event[key] for key in ("id", "created") if key in event}
        self._id = event.get("id")
        if is_object(usage := event.get("usage")):
            self._round_usage = usage
        choice = choices[0] if choices else None
        if len(choices) > 1 or (is_object(choice) and choice.get("index")):
            self._has_several_choices = True
        if self._has_several_choices:
            # Several answers cannot go on as one conversation.
            return [Sent(event, event)]
        if is_object(choice):
            return self._choice(event, choice)
        return self._or_wait(event, event)

    def _choice(self, event: WireObject, choice: WireObject) -> list[Sent]:
        given = choice.get("delta")
        delta = given if is_object(given) else {}
        visible = self._visible(delta)
        if not choice.get("finish_reason"):
            if visible == delta:
                return [Sent(self._headed(event), event)]
            return [self._with_delta(event, choice, visible)] if visible else []
        self._finish = choice["finish_reason"]
        late = self._decide()
        if not late and not self._ours and visible == delta:
            return [Sent(self._headed(event), event)]
        if late:
            calls = visible.get("tool_calls")
            visible["tool_calls"] = [*(calls if is_array(calls) else []), *late]
        unfinished = {**choice, "finish_reason": None}
        sent = [self._with_delta(event, unfinished, visible)] if visible else []
        last: WireObject = {**event, "choices": [{**choice, "delta": {}}]}
        return [*sent, *self._or_wait(last, event)]

    def _or_wait(self, event: WireObject, source: WireObject) -> list[Sent]:
        """The end of a message that has calls of ours waits for their answers."""
        if self._ours:
            self._waiting.append(Sent(event, source))
            return []
        return [Sent(self._headed(event), source)]

    def _with_delta(self, event: WireObject, choice: WireObject, delta: WireObject) -> Sent:
        return Sent(self._headed({**event, "choices": [{**choice, "delta": delta}]}), event)

    def _headed(self, event: WireObject) -> WireObject:
        """The event as one of the first response, with the usage of all."""
        if not self._is_later:
            return event
        usage = {"usage": self._total_usage()} if is_object(event.get("usage")) else {}
        return {**event, **(self._head or {}), **usage}

    def _visible(self, delta: WireObject) -> WireObject:
        """What the client gets of a delta now."""
        calls = delta.get("tool_calls")
        numbered = self._numbered(calls if is_array(calls) else [])
        self._deltas.append({**delta, "tool_calls": [call for _, call in numbered]})
        passed: list[object] = []
        for number, call in numbered:
            if number not in self._calls:
                passed += self._decide()
            stream = self._calls.setdefault(number, _Call())
            stream.grow(call)
            if stream.is_ours is False:
                passed += self._released(stream)
        visible = dict(delta)
        if calls:
            visible["tool_calls"] = passed
        if calls and not passed:
            del visible["tool_calls"]
        return self._continued(visible) if self._is_later else visible

    def _continued(self, delta: WireObject) -> WireObject:
        """A delta of a later response, as one of the message that has begun before."""
        visible = {key: value for key, value in delta.items() if value and key != "role"}
        if content := string(visible, "content"):
            visible["content"] = self._gap + content
            self._gap = ""
        return visible

    def _numbered(self, calls: Sequence[object]) -> list[tuple[int, WireObject]]:
        """The deltas of calls with their numbers; where there is none, a new id is a new call."""
        numbered: list[tuple[int, WireObject]] = []
        for call in calls:
            if not is_object(call):
                continue
            number = call.get("index")
            if not isinstance(number, int):
                number = len(self._calls) if call.get("id") else max(len(self._calls) - 1, 0)
            numbered.append((number, {**call, "index": number}))
        return numbered

    def _decide(self) -> list[object]:
        """Settle whose the calls are that are whole now; what the client gets of them."""
        passed: list[object] = []
        for stream in self._calls.values():
            if stream.is_ours is None:
                call = stream.whole()
                stream.is_ours = self.exchange.is_ours(call)
                if stream.is_ours:
                    self._ours.add(call.call_id)
                else:
                    passed += self._released(stream)
        return passed

    def _released(self, stream: _Call) -> list[object]:
        if stream.place is None:
            stream.place = self._next_place
            self._next_place += 1
        waiting, stream.waiting = stream.waiting, []
        return [{**delta, "index": stream.place} for delta in waiting]

    def _response(self) -> WireObject | None:
        if self._finish is None:
            return None
        merged = grown(self._deltas)
        message = dict(merged) if is_object(merged) else {}
        calls = message.pop("tool_calls", None)
        if calls and is_array(calls):
            message["tool_calls"] = [
                {key: value for key, value in call.items() if key != "index"}
                for call in calls
                if is_object(call)
            ]
        choice = {"index": 0, "message": message, "finish_reason": self._finish}
        return {"id": self._id, "choices": [choice]}

    def _next_round(self, response: WireObject) -> None:
        message = SHAPES["openai_chat"].turn(response)[-1]
        text = string(message, "content") if is_object(message) else ""
        self._gap = between(text) if text else self._gap

    def _closing(self, visible: WireObject) -> list[Sent]:
        choices = visible.get("choices")
        ended = choices[0] if is_array(choices) else None
        reason = ended.get("finish_reason") if is_object(ended) else None
        sent: list[Sent] = []
        for event, source in self._waiting:
            given = event.get("choices")
            choice = given[0] if is_array(given) and given else None
            ended_as = [{**choice, "finish_reason": reason}] if is_object(choice) else given
            sent.append(Sent(self._headed({**event, "choices": ended_as}), source))
        return sent


def grown(pieces: Sequence[object]) -> object:
    """What deltas add up to: texts are joined, objects key by key, elements by their `index`."""
    values = [each for each in pieces if each is not None]
    if all(isinstance(each, str) for each in values):
        return "".join(map(str, values)) if values else None
    objects = [each for each in values if is_object(each)]
    if len(objects) == len(values):
        fields: dict[str, list[object]] = {}
        for each in objects:
            for key, value in each.items():
                fields.setdefault(key, []).append(value)
        return {key: given[-1] if key in _WHOLE else grown(given) for key, given in fields.items()}
    arrays = [each for each in values if is_array(each)]
    if len(arrays) == len(values):
        return _grown_elements([element for array in arrays for element in array])
    return values[-1]


def _grown_elements(elements: Sequence[object]) -> list[object]:
    out: list[list[object]] = []
    places: dict[object, int] = {}
    for element in elements:
        index = element.get("index") if is_object(element) else None
        if index is not None and index in places:
            out[places[index]].append(element)
        else:
            places[index] = len(out)
            out.append([element])
    return [grown(group) for group in out]
