"""Find the chunks of a rendered retrieval: numbered, tagged, named by fields, or set apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from headroom_core.compressors.passages.layout import Layout
from headroom_core.compressors.passages.markup import MarkupReader

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAGS = "document|doc|chunk|result|passage|context|source|item|search_result|web_result|snippet"
_NAMES = "Document|Doc|Result|Chunk|Source|Passage|Context|Example|Search result|Reference|Snippet"
_NUMBER = re.compile(r"(?:#{1,4} |\*\*)?\[(\d{1,4})\](?=[:. ])")
_QUESTION = re.compile(r"Q(?:uestion)?: ")
# What begins a line is looked for behind a newline, in the text with one put before it: a search
# for a pattern that begins with a literal is ten times faster. So a match starts where, in the
# text itself, its line does.
_NUMBERED = re.compile(rf"\n{_NUMBER.pattern}")
_LISTED = re.compile(r"\n(?:(?<=[\s\S]\n\n)|(?<=\A\n))(\d{1,4})[.)] (?=\S)")
_TAG = re.compile(rf"\n[ \t]{{0,8}}+<({_TAGS})(?: [^>\n]{{0,400}})?>")
_STARTS = (
    re.compile(rf"\n[#*>\-= ]{{0,5}}+(?:{_NAMES}) ?[#(]?\d{{1,4}}\b", re.IGNORECASE),
    re.compile(r"\n> Source \("),
    re.compile(r"\nNode ID: "),
    re.compile(r"\n(?:Title|TITLE): "),
    re.compile(r"\n(?:Source|SOURCE): "),
    re.compile(r"\n(?:URL|Url|Link): "),
    re.compile(rf"\n{_QUESTION.pattern}"),
)
_WRITTEN_OUT = "Document("
_DOCUMENT = re.compile(r"(?:[\[ ]|\A\n)Document\((?=(?:id|metadata|page_content)=)")
_APART = re.compile(r"\n[ \t]*+(?:-{3,}|={3,}|\*{3,}|_{3,})[ \t]*(?=\n)")
_NEWLINES = re.compile(r"\n*")
_HEAD_LINE = re.compile(
    r"[ \t]*</?[\w:-]+(?: [^>\n]*)?>[^\n]{0,300}"
    r"|[#>*\- ]{0,5}(?!Text:|Content:|Body:|Snippet:)[A-Z][\w ]{0,24}:.{0,300}"
    r"|[-=]{3,}|\s*"
)
_FIRST_WITHIN = 1_500
_LONGEST_START = 500
_LEAST_CHUNKS = 2
_LEAST_APART = 3
_LONGEST_TITLE = 160
_LONGEST_UNDERLINED = 70
_MOST_HEAD_LINES = 8
_SMALLEST_APART, _LARGEST_APART = 150, 6_000
_FIELD = re.compile(
    r"(?:title|source|name|url|path)[\"']?\s*[:=>]\s*[\"']?([^\s<>\"'{][^<>\n\"']{0,159})",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"page_content=[\"']")
_LONGEST_METADATA = 2_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of a text, by offsets; its head ends where its text starts."""

    start: int
    body: int
    end: int


def find_chunks(text: str) -> list[Chunk]:
    """Return the chunks of a text, which cover it from the first one on; none if it has none."""
    starts = _starts(text)
    ends = [*starts[1:], len(text)] if starts else []
    return [
        Chunk(start, _body(text, start, end), end) for start, end in zip(starts, ends, strict=True)
    ]


def read_chunks(text: str, chunks: Sequence[Chunk]) -> Layout:
    """Return the layout of chunks: each is a section, and its head stays."""
    layout = Layout(text)
    if text[: chunks[0].start].strip():
        MarkupReader(layout, 0, chunks[0].start).read()
    for chunk in chunks:
        reader = MarkupReader(layout, chunk.body, chunk.end)
        reader.open_chunk(chunk.start, title_of(text[chunk.start : chunk.body]))
        reader.read()
    return layout


