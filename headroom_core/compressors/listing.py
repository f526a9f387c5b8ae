"""Listings of files (`find`, `git ls-files`, `du`, `ls -l`): nested by folder, or summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Encoded, View
from headroom_core.compressors.listings import branches, long, paths, view
from headroom_core.compressors.listings.entries import entries_of
from headroom_core.compressors.sampling import LEAST_LINES, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_LEAST_GAIN = 0.97
_MOST_OF_SAMPLE = 0.99
_MOST_FOLDERS = 0.95


class Listing(Compressor):
    """Paths under the line of their folder, with the columns before them where they were."""

    name = "listing"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        if _is_markup(source.head):
            return None
        for form in (branches, long, paths):
            if (
                (form is not paths or _share_folders(source.head))
                and form.looks_like(source.head)
                and (form is not paths or _may_pay(source.text))
                and (found := form.write(source.lines))
            ):
                break
        else:
            return None
        legend, body = found
        short = len(legend) + len(body) + 40 < _LEAST_GAIN * len(source)
        return Encoded(legend, body) if short else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        if legend.startswith(branches.BRANCHES):
            return branches.read(legend, body)
        read = long.read if legend.startswith(long.LONG) else paths.read
        return read(legend, body)

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        forms = () if _is_markup(source.head) else (branches, long, paths)
        if not any(form.looks_like(source.head) for form in forms):
            return None
        return view.make(source.lines, entries_of(source.lines), hint, room)


def _is_markup(lines: Sequence[str]) -> bool:
    """Whether the slashes of most lines are those of tags."""
    return sum("</" in line or "/>" in line for line in lines) * 2 > len(lines)


def _share_folders(lines: Sequence[str]) -> bool:
    """Whether paths without columns begin in the same folders, not each in one of its own."""
    starts = [line[: line.find("/") + 1] for line in lines if "/" in line]
    return len(set(starts)) <= _MOST_FOLDERS * len(starts) or " " in "".join(starts)


def _may_pay(text: str) -> bool:
    """Whether neighbours in a long list of paths share folders: other text has slashes too."""
    if text.count("\n") < LEAST_LINES:
        return True
    before = after = 0
    for sample in spread(text):
        plain = "\n".join(sample)
        form = paths.write(sample)
        before += len(plain)
        after += len(plain if form is None else form[1])
    return after < _MOST_OF_SAMPLE * before
