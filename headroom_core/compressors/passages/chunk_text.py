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
_NUMBERED = re.compile(r"^(?:#{1,4} |\*\*)?\[(\d{1,4})\](?=[:. ])", re.MULTILINE)
_LISTED = re.compile(r"(?:(?<=\n\n)|\A)(\d{1,4})[.)] (?=\S)")
_QUESTION = re.compile(r"^Q(?:uestion)?: ", re.MULTILINE)
_TAG = re.compile(rf"^[ \t]{{0,8}}<({_TAGS})(?: [^>\n]{{0,400}})?>", re.MULTILINE)
_STARTS = (
    re.compile(rf"^[#*>\-= ]{{0,5}}(?:{_NAMES}) ?[#(]?\d{{1,4}}\b", re.MULTILINE | re.IGNORECASE),
    re.compile(r"^> Source \(", re.MULTILINE),
    re.compile(r"^Node ID: ", re.MULTILINE),
    re.compile(r"^(?:Title|TITLE): ", re.MULTILINE),
    re.compile(r"^(?:Source|SOURCE): ", re.MULTILINE),
    re.compile(r"^(?:URL|Url|Link): ", re.MULTILINE),
    _QUESTION,
    re.compile(r"(?:(?<=[\[ ])|\A)Document\((?=(?:id|metadata|page_content)=)"),
)
_APART = re.compile(r"(?:\A|(?<=\n))[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,})[ \t]*\n+")
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
    for numbered in (_NUMBERED, _LISTED):
        starts = _counting_up(text, numbered) if _begins(text, numbered) else []
        if starts:
            return starts
    tried = (_named(text, pattern) for pattern in _STARTS)
    for starts in chain((_tagged(text),), tried):
        if len(starts) >= _LEAST_CHUNKS and starts[0] <= _FIRST_WITHIN:
            return starts
    return _set_apart(text)


def _begins(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a pattern is found near the start of a text, where the first chunk must be."""
    return pattern.search(text, 0, _FIRST_WITHIN + _LONGEST_START) is not None


def _tagged(text: str) -> list[int]:
    tags = list(_TAG.finditer(text)) if _begins(text, _TAG) else []
    return [match.start() for match in tags if match.group(1) == tags[0].group(1)]


def _named(text: str, pattern: re.Pattern[str]) -> list[int]:
    found = pattern.finditer(text) if _begins(text, pattern) else ()
    return [match.start() for match in found]


def _counting_up(text: str, pattern: re.Pattern[str]) -> list[int]:
    """Where numbers stand that count up by one."""
    starts: list[int] = []
    wanted: int | None = None
    for match in pattern.finditer(text):
        number = int(match.group(1))
        if wanted is None and (number > 1 or match.start() > _FIRST_WITHIN):
            return []
        if wanted is None or number == wanted:
            starts.append(match.start())
            wanted = number + 1
    enough = len(starts) >= _LEAST_CHUNKS
    # A list of results has addresses; any other list is a list.
    results = pattern is _NUMBERED or text.count("://") * 2 >= len(starts)
    return starts if enough and results else []


def _set_apart(text: str) -> list[int]:
    """Where chunks start that have nothing but a line of dashes between them."""
    lines = list(_APART.finditer(text))
    if len({match.group().strip() for match in lines}) > 1 or any(
        _is_title(text, match.start()) for match in lines
    ):
        return []
    if len(lines) < _LEAST_APART or not _SMALLEST_APART < len(text) / len(lines) < _LARGEST_APART:
        return []
    starts = [match.end() for match in lines if match.end() < len(text)]
    return starts if not text[: lines[0].start()].strip() else [0, *starts]


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
    numbered = content or _NUMBERED.match(text, start, end)
    return numbered.end() if numbered else start