def title_of(head: str) -> str:
    """What a chunk calls itself: its title or source, else its first line."""
    named = _FIELD.search(head)
    title = named.group(1) if named else head.strip().partition("\n")[0]
    return title.strip()[:_LONGEST_TITLE]


def _starts(text: str) -> list[int]:
    led = f"\n{text}"
    for numbered in (_NUMBERED, _LISTED):
        starts = _counting_up(led, numbered) if _begins(led, numbered) else []
        if starts:
            return starts
    patterns = (*_STARTS, _DOCUMENT) if _WRITTEN_OUT in led else _STARTS
    tried = (_named(led, pattern) for pattern in patterns)
    for starts in chain((_tagged(led),), tried):
        if len(starts) >= _LEAST_CHUNKS and starts[0] <= _FIRST_WITHIN:
            return starts
    return _set_apart(text, led)


def _begins(led: str, pattern: re.Pattern[str]) -> bool:
    """Whether a pattern is found near the start of a text, where the first chunk must be."""
    return pattern.search(led, 0, _FIRST_WITHIN + _LONGEST_START + 1) is not None


def _tagged(led: str) -> list[int]:
    tags = list(_TAG.finditer(led)) if _begins(led, _TAG) else []
    return [match.start() for match in tags if match.group(1) == tags[0].group(1)]


def _named(led: str, pattern: re.Pattern[str]) -> list[int]:
    found = pattern.finditer(led) if _begins(led, pattern) else ()
    return [match.start() for match in found]


def _counting_up(led: str, pattern: re.Pattern[str]) -> list[int]:
    """Where numbers stand that count up by one."""
    starts: list[int] = []
    wanted: int | None = None
    for match in pattern.finditer(led):
        number = int(match.group(1))
        if wanted is None and (number > 1 or match.start() > _FIRST_WITHIN):
            return []
        if wanted is None or number == wanted:
            starts.append(match.start())
            wanted = number + 1
    enough = len(starts) >= _LEAST_CHUNKS
    # A list of results has addresses; any other list is a list.
    results = pattern is _NUMBERED or led.count("://") * 2 >= len(starts)
    return starts if enough and results else []


def _set_apart(text: str, led: str) -> list[int]:
    """Where chunks start that have nothing but a line of dashes between them."""
    rules = [(match.start(), match.end() - 1) for match in _APART.finditer(led)]
    if len(rules) < _LEAST_APART or not _SMALLEST_APART < len(text) / len(rules) < _LARGEST_APART:
        return []
    if len({text[start:end].strip() for start, end in rules}) > 1 or any(
        _is_title(text, start) for start, _ in rules
    ):
        return []
    starts = [_after_newlines(text, end) for _, end in rules]
    starts = [start for start in starts if start < len(text)]
    return starts if not text[: rules[0][0]].strip() else [0, *starts]


def _after_newlines(text: str, at: int) -> int:
    found = _NEWLINES.match(text, at)
    return found.end() if found else at


def _is_title(text: str, rule: int) -> bool:
    """Whether the line before a rule looks like the title that it underlines."""
    line = text[text.rfind("\n", 0, max(0, rule - 1)) + 1 : rule].strip()
    return 0 < len(line) < _LONGEST_UNDERLINED


def _body(text: str, start: int, end: int) -> int:
    """Where the head of a chunk ends: its tags, its fields, or its title."""
    at = start
    for number in range(_MOST_HEAD_LINES):
        newline = text.find("\n", at, end)
        if newline < 0:
            break
        line = text[at:newline]
        title = number == 0 and len(line) <= _LONGEST_TITLE
        if not title and not _HEAD_LINE.fullmatch(line):
            break
        at = newline + 1
    if at > start and not _QUESTION.match(text, start):
        return at
    content = _CONTENT.search(text, start, min(end, start + _LONGEST_METADATA))
    numbered = content or _NUMBER.match(text, start, end)
    return numbered.end() if numbered else start
