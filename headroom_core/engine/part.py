"""The work on one part: leave it, write it losslessly, or show a view of it with a note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_core import frame
from headroom_core.engine.echo import LEAST_ECHOED, echo_of, with_echo
from headroom_core.engine.views import NOTE_TOKENS
from headroom_core.engine.words import within
from headroom_core.notes import note_of, write_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.compressors.base import Hint
    from headroom_core.engine.lossless import Form, LosslessForms
    from headroom_core.engine.originals import Originals
    from headroom_core.engine.views import Shown, Views
    from headroom_core.keep import KeepRules
    from headroom_core.settings import Settings
    from headroom_core.tokens import TokenCounter

ERROR_PATIENCE = 8
"""A result marked as an error gets a view only beyond this many budgets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a part. `text` is `None` when it stays as it is."""

    text: str | None = None
    form: str = ""
    lossless: bool = True
    exact: bool = True
    ref: str | None = None
    tokens_before: int = 0
    tokens_after: int = 0
    hidden: str = ""
    why: str = ""
    blocks: tuple[Outcome, ...] = ()
    """What became of each shortened block, where a part is a message with blocks in it."""


@dataclass(frozen=True, slots=True)
class PartWorker:
    """Decides about one text at a time. Holds no state of a request."""

    settings: Settings
    keep: KeepRules
    originals: Originals
    counter: TokenCounter
    lossless: LosslessForms
    views: Views

    def work(
        self,
        text: str,
        hint: Hint,
        *,
        redeemable: bool,
        tell: Callable[[str], object],
        inside: bool = False,
    ) -> Outcome:
        """Decide what a model reads instead of `text`; `inside` a message, a note says how far."""
        tokens = self.counter.count(text)
        untouched = self._left_alone(text, tokens)
        if untouched:
            return Outcome(tokens_before=tokens, tokens_after=tokens, why=untouched)
        form = self.lossless.best(text, hint, tokens)
        floor = form.tokens if form else tokens
        if self._may_view(hint, floor, tokens, redeemable=redeemable):
            seen = self._seen(text, hint, tokens, floor)
            ref = self.originals.keep(text, tell) if seen is not None else None
            if seen is not None and ref is not None:
                return self._viewed(seen, ref, tokens, floor, inside=inside)
        return _lossless_outcome(form, tokens)

    def _left_alone(self, text: str, tokens: int) -> str:
        """Why nothing at all is done with a text, or an empty string."""
        if is_ours(text):
            return "it already is one of our forms"
        if tokens < self.settings.min_tokens:
            return f"it has fewer than {self.settings.min_tokens} tokens"
        if len(text) > self.settings.max_bytes:
            return f"it is larger than {self.settings.max_bytes} bytes"
        return ""

    def _may_view(self, hint: Hint, floor: int, tokens: int, *, redeemable: bool) -> bool:
        if not redeemable or self.settings.mode == "lossless":
            return False
        patience = ERROR_PATIENCE if hint.is_error else 1
        live_file = hint.origin == "file_read" and hint.edited
        return floor > self.budget(tokens) * patience and not live_file

    def budget(self, tokens: int) -> int:
        """How many tokens may stay of a result of `tokens`: an eighth more for each doubling."""
        base = self.settings.result_budget
        if self.settings.mode == "max":
            base //= 2
        doublings = (tokens // (4 * self.settings.result_budget)).bit_length()
        return max(1, base + base * max(0, doublings - 1) // 8)

    def _seen(self, text: str, hint: Hint, tokens: int, floor: int) -> Shown | None:
        """The view of a text, if there is one that is worth hiding something."""
        echo = self._echo(hint)
        room = self.budget(tokens) - NOTE_TOKENS - self.counter.count(echo)
        shown = self.views.best(text, hint, max(1, room))
        if shown is None:
            return None
        if echo and shown.tokens >= LEAST_ECHOED:
            shown = with_echo(shown, echo, self.counter)
        return shown if self._is_sound(shown, text, floor) else None

    def _echo(self, hint: Hint) -> str:
        return echo_of(hint.query) if self.settings.query_echo else ""

    def _viewed(self, shown: Shown, ref: str, tokens: int, floor: int, *, inside: bool) -> Outcome:
        view = shown.view
        if inside:
            lines = view.body.removesuffix("\n").count("\n") + 1
            view = replace(view, hides=", ".join(filter(None, (within(lines), view.hides))))
        seen = f"{write_note(ref, view, self.settings.surface)}\n{view.body}"
        return Outcome(
            text=seen,
            form=shown.name,
            lossless=False,
            ref=ref,
            tokens_before=tokens,
            tokens_after=self.counter.count(seen),
            hidden=f"{view.total - view.shown} of {view.total} {view.unit}",
            why=f"its lossless form has {floor} tokens, the budget is {self.budget(tokens)}",
        )

    def _is_sound(self, shown: Shown, text: str, floor: int) -> bool:
        """Whether a view is worth hiding something, and hides nothing that must survive."""
        view = shown.view
        total = shown.tokens + NOTE_TOKENS
        required = total * view.required // max(1, len(view.body))
        if total * 4 > floor * 3 or required * 2 > floor:
            return False
        return not self.keep or not self.keep.missing(text.split("\n"), view.body)


def is_ours(text: str) -> bool:
    """Whether a text starts with a note or a form of ours, known to any store or not."""
    return text.startswith(frame.MARK) and (
        note_of(text) is not None or frame.starts_with_form(text)
    )


def _lossless_outcome(form: Form | None, tokens: int) -> Outcome:
    if form is None:
        return Outcome(tokens_before=tokens, tokens_after=tokens, why="no form makes it smaller")
    return Outcome(
        text=form.text,
        form=form.name,
        exact=form.exact,
        tokens_before=tokens,
        tokens_after=form.tokens,
        why="the smallest lossless form",
    )
