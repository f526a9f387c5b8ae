"""One request of a client, with the retrievals that the model makes on the way to its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_core.errors import HeadroomError
from headroom_core.formats.wire import WireObject, is_object, string
from headroom_core.retrieve_loop.history import Hidden, keep, replay, stands_on
from headroom_core.retrieve_loop.shapes import SHAPES, Call, add_usage
from headroom_core.store.base import parse_ref
from headroom_core.tool import DEFAULT_TOKENS, answer_tool_call, is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats import WireFormat
    from headroom_core.retrieve_loop.offer import Offer
    from headroom_core.store.base import Store

MOST_ROUNDS = 5
_ENOUGH = "Error: no more retrievals in this turn; answer with what you have"


class Exchange:
    """Says what to send and, once the model has answered, what the client gets.

    `messages` is what to send, first the client's own with earlier hidden exchanges put back.
    Answers of the retrieve tool are never compressed, so sending them through an engine is safe.
    `previous` is the response that the client's messages go on from, where the provider keeps it.
    """

    def __init__(  # noqa: PLR0913 - two of them are limits with defaults
        self,
        shape: WireFormat,
        messages: Sequence[object],
        *,
        store: Store,
        offer: Offer,
        previous: str = "",
        most_rounds: int = MOST_ROUNDS,
        max_tokens: int = DEFAULT_TOKENS,
    ) -> None:
        self.shape: WireFormat = shape
        self._shape = SHAPES[shape]
        self._store = store
        self._offer = offer
        self._most_rounds = most_rounds
        self._max_tokens = max_tokens
        self._seen = list(messages)
        self._hidden = Hidden(stands_on=stands_on(shape, previous))
        self._usage: WireObject = {}
        self.rounds: int = 0
        """How often the model has asked and was answered."""
        self.messages: list[object] = replay(shape, messages, store, previous=previous)
        self.answers: list[object] = []
        """The results of the last round: all to send where the provider keeps the rest."""
        self.response_id: str = ""
        """The id of the last response, which such a request goes on from."""

    def receive(self, response: WireObject, *, shown: bool = False) -> WireObject | None:
        """Take a response in. `None`: send `messages` again; else it is the client's response.

        `shown` says that the client has it already, all but our calls: it was streamed.
        """
        self._usage = add_usage(self._usage, response.get("usage"))
        self.response_id = string(response, "id")
        turn = self._shape.turn(response)
        calls = self._shape.calls(turn)
        ours = [call for call in calls if self.is_ours(call)]
        if not ours:
            return self._finished(response, turn)
        visible = self._shape.drop(response, {call.index for call in ours})
        if self.rounds > self._most_rounds or self._shape.is_cut_off(response):
            # It was told to stop and has asked again, or a limit has cut it off in the middle of
            # its question: the client gets what there is.
            return self._finished(visible, self._shape.turn(visible))
        self.rounds += 1
        results = self._shape.results([(call.call_id, self._answer(call)) for call in ours])
        self.answers = results
        if len(ours) < len(calls):
            # The client gets its own calls; ours come back with its results, already answered.
            native = self._shape.native_calls(turn)
            self._hidden.calls = [(call.index, native[call.index]) for call in ours]
            self._hidden.results = results
            return self._finished(visible, self._shape.turn(visible))
        if shown:
            said = self._shape.turn(visible)
            self._hidden.shown = self._shape.join(self._hidden.shown, said)
        self._hidden.before += [*turn, *results]
        self.messages = [*self.messages, *turn, *results]
        return None

    def _finished(self, response: WireObject, turn: Sequence[object]) -> WireObject:
        if self._hidden.before or self._hidden.calls:
            shown = self._hidden.shown
            whole = self._shape.join(shown, turn) if shown else turn
            if self.shape == "openai_responses":  # No other API goes on from a response.
                self._hidden.response_id = self.response_id
            keep(self._store, self._seen, whole, self._hidden)
        return {**response, "usage": self._usage} if self._usage else response

    def _answer(self, call: Call) -> str:
        if self.rounds > self._most_rounds:
            return _ENOUGH
        return answer_tool_call(
            call.name,
            call.arguments,
            store=self._store,
            conversation=self.messages,
            max_tokens=self._max_tokens,
        )

    def is_ours(self, call: Call) -> bool:
        """Whether to answer a call: always, unless the client has such a tool and we lack the ref.

        A client's own retrieve tool, of an MCP server say, may read another store.
        """
        if not is_retrieve_tool(call.name):
            return False
        return self._offer.added or self._holds(call.arguments)

    def _holds(self, arguments: str) -> bool:
        try:
            given: object = json.loads(arguments)
            ref = (given.get("ref") or given.get("hash")) if is_object(given) else None
            return isinstance(ref, str) and self._store.contains(parse_ref(ref))
        except (ValueError, RecursionError, HeadroomError):
            return False
