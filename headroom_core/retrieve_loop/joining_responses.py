"""OpenAI Responses: items are counted on, events numbered anew, and the response ends once.

The ids of items and responses stay as they are, so that a client that refers to one names what the
provider knows. Only where a provider counts its items, so that an id comes again, it gets a suffix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.retrieve_loop.joining import Joined, Sent
from headroom_core.retrieve_loop.shapes import Call
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from headroom_core.retrieve_loop.exchange import Exchange

_STARTS = frozenset({"response.created", "response.in_progress", "response.queued"})
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class _Item:
    """An item of the output while it is streamed."""

    def __init__(self) -> None:
        self.done: WireObject | None = None
        self.is_ours = False
        self.waiting: list[WireObject] | None = None
        """Its events, where it may be a call of ours."""
        self.place: int | None = None
        """Where the client has it."""


class ResponsesJoined(Joined):
    """`Joined` for the events of Responses, server-sent or as frames of a WebSocket."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self._next_place = 0
        self._next_number: int | None = None
        self._shown: list[object] = []
        self._earlier: set[str] = set()

    def _reset(self) -> None:
        self._aliases: dict[str, str] = {}
        self._items: dict[int, _Item] = {}
        self._last: WireObject | None = None

    @property
    def holds_back(self) -> bool:
        return any(item.waiting for item in self._items.values())

    def _error(self, error: WireObject) -> WireObject:
        event: WireObject = {"type": "error", "param": None}
        event.update({key: error.get(key) for key in ("code", "message")})
        return self._numbered({**event, "sequence_number": self._next_number or 0}, event).event

    def _take(self, event: WireObject) -> list[Sent]:
        kind = string(event, "type")
        if kind in _STARTS:
            return [] if self._is_later else [self._numbered(event, event)]
        response = event.get("response")
        if kind in _ENDS and is_object(response):
            return self._end_of_response(event, response)
        index = event.get("output_index")
        if not isinstance(index, int):
            return [self._numbered(event, event)]
        return self._item(event, self._items.setdefault(index, _Item()))

    def _item(self, event: WireObject, item: _Item) -> list[Sent]:
        native = event.get("item")
        is_done = event["type"] == "response.output_item.done"
        if is_object(native) and is_done:
            item.done = native
        if (
            is_object(native)
            and item.place is None
            and item.waiting is None
            and _may_be_ours(native)
        ):
            item.waiting = []
        if item.waiting is None:
            return [self._placed(event, item)]
        item.waiting.append(event)
        if not is_done or item.done is None:
            return []
        call = _call(item.done)
        if self.exchange.is_ours(call):
            item.is_ours = True
            self._ours.add(call.call_id)
            return []
        waiting, item.waiting = item.waiting, None
        return [self._placed(each, item) for each in waiting]

    def _end_of_response(self, event: WireObject, response: WireObject) -> list[Sent]:
        self.over = True
        self._last = response if event["type"] != "response.failed" else None
        usage = response.get("usage")
        self._round_usage = usage if is_object(usage) else {}
        if self._ours and self._last is not None:
            self._waiting.append(Sent(event, event))
            return []
        return [self._ended(event, response)]

    def _ended(self, event: WireObject, response: WireObject) -> Sent:
        """The last event, with what the client has seen of all responses."""
        if not self._is_later and not self._ours:
            return self._numbered(event, event)
        output = response.get("output")
        more: WireObject = {"usage": self._total_usage()} if self._total_usage() else {}
        if is_array(output) and (output or not self._items):
            # Some upstreams leave the output empty here, since it was streamed already.
            more["output"] = [*self._shown, *self._visible(output)]
        return self._numbered({**event, "response": {**response, **more}}, event)

    def _visible(self, output: list[object]) -> list[object]:
        """Those of the items that the client sees, as it sees them."""
        return [
            self._named(item) if is_object(item) else item
            for item in output
            if not (is_object(item) and string(item, "call_id") in self._ours)
        ]

    def _placed(self, event: WireObject, item: _Item) -> Sent:
        if item.place is None:
            item.place = self._next_place
            self._next_place += 1
        placed = event
        if event["output_index"] != item.place:
            placed = {**event, "output_index": item.place}
        native = event.get("item")
        if is_object(native) and (named := self._named(native)) is not native:
            placed = {**placed, "item": named}
        if (alias := self._aliases.get(string(event, "item_id"))) is not None:
            placed = {**placed, "item_id": alias}
        return self._numbered(placed, event)

    def _named(self, item: WireObject) -> WireObject:
        """The item under an id that no item of an earlier response has."""
        given = string(item, "id")
        if given in self._earlier and given not in self._aliases:
            self._aliases[given] = f"{given}_{self.exchange.rounds}"
        alias = self._aliases.get(given)
        return item if alias is None else {**item, "id": alias}

    def _numbered(self, event: WireObject, source: WireObject) -> Sent:
        given = event.get("sequence_number")
        if not isinstance(given, int):
            return Sent(event, source)
        number = given if self._next_number is None else self._next_number
        self._next_number = number + 1
        return Sent(event if number == given else {**event, "sequence_number": number}, source)

    def _response(self) -> WireObject | None:
        if self._last is None:
            return None
        done = [self._items[index].done for index in sorted(self._items)]
        output = [item for item in done if item is not None] or self._last.get("output")
        return {"id": self._last.get("id"), "output": output, "status": self._last.get("status")}

    def _next_round(self, response: WireObject) -> None:
        output = response.get("output")
        shown = self._visible(output if is_array(output) else [])
        self._shown += shown
        self._earlier.update(string(item, "id") for item in shown if is_object(item))
        self._earlier.discard("")

    def _closing(self, visible: WireObject) -> list[Sent]:
        del visible
        sent: list[Sent] = []
        for event, _ in self._waiting:
            response = event.get("response")
            sent.append(self._ended(event, response if is_object(response) else {}))
        return sent


def _may_be_ours(item: WireObject) -> bool:
    return string(item, "type") == "function_call" and is_retrieve_tool(string(item, "name"))


def _call(item: WireObject) -> Call:
    return Call(0, string(item, "call_id"), string(item, "name"), string(item, "arguments"))
