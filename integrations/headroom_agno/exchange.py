"""One call of a model, with the retrievals that it makes on the way to its answer.

A state machine that calls no provider: `messages` is what to send, and each response goes through
`receive` (or, in pieces, through a `Listener`), which says whether to send again. Agno never sees
the calls of the retrieve tool: they are in no run, no session and no count of tool calls.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from agno.models.message import Message as AgnoMessage
from agno.models.response import ModelResponse

from headroom_agno.codec import AgnoCodec
from headroom_agno.transcript import keep, own_words
from headroom_core.fail_open import fail_open
from headroom_core.messages import ToolCall
from headroom_core.retrieve_loop import MOST_ROUNDS, Hidden
from headroom_core.tokens import deciding_counter
from headroom_core.tool import answer_tool_call, is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from agno.metrics import MessageMetrics

    from headroom_agno.shared import Shared

ENOUGH = "Error: no more retrievals in this turn; answer with what you have"
IDS = ("tool_call_ids", "tool_ids")
"""Where providers' classes list the ids of all calls of a response a second time."""


class Assembled(dict[str, Any]):
    """A call that was put together from the pieces of a stream already."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """How the model's class makes messages of responses: as Agno's own loop does it."""

    said: Callable[[ModelResponse], AgnoMessage]
    """The message of a whole response."""
    heard: Callable[[Sequence[ModelResponse]], AgnoMessage]
    """The message of a streamed one."""
    results: Callable[[list[AgnoMessage]], list[AgnoMessage]]
    """The messages that carry answers to calls."""


class Exchange:
    """What is sent for one call of a model, and what Agno gets for it."""

    def __init__(
        self, speaker: Speaker, shared: Shared, messages: list[AgnoMessage], *, message_id: str
    ) -> None:
        self.messages: list[AgnoMessage] = messages
        """What to send, before it is shortened."""
        self.shown: Sequence[AgnoMessage] = messages
        """What was sent, with the notes that the model has seen."""
        self._speaker = speaker
        self.shared: Shared = shared
        self._id = message_id
        self._hidden: Hidden[AgnoMessage] = Hidden()
        self._rounds = 0
        self._usage: MessageMetrics | None = None

    def heard(self, deltas: Sequence[ModelResponse]) -> AgnoMessage:
        """The message of a response that came in pieces."""
        return self._speaker.heard(deltas)

    @property
    def is_hiding(self) -> bool:
        """Whether there was a round that Agno does not see."""
        return bool(self._hidden.before)

    def receive(self, response: ModelResponse) -> ModelResponse | None:
        """Take a response in. `None`: send `messages` again; else it is the one for Agno."""
        self._usage = _sum(self._usage, response.response_usage)
        turn = self._speaker.said(response)
        ours = ours_of(turn)
        if not ours and not self.is_hiding:
            return response
        if self.answer(turn, ours):
            return None
        visible = visible_calls(turn, ours)
        self.finish(turn.model_copy(update={"tool_calls": visible or None}))
        extra = without_ids(response.extra, turn, ours)
        return replace(response, tool_calls=visible, extra=extra, response_usage=self._usage)

    def answer(self, turn: AgnoMessage, ours: Sequence[int]) -> bool:
        """Answer the calls of ours in a turn; whether nothing of it is left for Agno."""
        if not ours or self._rounds > MOST_ROUNDS:
            # Beyond that it was told to stop and has asked again: Agno gets what there is.
            return False
        self._rounds += 1
        calls = turn.tool_calls or []
        answers = [self._answer(calls[index]) for index in ours]
        results = self._speaker.results(answers)
        if len(ours) < len(calls):
            self._hidden.calls = [(index, calls[index]) for index in ours]
            self._hidden.results = results
            return False
        self._hidden.before += [turn, *results]
        self.messages = [*self.messages, turn, *results]
        return True

    def finish(self, got: AgnoMessage, *, said: AgnoMessage | None = None) -> None:
        """Keep what Agno does not see of the message that it gets.

        `said` is what the model said in its last turn, where the message may hold more than that.
        """
        hidden = self._hidden
        if not hidden.before and not hidden.calls:
            return
        if said is not None and self.is_hiding:
            hidden.calls = [*hidden.calls, own_words(said)]
        if not keep(self.shared.store, got.model_copy(update={"id": self._id}), hidden):
            self.shared.ledger.warn("a hidden exchange could not be kept; it will not be replayed")

    def _answer(self, call: dict[str, Any]) -> AgnoMessage:
        function = call["function"]
        text = ENOUGH
        if self._rounds <= MOST_ROUNDS:
            text = answer_tool_call(
                function["name"],
                function["arguments"],
                store=self.shared.store,
                conversation=[each.content for each in self.shown],
            )
        self.shared.ledger.add_retrieval(deciding_counter().count(text))
        return AgnoMessage(
            role="tool", tool_call_id=call["id"], tool_name=function["name"], content=text
        )


class Listener:
    """One round of a stream. What is text goes on at once; calls wait until they are whole.

    From the first piece of a call on, everything is held back to the end of the round, so that
    what is let go then is in the order in which it came.
    """

    def __init__(self, exchange: Exchange, said_before: str) -> None:
        self._exchange = exchange
        self._warn = exchange.shared.ledger.warn
        self._heard: list[ModelResponse] = []
        self._held: list[ModelResponse] = []
        self._count = 0
        self.again: bool = False
        """Whether to send `messages` again; known when the round has ended."""
        self.said: str = said_before
        """The text that Agno has got so far, in all rounds."""

    @property
    def has_work(self) -> bool:
        """Whether there is a call to look at, or an exchange to keep, when the round ends."""
        return bool(self._held) or self._exchange.is_hiding

    def hear(self, delta: ModelResponse) -> Iterator[ModelResponse]:
        """Take a piece in, and let go what can go on at once."""
        self._count += 1
        with fail_open("listening to a stream", tell=self._warn):
            self._heard.append(_own(delta))
        if self._held or delta.tool_calls:
            self._held.append(delta)
        else:
            yield self._let_go(delta)

    def end(self) -> Iterator[ModelResponse]:
        """Let go what is for Agno of that which was held back."""
        out = self._held
        heard_all = len(self._heard) == self._count
        if heard_all and self.has_work:
            with fail_open("answer of a retrieval", tell=self._warn):
                out = self._ended()
        for delta in out:
            yield self._let_go(delta)

    def _ended(self) -> list[ModelResponse]:
        exchange, held = self._exchange, self._held
        turn = exchange.heard(self._heard)
        ours = ours_of(turn)
        visible = visible_calls(turn, ours)
        self.again = exchange.answer(turn, ours)
        if self.again:
            return [ModelResponse(response_usage=each) for each in _usages(held)]
        if ours:
            held = [
                replace(each, tool_calls=[], extra=without_ids(each.extra, turn, ours))
                for each in held
            ]
            held.append(ModelResponse(tool_calls=[Assembled(call) for call in visible]))
        said = self.said + "".join(str(each.content) for each in held if each.content is not None)
        got = turn.model_copy(update={"content": said or None, "tool_calls": visible or None})
        exchange.finish(got, said=turn)
        return held

    def _let_go(self, delta: ModelResponse) -> ModelResponse:
        if delta.content is not None:
            self.said += str(delta.content)
        return delta


def ours_of(turn: AgnoMessage) -> list[int]:
    """The places of the calls of the retrieve tool in a turn."""
    calls = [part for part in AgnoCodec().parse(turn).parts if isinstance(part, ToolCall)]
    if len(calls) < len(turn.tool_calls or []):
        return []  # There is something among the calls that is none, so their places are unknown.
    return [index for index, call in enumerate(calls) if is_retrieve_tool(call.name)]


def visible_calls(turn: AgnoMessage, ours: Collection[int]) -> list[dict[str, Any]]:
    """The calls of a turn that Agno gets."""
    return [call for index, call in enumerate(turn.tool_calls or []) if index not in ours]


def without_ids(
    extra: dict[str, Any] | None, turn: AgnoMessage, ours: Collection[int]
) -> dict[str, Any] | None:
    """What comes beside a response, without the ids of calls that Agno does not get."""
    calls = turn.tool_calls or []
    hidden = {calls[index].get(key) for index in ours for key in ("id", "call_id")}
    if extra is None or not any(key in extra for key in IDS):
        return extra
    return {
        key: [each for each in value if each not in hidden] if key in IDS else value
        for key, value in extra.items()
    }


def _sum(total: MessageMetrics | None, usage: MessageMetrics | None) -> MessageMetrics | None:
    if total is None or usage is None:
        return usage if total is None else total
    return total + usage


def _usages(held: Sequence[ModelResponse]) -> list[MessageMetrics]:
    return [each.response_usage for each in held if each.response_usage is not None]


def _own(delta: ModelResponse) -> ModelResponse:
    """A copy of a piece whose lists are our own: Agno joins lists by extending the first one."""
    if not (delta.tool_calls or delta.provider_data or delta.extra):
        return delta
    return replace(
        delta,
        tool_calls=deepcopy(delta.tool_calls),
        provider_data=deepcopy(delta.provider_data),
        extra=deepcopy(delta.extra),
    )
