"""Anthropic Messages: blocks are counted on, and the message starts and ends once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.retrieve_loop.joining import Joined, Sent
from headroom_core.retrieve_loop.shapes import Call, add_usage
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from headroom_core.retrieve_loop.exchange import Exchange


class _Block:
    """A content block while it is streamed."""

    def __init__(self, start: WireObject) -> None:
        self._start = start
        self._texts: dict[str, list[str]] = {}
        self._others: WireObject = {}
        self._citations: list[object] = []
        self.place: int | None = None
        """Where the client has it."""
        self.waiting: list[WireObject] | None = None
        """Its events, where it may be a call of ours."""

    def grow(self, delta: WireObject) -> None:
        for key, value in delta.items():
            if key == "citation":
                self._citations.append(value)
            elif isinstance(value, str) and key != "type":
                self._texts.setdefault(key, []).append(value)
            elif key != "type":
                self._others[key] = value

    def call(self) -> Call:
        arguments = "".join(self._texts.get("partial_json", []))
        return Call(0, string(self._start, "id"), string(self._start, "name"), arguments)

    def native(self) -> WireObject:
        """The block as it would have come in one piece."""
        texts = {key: string(self._start, key) + "".join(self._texts[key]) for key in self._texts}
        block = {**self._start, **self._others, **texts}
        if (written := block.pop("partial_json", "")) != "":
            block["input"] = _parsed(str(written))
        if self._citations:
            before = self._start.get("citations")
            block["citations"] = [*(before if is_array(before) else []), *self._citations]
        return block


class AnthropicJoined(Joined):
    """`Joined` for Anthropic Messages."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self._next_place = 0

    def _reset(self) -> None:
        self._message: WireObject = {}
        self._blocks: list[_Block] = []
        self._open: dict[object, _Block] = {}
        self._stopped: WireObject | None = None

    @property
    def holds_back(self) -> bool:
        return any(block.waiting for block in self._blocks)

    def _error(self, error: WireObject) -> WireObject:
        return {"type": "error", "error": error}

    def _take(self, event: WireObject) -> list[Sent]:
        match string(event, "type"):
            case "message_start":
                return self._message_start(event)
            case "content_block_start":
                return self._block_start(event)
            case "content_block_delta" | "content_block_stop":
                return self._block(event)
            case "message_delta":
                return self._message_delta(event)
            case "message_stop":
                self.over = True
                return self._end_of_message(event)
            case _:
                return [Sent(event, event)]

    def _message_start(self, event: WireObject) -> list[Sent]:
        message = event.get("message")
        self._message = message if is_object(message) else {}
        self._round_usage = add_usage({}, self._message.get("usage"))
        return [] if self._is_later else [Sent(event, event)]

    def _block_start(self, event: WireObject) -> list[Sent]:
        start = event.get("content_block")
        block = _Block(start if is_object(start) else {})
        self._open[event.get("index")] = block
        self._blocks.append(block)
        call = block.call()
        if is_object(start) and start.get("type") == "tool_use" and is_retrieve_tool(call.name):
            block.waiting = [event]
            return []
        return [self._placed(event, block)]

    def _block(self, event: WireObject) -> list[Sent]:
        block = self._open.get(event.get("index"))
        if block is None:
            return [Sent(event, event)]
        if is_object(delta := event.get("delta")):
            block.grow(delta)
        if block.waiting is None:
            return [self._placed(event, block)]
        block.waiting.append(event)
        if event["type"] == "content_block_delta":
            return []
        call = block.call()
        if self.exchange.is_ours(call):
            self._ours.add(call.call_id)
            return []
        waiting, block.waiting = block.waiting, None
        return [self._placed(each, block) for each in waiting]

    def _message_delta(self, event: WireObject) -> list[Sent]:
        delta = event.get("delta")
        self._stopped = delta if is_object(delta) else {}
        # These figures are those of the whole message and stand for the ones at its start.
        usage = event.get("usage")
        figures = usage if is_object(usage) else {}
        known = {key: value for key, value in figures.items() if value is not None}
        self._round_usage = {**self._round_usage, **known}
        return self._end_of_message(event)

    def _end_of_message(self, event: WireObject) -> list[Sent]:
        if self._ours:
            self._waiting.append(Sent(event, event))
            return []
        return [self._summed(event)]

    def _summed(self, event: WireObject) -> Sent:
        """The event with the usage of all rounds, where there was more than one."""
        usage = event.get("usage")
        if not self._is_later or not is_object(usage):
            return Sent(event, event)
        total = {
            key: value
            for key, value in self._total_usage().items()
            if key in usage or isinstance(value, int)
        }
        return Sent({**event, "usage": {**usage, **total}}, event)

    def _placed(self, event: WireObject, block: _Block) -> Sent:
        if block.place is None:
            block.place = self._next_place
            self._next_place += 1
        if event.get("index") == block.place:
            return Sent(event, event)
        return Sent({**event, "index": block.place}, event)

    def _response(self) -> WireObject | None:
        if self._stopped is None:
            return None
        blocks = [block.native() for block in self._blocks]
        said = [each for each in blocks if each.get("type") != "text" or each.get("text")]
        reason = self._stopped.get("stop_reason")
        return {"id": self._message.get("id"), "content": said, "stop_reason": reason}

    def _next_round(self, response: WireObject) -> None:
        """Nothing: the blocks are counted, and that is all that the next ones need."""

    def _closing(self, visible: WireObject) -> list[Sent]:
        sent: list[Sent] = []
        for event, _ in self._waiting:
            summed = self._summed(event).event
            delta = summed.get("delta")
            if is_object(delta) and delta.get("stop_reason") != visible.get("stop_reason"):
                delta = {**delta, "stop_reason": visible.get("stop_reason")}
                summed = {**summed, "delta": delta}
            sent.append(Sent(summed, event))
        return sent


def _parsed(arguments: str) -> object:
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return {}  # An input must be an object, and the model has broken off or stumbled.
