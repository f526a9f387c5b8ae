"""The lossy view of a diff: what is asked about whole, the rest as far as the room goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.bounded import count_of
from headroom_core.compressors.diffs.files import File, asked_hunks, sections_of
from headroom_core.compressors.diffs.messages import is_log
from headroom_core.compressors.diffs.narrow import changed, pieces
from headroom_core.compressors.diffs.patch import parts_of
from headroom_core.compressors.long_lines import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.diffs.narrow import Piece
    from headroom_core.compressors.diffs.patch import Hunk

LEGEND = (
    '[diff: "diff PATH +ADDED -REMOVED", "@@ N" is the line in the new file;'
    " context cut to 1 line; in brackets what is left out]"
)
HIDES = "what is asked about whole, context cut, the rest by counts"
LOG_LEGEND = "[git log: first lines of messages first; in brackets what is left out]"
_HEADS = {"Date:", "Autho", "Commi", "commi"}
"""How the lines above a message begin."""
_HEAD = 25
_SUBJECT = 4
_RAW_SHARE = 4
"""A quarter of the room is for commits and their messages, all of it where no file follows."""


@dataclass(slots=True)
class _Plan:
    """What is shown."""

    bodies: dict[int, list[Piece]] = field(default_factory=dict[int, "list[Piece]"])
    """The pieces of each hunk that is shown, by the line where it starts."""
    raw: set[int] = field(default_factory=set[int])
    """The lines outside of files."""
    paths: bool = True
    """Whether files of which nothing is shown are named."""
    heads: bool = True
    """Whether hunks of which nothing is shown are named."""

    def shows(self, file: File) -> bool:
        """Whether the file is named."""
        return self.paths or any(hunk.start in self.bodies for hunk in file.hunks)


def make(lines: Sequence[str], hint: Hint, room: int) -> View | None:
    """The view, or `None` when there is neither a hunk nor a log."""
    sections = sections_of(lines, parts_of(lines))
    files = [section for section in sections if isinstance(section, File)]
    raw = [section for section in sections if isinstance(section, int)]
    if not any(file.hunks for file in files) and not is_log(lines):
        return None
    kept = _kept(lines, raw, hint)
    plan = _Plan(raw=kept.intersection(raw))
    lines = shortened(lines, hint)
    required = _require(plan, lines, files, asked_hunks(files, hint.query), kept)
    left = room - required
    share = _RAW_SHARE if any(file.hunks for file in files) else 1
    left -= _choose_raw(plan, lines, raw, max(left, 0) // share, room // share)
    left -= _choose_heads(plan, files, left)
    _choose_bodies(plan, lines, files, signals.terms_of(hint.query), left)
    plan.raw |= _commits(plan, lines, sections)
    legend = LEGEND if files else LOG_LEGEND
    body = [legend, *_write(plan, lines, sections)]
    shown = len(plan.raw) + sum(len(at) for own in plan.bodies.values() for _, at in own)
    return View("\n".join(body), "lines", shown, len(lines), HIDES, required, stands=True)


def _kept(lines: Sequence[str], raw: Sequence[int], hint: Hint) -> set[int]:
    """The lines that stay whatever the room."""
    kept = set(signals.rare_hits(lines, signals.terms(hint)))
    if hint.keep:
        kept |= {at for at, line in enumerate(lines) if hint.keep.matches(line)}
    # Changed code that speaks of errors is no error; what the tool itself says may be one.
    messages = [lines[at] if not lines[at].startswith(" ") else "" for at in raw]
    return kept | {raw[at] for at in signals.problems(messages)}


def _require(
    plan: _Plan, lines: Sequence[str], files: Sequence[File], asked: set[int], kept: set[int]
) -> int:
    """Show the hunks that are asked about, and what must stay; return how much that is."""
    size = sum(len(lines[at]) + 1 for at in plan.raw)
    for hunk in (hunk for file in files for hunk in file.hunks):
        body = lines[hunk.start + 1 : hunk.end]
        wanted = (
            range(len(body))
            if hunk.start in asked
            else [at for at in range(len(body)) if at + hunk.start + 1 in kept]
        )
        if wanted:
            size += _show(plan, hunk, body, wanted, 0)
    return size


def _show(plan: _Plan, hunk: Hunk, body: Sequence[str], wanted: Iterable[int], context: int) -> int:
    own = list(pieces(body, hunk.first_new, wanted, context))
    plan.bodies[hunk.start] = own
    return _size(body, own)


def _size(body: Sequence[str], own: Sequence[Piece]) -> int:
    return sum(8 + sum(len(body[at]) + 1 for at in piece) for _, piece in own)


def _choose_raw(
    plan: _Plan, lines: Sequence[str], raw: Sequence[int], room: int, subjects: int
) -> int:
    """Show commits by their first lines, then the rest of messages; return how much that is.

    The first lines may take as much as `subjects`: without them, a commit says nothing.
    """
    size = 0
    above = _commits_above(lines, raw)
    for at in sorted(raw, key=lambda at: (-_raw_worth(lines, at), at)):
        # A message is one's of a commit, so its commit is shown with it.
        new = {at, above.get(at, at)} - plan.raw
        cost = sum(len(lines[each]) for each in new) + 12
        most = max(room, subjects) if _raw_worth(lines, at) == _SUBJECT else room
        if new and size + cost <= most:
            plan.raw |= new
            size += cost
    return size


def _commits_above(lines: Sequence[str], raw: Sequence[int]) -> dict[int, int]:
    """The `commit` line that each other line outside of files belongs to."""
    above: dict[int, int] = {}
    commit: int | None = None
    for at in raw:
        if lines[at].startswith("commit "):
            commit = at
        if commit is not None:
            above[at] = commit
    return above


def _raw_worth(lines: Sequence[str], at: int) -> int:
    line = lines[at]
    if at > 1 and line.startswith("    ") and not lines[at - 1]:
        return _SUBJECT if lines[at - 2][:5] in _HEADS else 2
    if line.startswith(("commit ", "--- ", "+++ ")):
        return 3
    return 1 if line.strip() else 0


def _choose_heads(plan: _Plan, files: Sequence[File], room: int) -> int:
    """Name all files and hunks, or fewer where that takes most of the room."""
    paths = sum(len(file.head()) + 1 for file in files)
    heads = sum(_HEAD + len(hunk.section) for file in files for hunk in file.hunks)
    plan.heads = 2 * (paths + heads) <= room
    plan.paths = plan.heads or paths <= room
    return (paths if plan.paths else 0) + (heads if plan.heads else 0)


def _choose_bodies(
    plan: _Plan, lines: Sequence[str], files: Sequence[File], terms: Sequence[str], room: int
) -> None:
    """Show hunks with one line of context, the most telling first, as long as there is room."""
    found: list[tuple[float, int, Hunk]] = []
    for file in files:
        for hunk in file.hunks if file.share else ():
            text = "\n".join([file.path, *lines[hunk.start : hunk.end]]).lower()
            hits = sum(term in text for term in terms)
            worth = file.share * (1 + hits) / (20 + hunk.end - hunk.start)
            found.append((-worth, hunk.start, hunk))
    for _, start, hunk in sorted(found, key=lambda each: each[:2]):
        body = lines[start + 1 : hunk.end]
        shown = {at for _, piece in plan.bodies.get(start, ()) for at in piece}
        own = list(pieces(body, hunk.first_new, changed(body), 1))
        cost = _size(body, own) + (0 if plan.heads else _HEAD + len(hunk.section))
        if cost <= room and not shown.issuperset(changed(body)):
            room -= _show(plan, hunk, body, {*shown, *changed(body)}, 1)


def _commits(plan: _Plan, lines: Sequence[str], sections: Sequence[int | File]) -> set[int]:
    """The `commit` lines of the changes that are shown: no change may seem another commit's."""
    needed: set[int] = set()
    commit: int | None = None
    for section in sections:
        if isinstance(section, int):
            if lines[section].startswith("commit "):
                commit = section
        elif commit is not None and plan.shows(section):
            needed.add(commit)
    return needed


