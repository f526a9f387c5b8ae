"""Choose the best lossless form of a text: encode, count, decode, and only then accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core import frame
from headroom_core.decoding import decode_text
from headroom_core.errors import DecodeError
from headroom_core.json_equal import same_json
from headroom_core.segments import split
from headroom_core.source import Source
from headroom_core.tokens import is_fewer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headroom_core.compressors.base import Compressor, Hint
    from headroom_core.segments import Segment
    from headroom_core.tokens import TokenCounter


@dataclass(frozen=True, slots=True)
class Form:
    """A framed lossless form, already decoded back."""

    text: str
    name: str
    tokens: int
    exact: bool


@dataclass(frozen=True, slots=True)
class LosslessForms:
    """The lossless half of the engine."""

    compressors: Sequence[Compressor]
    by_name: Mapping[str, Compressor]
    counter: TokenCounter

    def best(self, text: str, hint: Hint, tokens: int) -> Form | None:
        """The smallest form of `text`, which has `tokens` tokens, or `None` if none is worth it."""
        segments = split(text)
        if len(segments) == 1:
            return self._of_segment(text, hint, tokens)
        forms = [None if each.wrapper else self._of_segment(each.text, hint) for each in segments]
        if not any(forms):
            return None  # the few lines of a wrapper give the whole no form either
        mixed = self._mixed(segments, forms, tokens)
        whole = self._of_segment(text, hint, tokens)
        return min(filter(None, (whole, mixed)), key=lambda form: form.tokens, default=None)

    def _mixed(
        self, segments: Sequence[Segment], forms: Sequence[Form | None], tokens: int
    ) -> Form | None:
        used = [form for form in forms if form is not None]
        blocks = zip(segments, forms, strict=True)
        text = frame.mix(
            (segment.text, None if form is None else form.text.removesuffix("\n"))
            for segment, form in blocks
        )
        return self._accepted(text, [form.name for form in used], used, tokens)

    def _accepted(
        self, text: str, names: Iterable[str], parts: Sequence[Form], tokens: int
    ) -> Form | None:
        count = self.counter.count(text)
        name = "+".join(dict.fromkeys(names))
        form = Form(text, name, count, all(part.exact for part in parts))
        return form if self._worth_it(count, tokens) else None

    def _of_segment(self, text: str, hint: Hint, tokens: int | None = None) -> Form | None:
        form, is_last = self._first_that_decodes(text, tokens, hint, every=False)
        if form is None and not is_last:
            form, _ = self._first_that_decodes(text, tokens, hint, every=True)
        return form

    def _first_that_decodes(
        self, text: str, tokens: int | None, hint: Hint, *, every: bool
    ) -> tuple[Form | None, bool]:
        """The smallest form that decodes, and whether no other can come in its place.

        The tokens of the text are counted where there is a form to compare them with.
        """
        newline = "\n" if text.endswith("\n") else ""
        core = text.removesuffix("\n")
        broken: set[str] = set()
        while True:
            form, spared = self._smallest(core, newline, hint, broken, every=every)
            if form is None:
                return None, not spared
            if tokens is None:
                tokens = self.counter.count(text)
            if not self._worth_it(form.tokens, tokens):
                return None, True
            if self._decodes(form, text, hint):
                return form, True
            broken.add(form.name)

    def _smallest(
        self, core: str, newline: str, hint: Hint, broken: set[str], *, every: bool
    ) -> tuple[Form | None, bool]:
        """The smallest form that a compressor not known to be broken offers.

        And whether forms for any text were spared: they are, unless `every` one is asked for,
        where that of a shape cuts deep. Only the smallest is kept in memory: the others would
        matter only if it did not decode, which is a bug of ours.
        """
        source = Source(core)
        best: Form | None = None
        shortest = len(core)
        spared = False
        for compressor in self.compressors:
            if hint.origin == "file_read" and not compressor.keeps_lines:
                continue
            if compressor.fits_any_text and shortest * 2 < len(core) and not every:
                spared = True
                continue
            form = self._form(compressor, source, newline, hint)
            if form is None:
                continue
            if not compressor.fits_any_text:
                shortest = min(shortest, len(form.text))
            if form.name not in broken and (best is None or form.tokens < best.tokens):
                best = form
        return best, spared

    def _form(
        self, compressor: Compressor, source: Source, newline: str, hint: Hint
    ) -> Form | None:
        encoded = compressor.encode(source, hint)
        if encoded is None:
            return None
        text, exact = frame.frame(compressor.name, encoded), encoded.exact
        del encoded  # as long as the text
        text += newline
        return Form(text, compressor.name, self.counter.count(text), exact)

    def _decodes(self, form: Form, text: str, hint: Hint) -> bool:
        """Whether the form gives the text back. One that does not is a bug of ours: never used."""
        earlier = [each.original for each in hint.earlier]
        try:
            decoded = decode_text(form.text, earlier, by_name=self.by_name)
        except DecodeError:
            return False
        return decoded == text or (not form.exact and same_json(decoded, text))

    def _worth_it(self, after: int, before: int) -> bool:
        """Whether the saving pays for the reader's attention: some tokens, and 2 % of the text."""
        enough = before - after >= 8 and after * 50 <= before * 49
        return enough and is_fewer(after, before, exact=self.counter.exact)
