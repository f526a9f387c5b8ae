"""The causal pass: walk a conversation once, from its first message to its last."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from headroom_core.engine.at_rest import readable, tokens_at_rest
from headroom_core.engine.causal import Causal
from headroom_core.engine.memory import NO_FLAGS, NO_OUTCOMES, NO_TEXTS, Done
from headroom_core.engine.part import Outcome, is_ours
from headroom_core.engine.turn import TurnWorker
from headroom_core.fail_open import fail_open
from headroom_core.messages import Message, Text, ToolResult
from headroom_core.report import Edit
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_core.codec import Codec
    from headroom_core.engine.memory import Memory
    from headroom_core.engine.part import PartWorker
    from headroom_core.keep import KeepRules
    from headroom_core.messages import Part
    from headroom_core.report import N
    from headroom_core.settings import Settings
    from headroom_core.tokens import TokenCounter


@dataclass(slots=True)
class Passed:
    """What a pass gives back, before it becomes a result."""

    tokens_before: int = 0
    tokens_after: int = 0
    edits: list[Edit] = field(default_factory=list[Edit])
    warnings: list[str] = field(default_factory=list[str])


class CausalPass:
    """Compresses conversations. Shared by threads: what a request needs lives in the request."""

    def __init__(
        self,
        settings: Settings,
        keep: KeepRules,
        worker: PartWorker,
        counter: TokenCounter,
        memory: Memory,
    ) -> None:
        self._settings = settings
        self._keep = keep
        self._worker = worker
        self._counter = counter
        self._memory = memory

    def run(
        self,
        messages: Sequence[N],
        codec: Codec[N],
        *,
        redeemable: bool,
        counter: TokenCounter | None,
    ) -> tuple[list[N], Passed]:
        """Return the messages to send, the untouched ones being the caller's own objects.

        `counter` gives the figures where the deciding counter is not the model's own.
        """
        passed = Passed()
        guard = fail_open("compression of a message", tell=passed.warnings.append)
        read: list[Message | None] = []
        for native in messages:
            message = None
            with guard:
                message = codec.parse(native)
            read.append(message)
        sent = list(messages)
        with guard:
            figure = tokens_at_rest(read, self._settings, self._counter, counter or self._counter)
            if figure is not None:
                passed.tokens_before = passed.tokens_after = figure
                return sent, _told_once(passed)
        causal = Causal(
            self._keep,
            legends=self._settings.mode == "max",
            words_only="user" in self._settings.roles,
        )
        which = bytes([redeemable]) + self._memory.owner
        for index, message in enumerate(read):
            if message is None:
                continue
            with guard:
                key = causal.read(message) + which
                done = self._done(key, message, causal, redeemable=redeemable)
                if done.texts:
                    sent[index] = codec.patch(messages[index], done.texts)
                causal.pass_by(message, done.whole, done.texts)
                before, after = done.tokens_before, done.tokens_after
                if counter is not None:
                    before, after = self._figure(key, message, done, counter)
                passed.tokens_before += before
                passed.tokens_after += after
                if done.texts or done.warnings:
                    _tell(passed, index, done)
        return sent, _told_once(passed)

    def _done(self, key: bytes, message: Message, causal: Causal, *, redeemable: bool) -> Done:
        done = self._memory.outcomes.get(key)
        if done is None:
            done = self._work(message, causal, redeemable=redeemable)
            if not done.warnings:
                self._memory.put(key, done)
        return done

    def _work(self, message: Message, causal: Causal, *, redeemable: bool) -> Done:
        warnings: list[str] = []
        outcomes: dict[int, Outcome] = {}
        before = after = 0
        for index, part in enumerate(message.parts):
            if isinstance(part, (Text, ToolResult)) and self._allowed(message, part, causal):
                outcome = self._outcome(message, part, causal, redeemable, warnings.append)
                outcomes[index] = outcome
                before += outcome.tokens_before
                after += outcome.tokens_after
            else:
                tokens = sum(self._counter.count_many(readable(part)))
                before += tokens
                after += tokens
        changed = {i: done for i, done in outcomes.items() if done.text is not None}
        texts = {i: done.text for i, done in changed.items() if done.text is not None}
        return Done(
            before,
            after,
            changed or NO_OUTCOMES,
            texts or NO_TEXTS,
            _no_more_whole(message, outcomes) or NO_FLAGS,
            tuple(warnings),
        )

    def _outcome(
        self,
        message: Message,
        part: Text | ToolResult,
        causal: Causal,
        redeemable: bool,  # noqa: FBT001 - passed through
        tell: Callable[[str], object],
    ) -> Outcome:
        """What becomes of a part. Of a user's message only what was pasted into it is shortened."""
        if isinstance(part, ToolResult) or message.role != "user":
            return self._worker.work(part.text, causal.hint(part), redeemable=redeemable, tell=tell)
        hint = causal.hint(part, beside=message)
        if part.pasted:
            return self._worker.work(part.text, hint, redeemable=redeemable, tell=tell)
        return TurnWorker(self._worker).work(
            part.text, hint, redeemable=redeemable, edited=causal.edited, tell=tell
        )

    def _allowed(self, message: Message, part: Text | ToolResult, causal: Causal) -> bool:
        """Whether a part may be shortened at all: by role, by tool, and never our own answers."""
        if isinstance(part, Text):
            return message.role in self._settings.roles
        tool = causal.tool_of(part)
        if is_retrieve_tool(tool) or "tool" not in self._settings.roles:
            return False
        return not any(fnmatchcase(tool, glob) for glob in self._settings.exclude_tools)

    def _figure(
        self, key: bytes, message: Message, done: Done, counter: TokenCounter
    ) -> tuple[int, int]:
        """The tokens of a message before and after, by the model's own counter."""
        figure_key = key + counter.name.encode()
        figure = self._memory.figures.get(figure_key)
        if figure is None:
            texts = done.texts
            before = [each for part in message.parts for each in readable(part)]
            after = [
                each
                for index, part in enumerate(message.parts)
                for each in ([texts[index]] if index in texts else readable(part))
            ]
            figure = (sum(counter.count_many(before)), sum(counter.count_many(after)))
            self._memory.put_figure(figure_key, figure)
        return figure


def _tell(passed: Passed, index: int, done: Done) -> None:
    """Take what was done to a message into the account."""
    passed.warnings.extend(done.warnings)
    for part in done.texts:
        outcome = done.outcomes[part]
        passed.edits.extend(_edit(index, part, each) for each in outcome.blocks or (outcome,))


def _told_once(passed: Passed) -> Passed:
    passed.warnings = list(dict.fromkeys(passed.warnings))
    return passed


def _no_more_whole(message: Message, outcomes: Mapping[int, Outcome]) -> dict[int, bool]:
    """Which parts cannot serve as the base of a pointer: a view, and what was ours on arrival."""
    return {
        index: False
        for index, outcome in outcomes.items()
        if not outcome.lossless or _came_as_ours(message.parts[index])
    }


def _came_as_ours(part: Part) -> bool:
    return isinstance(part, ToolResult) and is_ours(part.text)


def _edit(message: int, part: int, outcome: Outcome) -> Edit:
    return Edit(
        message=message,
        part=part,
        form=outcome.form,
        lossless=outcome.lossless,
        exact=outcome.exact,
        ref=outcome.ref,
        tokens_before=outcome.tokens_before,
        tokens_after=outcome.tokens_after,
        hidden=outcome.hidden,
        why=outcome.why,
    )
