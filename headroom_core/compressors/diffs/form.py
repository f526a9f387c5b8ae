"""The lossless form of a diff: headers on one line, what can be counted left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.diffs.headers import FOLDED, fold, unfold
from headroom_core.compressors.diffs.patch import Header, Hunk, hunk_at, parts_of
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.diffs.patch import Part

DIFF = 'diff with one line a file, "diff PATH OLD..NEW" (blobs)'
_HUNKS = "@@ N: where the hunk starts in the new file"
_WHOLE = "(N lines): all of a new or deleted file follows, without + or -"
_ODD = "| a line that stood as it follows"
_SHORT = re.compile(r"@@ (\d{1,9})((?: .*)?)", re.DOTALL)
_ALL = re.compile(r"(diff .+ (new|deleted) \d{6} \S+) \((\d{1,9}) lines\)", re.DOTALL)
_MADE = re.compile(r" (new|deleted) \d{6} [0-9a-f]+\Z")
_BODY = (" ", "+", "-", "\\")


def write(lines: Sequence[str]) -> tuple[str, str] | None:
    """The legend and the body, or `None` when there is no hunk."""
    parts = parts_of(lines)
    if not any(isinstance(part, Hunk) for part in parts):
        return None
    body = list(_body(lines, parts))
    phrases = [DIFF]
    if any(_SHORT.fullmatch(line) for line in body):
        phrases.append(_HUNKS)
    if any(_ALL.fullmatch(line) for line in body):
        phrases.append(_WHOLE)
    if any(line.startswith("| ") for line in body):
        phrases.append(_ODD)
    return "; ".join(phrases), "\n".join(body)


def _body(lines: Sequence[str], parts: Sequence[Part]) -> Iterator[str]:
    shift = whole = 0
    for at, part in enumerate(parts):
        own = lines[part.start : part.end]
        if isinstance(part, Hunk):
            if whole:
                yield from (line[1:] for line in own[1 : 1 + whole])
                yield from own[1 + whole :]
            else:
                yield from _hunk(part, own, lines[part.end : part.end + 1], shift)
            shift, whole = part.shift, 0
            continue
        shift = 0
        line = fold(own) if isinstance(part, Header) else None
        if line is None:
            yield from map(_escaped, own)
        else:
            whole = _whole(line, lines, parts[at + 1 : at + 3])
            yield f"{line} ({whole} lines)" if whole else line


def _hunk(hunk: Hunk, own: Sequence[str], ahead: Sequence[str], shift: int) -> Iterator[str]:
    """A hunk, with the short head where that and the body give the full one back."""
    short = f"@@ {hunk.new}{hunk.section}"
    counted = all(own) and not "".join(ahead).startswith(_BODY)
    again = _short_hunk(short, own[1:], shift) if counted else None
    yield short if again and again.head() == own[0] else own[0]
    yield from own[1:]


def _short_hunk(head: str, body: Sequence[str], shift: int) -> Hunk | None:
    """What a short head and its body say; `shift` is that of the hunk before."""
    match = _SHORT.fullmatch(head)
    if match is None:
        return None
    old = sum(line[0] in " -" for line in body)
    new = sum(line[0] in " +" for line in body)
    start = int(match[1])
    before = start + (not new) - shift - (not old)
    return Hunk(0, len(body) + 1, before, old, start, new, match[2]) if before >= 0 else None


def _whole(header: str, lines: Sequence[str], ahead: Sequence[Part]) -> int:
    """How many lines a new or deleted file has, when its only hunk is all of it; else 0."""
    made = _MADE.search(header)
    hunk = ahead[0] if ahead else None
    if not made or not isinstance(hunk, Hunk) or any(isinstance(part, Hunk) for part in ahead[1:]):
        return 0
    count = hunk.new_count if made[1] == "new" else hunk.old_count
    return count if lines[hunk.start] == _whole_head(made[1], count) else 0


def _whole_head(kind: str, count: int) -> str:
    sides = (0, 0, 1, count) if kind == "new" else (1, count, 0, 0)
    return Hunk(0, 0, *sides, "").head()


def _escaped(line: str) -> str:
    """A line that the form could take for one of its own is marked."""
    return f"| {line}" if FOLDED.match(line) or line.startswith(("@@ ", "| ")) else line


def read(legend: str, body: str) -> str:
    """The text of a form; `DecodeError` when it is not one."""
    if not legend.startswith(DIFF):
        raise DecodeError("`diff` does not know this legend")
    lines = body.split("\n")
    out = LinesOut()
    at = shift = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("@@ "):
            hunk = _hunk_of(lines, at, shift)
            shift = hunk.shift
            out.add(hunk.head())
            at, start = hunk.end, at + 1
            out.extend(lines[start:at])
            continue
        shift = 0
        at += 1
        if whole := _ALL.fullmatch(line):
            out.extend(_whole_file(whole[1], whole[2], lines[at : at + int(whole[3])]))
            at += int(whole[3])
        elif FOLDED.match(line):
            out.extend(unfold(line))
        else:
            out.add(line.removeprefix("| "))
    if at > len(lines):
        raise DecodeError("`diff` announces more lines of a file than there are")
    return out.text()


def _hunk_of(lines: Sequence[str], at: int, shift: int) -> Hunk:
    if lines[at].startswith("@@ -"):
        hunk = hunk_at(lines, at)
    else:
        end = at + 1
        while end < len(lines) and lines[end].startswith(_BODY):
            end += 1
        short = _short_hunk(lines[at], lines[at + 1 : end], shift)
        hunk = short and short._replace(start=at, end=end)
    if hunk is None:
        raise DecodeError("`diff` has a hunk that is none")
    return hunk


def _whole_file(header: str, kind: str, content: Sequence[str]) -> Iterator[str]:
    yield from unfold(header)
    yield _whole_head(kind, len(content))
    sign = "+" if kind == "new" else "-"
    yield from (sign + line for line in content)
