"""Line-number gutters: what `cat -n`, `nl` and editors' tools put before every line of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_RUN = 3
MOST_RUNS = 3
_FIRST_CHUNK, _MOST_CHUNK = 16, 4096
_ANY_PREFIX = re.compile(r"( *+)(\d{1,9})(\t|→|:| ?[|│])")
# Behind a newline, since a search for what begins with a literal is ten times faster.
_LED_PREFIX = re.compile(rf"\n{_ANY_PREFIX.pattern}")
_PREFIX_TEXT = re.compile(r"( *)(\d{1,9})(<tab>|→|: ?| ?[|│] ?)(, blank lines trimmed)?")
_DESCRIPTION = re.compile(
    r"; lines (\d{1,9})-(\d{1,9}) numbered \"([^\"]*)\"(, blank lines trimmed)?"
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a tool writes a line's number."""

    width: int
    sep: str
    trims: bool = False
    """Whether a line without text ends right after the separator's last visible character."""

    def prefix(self, number: int) -> str:
        """What stands before the text of the line with this number."""
        return str(number).rjust(self.width) + self.sep

    def number(self, line: str) -> int | None:
        """The number that `line` carries in exactly this style."""
        match = _ANY_PREFIX.match(line)
        if match is None:
            return None
        found = int(match[2])
        return found if self.text(line, found) is not None else None

    def text(self, line: str, number: int) -> str | None:
        """What stands after the number, or `None` when `line` does not carry just this number."""
        prefix = self.prefix(number)
        if self.trims and len(line) <= len(prefix):
            return "" if line == prefix.rstrip(" ") else None
        return line[len(prefix) :] if line.startswith(prefix) else None

    def write(self, number: int, text: str) -> str:
        """The line that carries this number and text."""
        prefix = self.prefix(number)
        return prefix.rstrip(" ") if self.trims and not text else prefix + text


@dataclass(frozen=True, slots=True)
class Run:
    """Lines in a row whose numbers count up by one."""

    start: int
    count: int
    first: int

    @property
    def end(self) -> int:
        """The index after the last line."""
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Bare:
    """A text's lines without their gutter, and the gutter apart from them."""

    lines: list[str]
    style: Style | None = None
    runs: tuple[Run, ...] = ()

    @property
    def offset(self) -> int:
        """What to add to a line's index for the number that a reader knows the line by."""
        return self.runs[0].first - self.runs[0].start if len(self.runs) == 1 else 1


def style_of(head: Sequence[str]) -> Style | None:
    """The style of the first lines in a row that are numbered in sequence, if there are such."""
    if len(_LED_PREFIX.findall("\n".join(("", *head)))) < LEAST_RUN:
        return None
    prefixes = [_ANY_PREFIX.match(line) for line in head]
    numbers = [int(prefix[2]) if prefix else -LEAST_RUN for prefix in prefixes]
    for start in range(len(head) - LEAST_RUN + 1):
        first = prefixes[start]
        if first is None or numbers[start + 2] != numbers[start] + 2:
            continue
        style = Style(len(first[1] + first[2]) if first[1] else 0, first[3])
        count = run_length(head, start, numbers[start], style)
        if count >= LEAST_RUN:
            texts = texts_of(head, Run(start, count, numbers[start]), style)
            return style if style.sep in {"\t", "→"} else _with_space(style, texts)
    return None


def _with_space(style: Style, texts: list[str]) -> Style:
    """The style with the space after the separator, where the tool wrote one."""
    if not _has_space_after(texts):
        return style
    return Style(style.width, f"{style.sep} ", trims="" in texts)


def _has_space_after(texts: list[str]) -> bool:
    """Whether the tool, and not the file, put the space that every text starts with.

    A file's own indentation is even, or starts at nothing.
    """
    indents = [len(text) - len(text.lstrip(" ")) for text in texts if text.strip(" ")]
    javadoc = any(text.startswith(" *") for text in texts)
    return len(indents) >= LEAST_RUN and not javadoc and all(indent % 2 for indent in indents)


def run_length(lines: Sequence[str], start: int, first: int, style: Style) -> int:
    """How many lines from `start` on carry `first` and the numbers after it."""
    size, at = _FIRST_CHUNK, start
    while at < len(lines):
        chunk = lines[at : at + size]
        number = first + at - start
        width, sep = style.width, style.sep
        expected = [str(n).rjust(width) + sep for n in range(number, number + len(chunk))]
        if style.trims or not all(map(str.startswith, chunk, expected)):
            same = _same(chunk, number, style)
            if same < len(chunk):
                return at + same - start
        at += len(chunk)
        size = min(2 * size, _MOST_CHUNK)
    return at - start