def _write(plan: _Plan, lines: Sequence[str], sections: Sequence[int | File]) -> Iterator[str]:
    hidden = _Hidden()
    for section in sections:
        if isinstance(section, int):
            if section in plan.raw:
                yield from hidden.told()
                yield lines[section]
            else:
                hidden.lines += 1
        elif plan.shows(section):
            yield from hidden.told()
            yield from _write_file(plan, lines, section)
        else:
            hidden.add(section)
    yield from hidden.told()


@dataclass(slots=True)
class _Hidden:
    """What is left out since the last line that is shown."""

    lines: int = 0
    files: int = 0
    added: int = 0
    removed: int = 0

    def add(self, file: File) -> None:
        self.files += 1
        self.added += file.added
        self.removed += file.removed

    def told(self) -> Iterator[str]:
        """The line that says so, if there is something to say."""
        parts = [count_of(self.lines, "line")] if self.lines else []
        if self.files:
            parts.append(f"{count_of(self.files, 'file')}: +{self.added} -{self.removed}")
        if parts:
            yield f"[… {', '.join(parts)}]"
        self.lines = self.files = self.added = self.removed = 0


def _write_file(plan: _Plan, lines: Sequence[str], file: File) -> Iterator[str]:
    if not plan.heads and not any(hunk.start in plan.bodies for hunk in file.hunks):
        yield f"{file.head()} […]" if file.hunks else file.head()
        return
    yield file.head()
    left = 0
    for hunk in file.hunks:
        body = lines[hunk.start + 1 : hunk.end]
        own = plan.bodies.get(hunk.start, [])
        if not own and not plan.heads:
            left += 1
            continue
        section = hunk.section
        for start, piece in own:
            yield f"@@ {start}{section}"
            yield from (body[at] for at in piece)
            section = ""
        if rest := _rest(body, own):
            yield rest if own else f"@@ {hunk.first_new}{section} {rest}"
    if left:
        yield f"[… {count_of(left, 'hunk')}]"


def _rest(body: Sequence[str], own: Sequence[Piece]) -> str:
    """How many changed lines of a hunk are left out."""
    shown = {at for _, piece in own for at in piece}
    left = [body[at][0] for at in changed(body) if at not in shown]
    return f"[… +{left.count('+')} -{left.count('-')}]" if left else ""
