"""One call of a chat model, with the retrievals that it makes on the way to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.fail_open import fail_open
from headroom_core.retrieve_loop import MOST_ROUNDS, Hidden, History
from headroom_core.tokens import deciding_counter
from headroom_core.tool import answer_tool_call
from headroom_langchain.answers import Call, has_other_calls, our_calls
from headroom_langchain.transcript import LangChainTranscript, answer_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import AIMessage, BaseMessage

    from headroom_langchain.shortener import Shortener

_ENOUGH = "Error: no more retrievals in this turn; answer with what you have"
_LOST = "Error: the original could not be read; run the tool that printed it again"
TRANSCRIPT = LangChainTranscript()


class Exchange:
    """Says what to send, answers the calls of ours, and keeps what the caller does not see."""

    def __init__(self, messages: Sequence[BaseMessage], shortener: Shortener) -> None:
        self._shortener = shortener
        self._seen = list(messages)
        self._messages: list[BaseMessage] | None = None
        self._hidden = Hidden["BaseMessage"]()
        self._said: AIMessage | None = None
        self._rounds = 0
        self.warnings: list[str] = []

    @property
    def messages(self) -> list[BaseMessage]:
        """What to send, before it is shortened.

        At first the caller's own messages, with the hidden exchanges of earlier turns put back.
        The store is read when this is first asked for.
        """
        if self._messages is None:
            self._messages = self._seen
            with fail_open("replay of hidden retrievals", tell=self.warnings.append):
                store = self._shortener.engine.store
                self._messages = History(TRANSCRIPT, store).replay(self._seen)
        return self._messages

    @property
    def hides(self) -> bool:
        """Whether something happened that the caller does not see."""
        return bool(self._hidden.before or self._hidden.results)

    def receive(self, answer: AIMessage) -> bool:
        """Take an answer in; whether `messages` must be sent again before the caller gets one."""
        self._said = answer
        calls = our_calls(answer)
        if not calls:
            return False
        if self._rounds > MOST_ROUNDS:
            # It was told to stop and has asked again: the caller gets what there is.
            self._said = None
            return False
        self._rounds += 1
        results = [answer_message(call.call_id, call.name, self._answered(call)) for call in calls]
        if has_other_calls(answer):
            self._hidden.results = [*results]
            return False
        self._hidden.before += [answer, *results]
        self._messages = [*self.messages, answer, *results]
        return True

    def finish(self, visible: AIMessage) -> None:
        """Keep what was hidden in this turn, of which the caller gets `visible`."""
        with fail_open("keeping of hidden retrievals", tell=self.warnings.append):
            said = self._said
            if said is not None and TRANSCRIPT.parse(said) != TRANSCRIPT.parse(visible):
                self._hidden.calls = [(0, TRANSCRIPT.dump(said))]
            store = self._shortener.engine.store
            History(TRANSCRIPT, store).keep(self._seen, [visible], self._hidden)

    def _answered(self, call: Call) -> str:
        if self._rounds > MOST_ROUNDS:
            return _ENOUGH
        answer = _LOST
        with fail_open("answer of a retrieval", tell=self.warnings.append):
            answer = answer_tool_call(
                call.name,
                call.arguments,
                store=self._shortener.engine.store,
                conversation=[message.content for message in self.messages],
            )
        self._shortener.ledger.add_retrieval(deciding_counter().count(answer))
        return answer