def _same(chunk: Sequence[str], number: int, style: Style) -> int:
    for index, line in enumerate(chunk):
        if style.text(line, number + index) is None:
            return index
    return len(chunk)


def find_runs(lines: Sequence[str], style: Style) -> Iterator[Run]:
    """All runs of a text, of one line even, in order."""
    at = 0
    while at < len(lines):
        number = style.number(lines[at])
        if number is None:
            at += 1
            continue
        run = Run(at, run_length(lines, at, number, style), number)
        yield run
        at = run.end


def texts_of(lines: Sequence[str], run: Run, style: Style) -> list[str]:
    """The lines of a run without their numbers."""
    texts: list[str] = []
    at, number = run.start, run.first
    while at < run.end:
        digits = len(str(number))
        # As long as the numbers have so many digits, all prefixes are equally long.
        stop = min(run.end, at + 10**digits - number)
        cut = max(style.width, digits) + len(style.sep)
        texts += [line[cut:] for line in lines[at:stop]]
        number += stop - at
        at = stop
    return texts


def bare(lines: list[str], head: Sequence[str]) -> Bare:
    """Take the gutter off, where it has few enough runs to be described in a line."""
    style = style_of(head)
    if style is None:
        return Bare(lines)
    out: list[str] = []
    runs: list[Run] = []
    for run in find_runs(lines, style):
        if run.count < LEAST_RUN:
            continue
        if len(runs) == MOST_RUNS:
            return Bare(lines)
        out += lines[len(out) : run.start]
        out += texts_of(lines, run, style)
        runs.append(run)
    out += lines[len(out) :]
    return Bare(out, style, tuple(runs))


def dress(lines: list[str], style: Style | None, runs: Sequence[Run]) -> list[str]:
    """Put the gutter back."""
    if style is None:
        return lines
    if runs and runs[-1].end > len(lines):
        raise DecodeError(f"there are {len(lines)} lines, and numbers for {runs[-1].end}")
    out = list(lines)
    for run in runs:
        for index in range(run.start, run.end):
            out[index] = style.write(run.first + index - run.start, out[index])
    return out


def number_of(index: int, runs: Sequence[Run]) -> int | None:
    """The number that the gutter gives to a line."""
    for run in runs:
        if run.start <= index < run.end:
            return run.first + index - run.start
    return None


def spell(style: Style, number: int) -> str:
    """The prefix of a number for a legend: `"     1<tab>"`."""
    return f'"{style.prefix(number)}"'.replace("\t", "<tab>") + (
        ", blank lines trimmed" if style.trims else ""
    )


def unspell(text: str) -> tuple[Style, int]:
    """Read a prefix in a legend, without its quotes, back into a style and a number."""
    match = _PREFIX_TEXT.fullmatch(text)
    if match is None:
        raise DecodeError(f"{text!r} is not a line number")
    pad, digits, sep, trims = match.groups()
    width = len(pad) + len(digits) if pad else 0
    return Style(width, sep.replace("<tab>", "\t"), trims=trims is not None), int(digits)


def describe(there: Bare) -> str:
    """The gutter in words, for a legend; nothing when there is none."""
    if there.style is None:
        return ""
    style = there.style
    return "".join(
        f"; lines {run.start + 1}-{run.end} numbered {spell(style, run.first)}"
        for run in there.runs
    )


def read_description(legend: str) -> tuple[Style | None, list[Run]]:
    """Read what `describe` wrote, anywhere in a legend."""
    styles: list[Style] = []
    runs: list[Run] = []
    for match in _DESCRIPTION.finditer(legend):
        style, number = unspell(match[3] + (match[4] or ""))
        start, end = int(match[1]) - 1, int(match[2])
        if not (runs[-1].end if runs else 0) <= start < end or len(runs) == MOST_RUNS:
            raise DecodeError(f"{match[0]!r} names no lines")
        styles.append(style)
        runs.append(Run(start, end - start, number))
    # A number that fills its column does not show how wide that is; a smaller one does.
    return max(styles, key=lambda style: style.width, default=None), runs
