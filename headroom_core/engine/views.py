"""Choose the lossy view of a text: within the budget, but never without what must survive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_core import frame
from headroom_core.segments import split
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Compressor, Hint, View
    from headroom_core.tokens import TokenCounter

_DEEP = 5
NOTE_TOKENS = 44
"""What a note takes; the budget is for both."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A view of a whole text, counted, still without its note."""

    view: View
    name: str
    tokens: int

    def is_deep(self, tokens: int) -> bool:
        """Whether it is short beside a text of so many tokens."""
        return self.tokens * _DEEP <= tokens

    def is_required(self) -> bool:
        """Whether most of it must be shown, whatever the budget."""
        return self.view.required * 2 > len(self.view.body)


@dataclass(frozen=True, slots=True)
class Views:
    """The lossy half of the engine."""

    compressors: Sequence[Compressor]
    cleaners: Sequence[Compressor]
    counter: TokenCounter

    def best(self, text: str, hint: Hint, budget: int) -> Shown | None:
        """A view of `text` within `budget` tokens where that is possible, else the smallest."""
        segments = split(text)
        cleaned = [
            (segment.text, "", None)
            if segment.wrapper
            else self._of_segment(segment.text, hint, budget)
            for segment in segments
        ]
        return _joined(cleaned, self.counter)

    def _of_segment(self, text: str, hint: Hint, budget: int) -> tuple[str, str, View | None]:
        """What is shown of one segment, by which compressors, and the view that stands for it."""
        clean = self._cleaned(text, hint)
        rest = clean.view.body if clean else text
        tokens = clean.tokens if clean else self.counter.count(text)
        if tokens <= budget:
            return _as_shown(clean, text)
        core = rest.removesuffix("\n")
        seen = self._within(core, hint, budget, tokens)
        if seen is None or seen.tokens >= tokens:
            return _as_shown(clean, text)
        newline = "\n" if rest.endswith("\n") else ""
        name = f"{clean.name}+{seen.name}" if clean else seen.name
        return seen.view.body + newline, name, seen.view

    def _cleaned(self, text: str, hint: Hint) -> Shown | None:
        """The text without noise, by all cleaners that find some."""
        found: list[str] = []
        last: View | None = None
        for cleaner in self.cleaners:
            source = Source(last.body if last else text)
            view = cleaner.view(source, hint, len(source))
            if view is not None:
                found.append(cleaner.name)
                last = view
        if last is None:
            return None
        return Shown(last, "+".join(found), self.counter.count(last.body))

    def _within(self, core: str, hint: Hint, budget: int, tokens: int) -> Shown | None:
        """The first view, in order of the registry, that fits the budget.

        Or one that others may not replace, since it holds what they would hide: it stands, or it
        cuts deep, or down to two budgets, and is longer only for what must be shown. Else the first
        that cuts deep, since a view made for a shape goes before a smaller one that is made for any
        text; else the smallest.
        """
        source = Source(core)
        room = max(1, len(core) * budget // max(1, tokens))
        found: list[Shown] = []
        for compressor in self.compressors:
            if compressor.last_resort and found:
                continue
            shown = self._fitted(compressor, source, hint, room, budget)
            if shown is None:
                if compressor.claims(source, hint):
                    return None
                continue
            fits = shown.tokens * 4 <= budget * 5
            short = shown.is_deep(tokens) or shown.tokens <= 2 * budget
            if fits or shown.view.stands or (shown.is_required() and short):
                return shown
            found.append(shown)
        deep = (shown for shown in found if shown.is_deep(tokens))
        return next(deep, None) or min(found, key=lambda shown: shown.tokens, default=None)

    def _fitted(
        self, compressor: Compressor, source: Source, hint: Hint, room: int, budget: int
    ) -> Shown | None:
        """A compressor's view; asked once more with less room when the first came out too long."""
        view = compressor.view(source, hint, room)
        if view is None:
            return None
        tokens = self.counter.count(view.body)
        if tokens * 4 > budget * 5 and view.required < len(view.body):
            again = compressor.view(source, hint, max(1, room * budget // tokens))
            again_tokens = self.counter.count(again.body) if again else tokens
            if again is not None and again_tokens < tokens:
                view, tokens = again, again_tokens
        return Shown(view, compressor.name, tokens)


def _as_shown(clean: Shown | None, text: str) -> tuple[str, str, View | None]:
    return (clean.view.body, clean.name, clean.view) if clean else (text, "", None)


def _joined(parts: Sequence[tuple[str, str, View | None]], counter: TokenCounter) -> Shown | None:
    """Put the wrapper back around the view of what it wraps, the one segment that is no wrapper."""
    body = frame.escape("".join(shown for shown, _, _ in parts))
    for _, name, view in parts:
        if view is not None:
            return Shown(replace(view, body=body), name, counter.count(body))
    return None
