"""The lossless form of a diff: headers on one line, what can be counted left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.bounded import LinesOut
from headroom_core.compressors.diffs.headers import FOLDED, fold, path_of, unfold
from headroom_core.compressors.diffs.messages import Messages, is_log
from headroom_core.compressors.diffs.patch import Header, Hunk, hunk_at, parts_of
from headroom_core.compressors.diffs.repeats import Shown
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

from headroom_core.compressors.diffs.patch import Part

DIFF = "diff, a file's header on one line"
_HUNKS = "@@ N: line in the new file"
_SAME = '@@ N ": text as before'
_MESSAGES = "messages without their indent"
_AUTHORS = "known authors by name"
_WHOLE = "(N lines): the whole file, without + or -"
_AGAIN = '"=+ N lines as -K": added, equal to those removed above from line K on'
_ODD = "| a line that stood as it follows"
_SHORT = re.compile(r"@@ (\d{1,9})((?: .*)?)", re.DOTALL)
_ALL = re.compile(r"(diff .+ (new|deleted) \d{6} [0-9a-f]+) \((\d{1,9}) lines\)", re.DOTALL)
_MADE = re.compile(r" (new|deleted) \d{6} [0-9a-f]+\Z")
_DITTO = ' "'
MARKED = "| "
_BODY = (" ", "+", "-", "\\", "=")


def write(lines: Sequence[str]) -> tuple[str, str] | None:
    """The legend and the body, or `None` when there is neither a hunk nor a log."""
    parts = parts_of(lines)
    if not any(isinstance(part, Hunk) for part in parts) and not is_log(lines):
        return None
    writer = _Writer(lines)
    body = list(writer.write(parts))
    used = (
        (_HUNKS, any(_SHORT.fullmatch(line) for line in body)),
        (_SAME, writer.repeats),
        (_AGAIN, any(line.startswith(("=+", "=-")) for line in body)),
        (_WHOLE, any(_ALL.fullmatch(line) for line in body)),
        (_MESSAGES, writer.messages.messages > 0),
        (_AUTHORS, writer.messages.authors > 0),
        (_ODD, any(line.startswith(MARKED) for line in body)),
    )
    return "; ".join([DIFF, *(phrase for phrase, there in used if there)]), "\n".join(body)


class _Writer:
    """Writes the parts one after the other."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._shown = Shown()
        self._header = ""
        """The folded header that waits for its first hunk."""
        self._shift = 0
        self._section = ""
        self.messages = Messages()
        self.repeats = False
        """Whether a hunk's section was left out."""

    def write(self, parts: Sequence[Part]) -> Iterator[str]:
        """The lines of the form."""
        for part, follower in zip(parts, [*parts[1:], None], strict=True):
            yield from self.part(part, follower)
        yield from self.rest()

    def part(self, part: Part, follower: Part | None) -> Iterator[str]:
        """The lines of the form for a part of the diff."""
        if isinstance(part, Hunk):
            yield from self._hunk(part, follower)
            self._header, self._section, self._shift = "", part.section, part.shift
            return
        yield from self.rest()
        self._shift, self._section = 0, ""
        own = self._lines[part.start : part.end]
        self._header = (fold(own) or "") if isinstance(part, Header) else ""
        self._shown.enter(path_of(self._header))
        if self._header:
            self.messages.leave()
        else:
            yield from map(self._raw, own)

    def _raw(self, line: str) -> str:
        """A line that the form could take for one of its own is marked."""
        folded = self.messages.fold(line)
        if folded is None or FOLDED.match(folded) or folded.startswith(("@@ ", MARKED)):
            return MARKED + line
        return folded

    def rest(self) -> Iterator[str]:
        """The header of a file without hunks."""
        if self._header:
            yield self._header
        self._header = ""

    def _hunk(self, hunk: Hunk, follower: Part | None) -> Iterator[str]:
        head, *body = self._lines[hunk.start : hunk.end]
        folded = self._shown.fold(body, hunk.first_old, hunk.first_new)
        count = 0 if isinstance(follower, Hunk) else _whole(self._header, hunk, head, body)
        self.messages.leave()
        if count and sum(map(len, body)) - count <= sum(map(len, folded)):
            yield f"{self._header} ({count} lines)"
            yield from (line[1:] for line in body[:count])
            yield from body[count:]
            return
        yield from self.rest()
        short = f"@@ {hunk.new}{hunk.section}"
        ahead = "" if follower is None else self._lines[follower.start]
        if all(body) and not ahead.startswith(_BODY) and hunk.section != _DITTO:
            again = _short_hunk(short, body, self._shift)
            if again and again.head() == head:
                repeated = hunk.section == self._section != ""
                self.repeats |= repeated
                yield f"@@ {hunk.new}{_DITTO}" if repeated else short
                yield from folded
                return
        yield head
        yield from body


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


