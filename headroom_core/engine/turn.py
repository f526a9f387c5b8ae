"""The work on what a user sends: pasted blocks are shortened, the words around them are left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_core import frame
from headroom_core.compressors.passages.user_context import named_file, user_blocks
from headroom_core.engine.part import Outcome, is_ours
from headroom_core.tokens import is_fewer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.engine.part import PartWorker
    from headroom_core.segments import Segment


@dataclass(frozen=True, slots=True)
class TurnWorker:
    """Decides about the texts of users. Holds no state of a request."""

    worker: PartWorker

    def work(
        self,
        text: str,
        hint: Hint,
        *,
        redeemable: bool,
        edited: Callable[[str], bool],
        tell: Callable[[str], object],
    ) -> Outcome:
        """Decide what a model reads instead of a user's text. `edited` knows a file by its path."""
        tokens = self.worker.counter.count(text)
        if is_ours(text):
            return _untouched(tokens, "it already is one of our forms")
        segments = user_blocks(text)
        done = [
            Outcome()
            if segment.wrapper
            else self.worker.work(
                segment.text,
                _told(hint, segments[at - 1].text if at else "", edited),
                redeemable=redeemable,
                tell=tell,
                inside=True,
            )
            for at, segment in enumerate(segments)
        ]
        if all(each.text is None for each in done):
            return _untouched(tokens, "nothing pasted into it gets smaller")
        return self._joined(segments, done, tokens)

    def _joined(self, segments: Sequence[Segment], done: Sequence[Outcome], tokens: int) -> Outcome:
        """Put the words of the user back around the blocks."""
        blocks = tuple(each for each in done if each.text is not None)
        text = frame.mix(
            (segment.text, None if each.text is None else _flat(each.text))
            for segment, each in zip(segments, done, strict=True)
        )
        after = self.worker.counter.count(text)
        if not is_fewer(after, tokens, exact=self.worker.counter.exact):
            return _untouched(tokens, "no form makes it smaller")
        return Outcome(
            text=text,
            form="+".join(dict.fromkeys(each.form for each in blocks)),
            lossless=all(each.lossless for each in blocks),
            exact=all(each.exact for each in blocks),
            tokens_before=tokens,
            tokens_after=after,
            blocks=blocks,
        )


def _untouched(tokens: int, why: str) -> Outcome:
    return Outcome(tokens_before=tokens, tokens_after=tokens, why=why)


def _flat(text: str) -> str:
    """The form of a block as it stands in a message: one frame is enough around several forms."""
    return text.removeprefix(f"{frame.MIXED}\n").removesuffix("\n")


def _told(hint: Hint, before: str, edited: Callable[[str], bool]) -> Hint:
    """What the line above a block says of it."""
    file = named_file(before)
    if file is None:
        return hint
    return replace(hint, origin="file_read", path=file, edited=edited(file))
