"""The Responses API over a WebSocket: many requests of one conversation on one connection.

Each request holds only what is new and names the response that it goes on from; the provider keeps
the rest. So do we, for as long as the connection lasts: where a result comes from is said by a call
that stands in an earlier response.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from headroom_core.bypass import BYPASS_HEADER, wants_bypass
from headroom_core.fail_open import fail_open
from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.json_splice import splice
from headroom_core.retrieve_loop import Exchange, Joined, joined
from headroom_proxy.guarded_events import GuardedEvents, guarded_events
from headroom_proxy.headers import value_of
from headroom_proxy.sockets import Passed

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_asgi.rewrite import Rewritten
    from headroom_core.retrieve_loop.joining import Sent
    from headroom_proxy.access import Asked
    from headroom_proxy.record import Record
    from headroom_proxy.sockets import Frame
    from headroom_proxy.worker import Worker

T = TypeVar("T")

_CREATE = "response.create"


@dataclass(slots=True)
class _Turn:
    """One request of the client, until its response is over."""

    request: Rewritten
    exchange: Exchange
    joined: Joined
    guard: GuardedEvents
    frames: dict[int, tuple[WireObject, str]] = field(
        default_factory=dict[int, tuple[WireObject, str]]
    )
    """The events that may still be written, by their identity, and the frames they came in."""


class ResponsesTraffic:
    """`Traffic` of one connection."""

    def __init__(self, worker: Worker, asked: Asked, record: Record) -> None:
        self._worker = worker
        self._record = record
        bypass = value_of(asked.headers, BYPASS_HEADER.encode()) or b""
        self._bypass = wants_bypass({BYPASS_HEADER: bypass.decode("latin-1")})
        self._namespace = worker.tenants.namespace(asked.headers)
        self._turn: _Turn | None = None
        self._history: list[object] = []
        self._latest = ""
        """The id of the response that `_history` ends with."""

    async def from_client(self, frame: Frame) -> Frame:
        if isinstance(frame, str) and _CREATE in frame:
            return await self._in_thread(partial(self._created, frame))
        return frame

    async def from_upstream(self, frame: Frame) -> Passed:
        event = _object(frame)
        if not isinstance(frame, str) or event is None:
            return Passed([frame])
        self._note(event)
        if (turn := self._turn) is None:
            return Passed([frame])
        turn.frames[id(event)] = (event, frame)
        with fail_open("joining of frames"):
            to_client: list[Frame] = [
                _written(turn, sent)
                for each in turn.guard.feed(event)
                for sent in turn.joined.take(each)
            ]
            if not turn.joined.holds_back:
                turn.frames.clear()
            if not turn.joined.over:
                return Passed(to_client)
            return await self._in_thread(partial(self._over, turn, to_client))
        return Passed([frame])

    def _created(self, frame: str) -> str:
        """Shorten one request, and prepare for its response."""
        start = perf_counter()
        self._turn = None
        body = _object(frame)
        if body is None or body.get("type") != _CREATE:
            return frame
        if string(body, "previous_response_id") != self._latest:
            self._history, self._latest = [], ""
        rewriter = self._worker.rewriter(self._namespace)
        raw = frame.encode("utf-8", "surrogatepass")
        request = rewriter.rewrite(
            raw, "openai_responses", bypass=self._bypass, context=tuple(self._history)
        )
        given = body.get("input")
        self._history += given if is_array(given) else [{"role": "user", "content": given}]
        if (result := request.result) is not None:
            self._record.tokens_before += result.tokens_before
            self._record.tokens_after += result.tokens_after
            if request.exchange is not None:
                store = rewriter.engine.store
                guard = self._worker.write_guard(result.messages, store, self._record)
                events = guarded_events("openai_responses", guard)
                self._turn = _Turn(request, request.exchange, joined(request.exchange), events)
                self._rewriter = rewriter
        self._record.rewrite_seconds = perf_counter() - start
        return frame if request.raw is raw else request.raw.decode("utf-8", "surrogatepass")

    def _over(self, turn: _Turn, to_client: list[Frame]) -> Passed:
        """The response is over: the client gets the end of it, or the model gets its answers."""
        to_client += [_written(turn, sent) for sent in turn.joined.close()]
        if not turn.joined.again:
            self._turn = None
            return Passed(to_client)
        self._record.retrievals += 1
        self._rewriter.count_answers(turn.exchange)
        turn.frames.clear()
        return Passed(to_client, [_next_frame(turn)])

    def _note(self, event: WireObject) -> None:
        """Keep what the provider keeps of a response."""
        item, response = event.get("item"), event.get("response")
        if event.get("type") == "response.output_item.done" and is_object(item):
            self._history.append(item)
        elif event.get("type") == "response.completed" and is_object(response):
            self._latest = string(response, "id")

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker.threads, work)


def _written(turn: _Turn, sent: Sent) -> str:
    """An event as a frame: the very one that it came in, where nothing was changed."""
    event, frame = turn.frames.get(id(sent.source), (sent.source, ""))
    if sent.event is event and frame:
        return frame
    spliced = splice(frame.encode("utf-8", "surrogatepass"), event, sent.event) if frame else None
    return spliced.decode("utf-8", "surrogatepass") if spliced else json.dumps(sent.event)


def _next_frame(turn: _Turn) -> str:
    """The request of another round: the answers alone, behind the response that has asked."""
    raw = turn.request.raw
    body = _object(raw) or {}
    new = {"previous_response_id": turn.exchange.response_id, "input": turn.exchange.answers}
    spliced = splice(raw, body, {**body, **new})
    return spliced.decode("utf-8", "surrogatepass") if spliced else json.dumps({**body, **new})


def _object(frame: str | bytes) -> WireObject | None:
    try:
        value: object = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) else None