def _whole(header: str, hunk: Hunk, head: str, body: Sequence[str]) -> int:
    """How many lines a new or deleted file has, when the hunk is all of it; else 0."""
    made = _MADE.search(header)
    if not made:
        return 0
    sign, count = ("+", hunk.new_count) if made[1] == "new" else ("-", hunk.old_count)
    fits = head == _whole_head(made[1], count) and all(line[:1] == sign for line in body[:count])
    return count if fits else 0


def _whole_head(kind: str, count: int) -> str:
    sides = (0, 0, 1, count) if kind == "new" else (1, count, 0, 0)
    return Hunk(0, 0, *sides, "").head()


def read(legend: str, body: str) -> str:
    """The text of a form; `DecodeError` when it is not one."""
    if not legend.startswith(DIFF):
        raise DecodeError("`diff` does not know this legend")
    reader = _Reader(body.split("\n"))
    while reader.step():
        pass
    return reader.out.text()


class _Reader:
    """Reads the parts one after the other."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.out = LinesOut()
        self._lines = lines
        self._shown = Shown()
        self._messages = Messages()
        self._section = ""
        self._at = 0
        self._shift: int = 0

    def step(self) -> bool:
        """Read a part; false at the end."""
        if self._at >= len(self._lines):
            return False
        line = self._lines[self._at]
        if line.startswith("@@ "):
            self._messages.leave()
            if line.startswith("@@ -"):
                self._full_hunk()
            else:
                self._hunk(line)
            return True
        self._shift, self._section = 0, ""
        self._at += 1
        if whole := _ALL.fullmatch(line):
            self._whole_file(whole[1], whole[2], int(whole[3]))
        elif FOLDED.match(line):
            self._header(line)
        else:
            self._raw(line)
        return True

    def _raw(self, line: str) -> None:
        self._shown.enter("")
        if line.startswith(MARKED):
            line = line.removeprefix(MARKED)
            self._messages.marked(line)
        else:
            line = self._messages.unfold(line)
        self.out.add(line)

    def _header(self, line: str) -> None:
        self._messages.leave()
        self._shown.enter(path_of(line))
        self.out.extend(unfold(line))

    def _whole_file(self, header: str, kind: str, count: int) -> None:
        content = self._lines[self._at : self._at + count]
        if len(content) < count:
            raise DecodeError("`diff` announces more lines of a file than there are")
        sign = "+" if kind == "new" else "-"
        self._header(header)
        self.out.add(_whole_head(kind, count))
        self.out.extend(self._shown.unfold([sign + line for line in content], 1, 1))
        self._at += count

    def _full_hunk(self) -> None:
        hunk = hunk_at(self._lines, self._at)
        if hunk is None:
            raise DecodeError("`diff` has a hunk that is shorter than it says")
        head, *body = self._lines[hunk.start : hunk.end]
        self.out.add(head)
        self.out.extend(self._shown.unfold(body, hunk.first_old, hunk.first_new))
        self._at, self._shift, self._section = hunk.end, hunk.shift, hunk.section

    def _hunk(self, head: str) -> None:
        match = _SHORT.fullmatch(head)
        if match is None:
            raise DecodeError("`diff` has a hunk that is none")
        end = self._at + 1
        while end < len(self._lines) and self._lines[end].startswith(_BODY):
            end += 1
        folded = self._lines[self._at + 1 : end]
        added = any(line.startswith((" ", "+", "=+")) for line in folded)
        start = int(match[1]) + (not added)
        body = list(self._shown.unfold(folded, start - self._shift, start))
        if match[2] == _DITTO:
            head = f"@@ {match[1]}{self._section}"
        hunk = _short_hunk(head, body, self._shift)
        if hunk is None:
            raise DecodeError("`diff` has a hunk before the start of its file")
        self.out.add(hunk.head())
        self.out.extend(body)
        self._at, self._shift, self._section = end, hunk.shift, hunk.section
