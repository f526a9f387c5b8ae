"""The lossy view of a listing: the rows that matter as they stood, and counts of the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.bounded import count_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.compressors.listings.entries import Entry

HIDES = "named, large and rare entries shown, the rest counted by folder"
_LARGEST = 12
_FEW_VALUES = 50
_KINDS = 6
"""How many extensions of a folder are counted one by one."""


def make(lines: Sequence[str], entries: Sequence[Entry], hint: Hint, room: int) -> View | None:
    """The view, or `None` when it would leave nothing out."""
    required = _required(lines, entries, hint)
    chosen = _chosen(lines, entries, required, room // 2)
    _add_folders(chosen, entries)
    if len(chosen) == len(lines):
        return None
    body = [_summary(entries), *_body(lines, entries, chosen, room // 2)]
    cost = sum(len(lines[at]) + 1 for at in required)
    return View("\n".join(body), "lines", len(chosen), len(lines), HIDES, cost)


def _required(lines: Sequence[str], entries: Sequence[Entry], hint: Hint) -> set[int]:
    """What the question names, what went wrong, and rare modes and owners."""
    required = set(signals.rare_hits(lines, signals.terms(hint)))
    # The name of a file may sound bad; only what the command says besides can be an error.
    messages = ["" if is_listed else line for is_listed, line in _told_apart(lines, entries)]
    required |= set(signals.problems(messages, least=signals.WEAK))
    required |= _rare(entries)
    if hint.keep:
        required |= {at for at, line in enumerate(lines) if hint.keep.matches(line)}
    return required


def _told_apart(lines: Sequence[str], entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Each line, and whether it is an entry."""
    listed = bytearray(len(lines))
    for entry in entries:
        listed[entry.line] = True
    return zip(listed, lines, strict=True)


def _rare(entries: Sequence[Entry]) -> set[int]:
    """Entries with a mode, owner or group that hardly any other has."""
    rare: set[int] = set()
    most = max(2, len(entries) // 100)
    for at in range(len(entries[0].traits) if entries else 0):
        counts = Counter(entry.traits[at] for entry in entries)
        if len(counts) <= _FEW_VALUES:
            rare |= {entry.line for entry in entries if counts[entry.traits[at]] <= most}
    return rare


def _chosen(
    lines: Sequence[str], entries: Sequence[Entry], required: set[int], room: int
) -> set[int]:
    """The lines to show: the required ones, then messages, large and shallow entries."""
    chosen = set(required)
    told = enumerate(_told_apart(lines, entries))
    order = [at for at, (is_listed, line) in told if not is_listed and line]
    sized = [entry for entry in entries if entry.size is not None]
    largest = sorted(sized, key=lambda entry: -(entry.size or 0))[:_LARGEST]
    order += [entry.line for entry in largest]
    order += [e.line for e in sorted(entries, key=lambda e: e.folder.count("/"))]
    for at in order:
        cost = len(lines[at]) + 10
        if at in chosen or cost > room:
            continue
        room -= cost
        chosen.add(at)
    return chosen


def _add_folders(chosen: set[int], entries: Sequence[Entry]) -> None:
    """Show the folders of drawn entries too: without them nobody knows where these are."""
    above = {entry.line: entry.above for entry in entries if entry.above is not None}
    for at in list(chosen):
        folder = above.get(at)
        while folder is not None and folder not in chosen:
            chosen.add(folder)
            folder = above.get(folder)


def _summary(entries: Sequence[Entry]) -> str:
    """What all entries are together."""
    sizes = [entry.size for entry in entries if entry.size is not None]
    folders = len({entry.folder for entry in entries})
    parts = [f"{len(entries)} entries in {count_of(folders, 'folder')}", _kinds(entries)]
    if sizes:
        parts.append(f"sizes {min(sizes)} to {max(sizes)}")
    return f"[listing: {', '.join(parts)}; rows as they stood, in brackets what is left out]"


def _kinds(entries: Sequence[Entry]) -> str:
    """The extensions, most frequent first."""
    counts = Counter(entry.kind for entry in entries).most_common()
    named = [
        f"{count} {kind}" if kind[0] == "." else count_of(count, kind)
        for kind, count in counts[:_KINDS]
    ]
    if rest := sum(count for _, count in counts[_KINDS:]):
        named.append(f"{rest} of {len(counts) - _KINDS} other kinds")
    return ", ".join(named)


def _body(
    lines: Sequence[str], entries: Sequence[Entry], chosen: set[int], room: int
) -> Iterator[str]:
    hidden = max(1, len(lines) - len(chosen))
    start = done = 0
    for shown, run in groupby(range(len(lines)), chosen.__contains__):
        end = start + sum(1 for _ in run)
        after = bisect_left(entries, end, done, key=_line_of)
        if shown:
            yield from lines[start:end]
        else:
            yield _left_out(entries[done:after], end - start, room * (end - start) // hidden)
        start, done = end, after


def _line_of(entry: Entry) -> int:
    return entry.line


def _left_out(left: Sequence[Entry], lines: int, room: int) -> str:
    """How much is left out here, by folder in as much detail as the room allows."""
    if not left:
        return f"[… {count_of(lines, 'line')}]"
    start = f"[… {len(left)} more"
    for depth in (None, 4, 3, 2, 1):
        text = f"{start}: {_folders(left, depth)}]"
        if len(text) <= room:
            return text
    return f"{start}]"


def _folders(left: Sequence[Entry], depth: int | None) -> str:
    """Counts by folder: with kinds, or of all that is below the first folders only."""
    groups: dict[str, list[Entry]] = {}
    for entry in left:
        parts = entry.folder.split("/")
        whole = depth is None or len(parts) <= depth + 1
        groups.setdefault(entry.folder if whole else "/".join([*parts[:depth], "…"]), []).append(
            entry
        )
    if len(groups) == 1:
        folder = next(iter(groups))
        return f"{folder} ({_kinds(left)})" if folder else _kinds(left)
    if depth is None:
        return ", ".join(f"{folder} {len(own)} ({_kinds(own)})" for folder, own in groups.items())
    return ", ".join(f"{folder} {len(own)}" for folder, own in groups.items())
