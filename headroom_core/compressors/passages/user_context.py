"""Find in a user's message what was pasted into it: documents, files, results, data, logs.

The question and the instructions around it are never touched, so in doubt a line is the user's.
"""

from __future__ import annotations

import re
from itertools import accumulate
from json import JSONDecoder
from typing import TYPE_CHECKING

from headroom_core.compressors.logs.sections import has_clock
from headroom_core.compressors.passages.chunk_text import find_chunks
from headroom_core.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_core.compressors.passages.sentences import Span

LEAST_CHARS = 400
"""What is shorter stays as it is: the user may have written it."""
_LEAST_LOG_LINES = 12
_MOST_JSON_TRIES = 40
_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[^`\n]*\n", re.MULTILINE)
_PASTED = (
    "documents?|docs?|context|files?|file_contents?|sources?|search_results?|results?|chunks?"
    "|passages?|attachments?|articles?|pages?|data|logs?|outputs?|tool_results?|transcripts?"
    "|emails?|snippets?|knowledge|references?|retrieved\\w*|web_results?|code|content|paste[sd]?"
)
_TAG = re.compile(rf"^[ \t]{{0,8}}<({_PASTED})(?:[ \t][^<>\n]{{0,400}})?>[ \t]*\n", re.MULTILINE)
_ASKS = re.compile(
    r"(?:\A|(?<=\n\n))[ \t]*\W{0,3}(?:question|query|task|instructions?|request|user|human|note"
    r"|answer|please|based on|using|given|according|now|what|who|when|where|why|how|which|is|are"
    r"|do|does|can|could|问题|请|根据|frage|pregunta|вопрос)\b",
    re.IGNORECASE,
)
_JSON_START = re.compile(r"^(?=[{\[]\s*[\"{\[\]}\d])", re.MULTILINE)
_FILE_TAG = re.compile(rf"[ \t]{{0,8}}<({_PASTED})(?=[ \t>])")
_FILES = frozenset("file files file_content file_contents code".split())
_PATH = re.compile(
    r"\b(?:path|file|filename|file_path|name|src|source)=[\"']([^\"'\n]{1,300}\.\w{1,12})[\"']"
)
_FENCED_FILE = re.compile(r"[ \t]{0,3}(?:`{3,}|~{3,})[ \t]*([\w./+#\\-]{1,300})")
_NO_FILES = frozenset(
    "text txt plain plaintext log logs output console terminal shell-session sh-session session"
    " json jsonl ndjson csv tsv http diff patch markdown md html traceback stacktrace".split()
)
_decode = JSONDecoder().raw_decode


def user_blocks(text: str) -> list[Segment]:
    """Cut a message into what the user wrote (`wrapper`) and what was pasted into it.

    The segments are whole lines, and joined they are the text.
    """
    spans = _apart(sorted([*_fenced(text), *_tagged(text), *_json(text), *_logs(text)]))
    segments: list[Segment] = []
    at = 0
    for start, end in spans or _chunks(text):
        if at < start:
            segments.append(Segment(text[at:start], wrapper=True))
        segments.append(Segment(text[start:end]))
        at = end
    if at < len(text) or not segments:
        segments.append(Segment(text[at:], wrapper=True))
    return segments


def named_file(before: str) -> str | None:
    """The path of the file that a block holds, by the tag or the fence that opens it.

    Empty for a file without a name, and `None` for what is no file.
    """
    line = before.rstrip("\n").rpartition("\n")[2]
    if tag := _FILE_TAG.match(line):
        path = _PATH.search(line)
        named = tag.group(1) in _FILES
        return path.group(1) if path else "" if named else None
    fence = _FENCED_FILE.match(line)
    if fence is None or fence.group(1).lower() in _NO_FILES:
        return None
    return fence.group(1) if "." in fence.group(1) else ""


def _apart(spans: list[Span]) -> list[Span]:
    """The spans that are long enough and do not lie within an earlier one."""
    kept: list[Span] = []
    for start, end in spans:
        if end - start >= LEAST_CHARS and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return kept


def _fenced(text: str) -> Iterator[Span]:
    """What stands between two fences; the fences stay."""
    at = 0
    while opens := _FENCE.search(text, at):
        closes = text.find(f"\n{opens.group(1)}", opens.end() - 1)
        if closes < 0:
            return
        yield opens.end(), closes + 1
        newline = text.find("\n", closes + 1)
        at = len(text) if newline < 0 else newline + 1


def _tagged(text: str) -> Iterator[Span]:
    """What stands in a tag; of several in a row, the tags too: they tell where each comes from."""
    at = 0
    never: set[str] = set()
    while opens := _TAG.search(text, at):
        closing = f"</{opens.group(1)}>"
        closes = -1 if closing in never else text.find(f"\n{closing}", opens.end() - 1)
        if closes < 0:
            # Sought once only, or many open tags would make the work grow with their square.
            never.add(closing)
            at = opens.end()
            continue
        start, end = opens.end(), closes + 1
        at = _line_end(text, end)
        while following := _TAG.match(text, at):
            more = text.find(f"\n{closing}", following.end() - 1)
            if following.group(1) != opens.group(1) or more < 0:
                break
            start, at = opens.start(), _line_end(text, more + 1)
            end = at
        yield start, end


def _json(text: str) -> Iterator[Span]:
    """JSON that starts and ends with a line."""
    at = failed = 0
    for opens in _JSON_START.finditer(text):
        if opens.start() < at:
            continue
        if failed == _MOST_JSON_TRIES:
            return
        try:
            _, end = _decode(text, opens.start())
        except (ValueError, RecursionError):
            failed += 1
            continue
        line_end = _line_end(text, end)
        if not text[end:line_end].strip():
            yield opens.start(), line_end
            at = line_end


def _logs(text: str) -> Iterator[Span]:
    """Many lines in a row with a time, and what is indented below them."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    first: int | None = None
    timed = last = 0
    for number, line in enumerate([*lines, ""]):
        if line and has_clock(line):
            first, timed = (number, 1) if first is None else (first, timed + 1)
            last = number
        elif first is not None and line[:1] in {" ", "\t"}:
            last = number
        elif first is not None:
            if timed >= _LEAST_LOG_LINES:
                yield starts[first], min(len(text), starts[last + 1])
            first = None


def _chunks(text: str) -> list[Span]:
    """Chunks without fences or tags, up to the paragraph that asks, or else to the last one."""
    chunks = find_chunks(text)
    if not chunks:
        return []
    start, last = chunks[0].start, chunks[-1].start
    asks = _ASKS.search(text, last + 1)
    paragraph = text.rfind("\n\n", last) + 2
    end = asks.start() if asks else max(paragraph, last)
    return [(start, end)] if end - start >= LEAST_CHARS else []


def _line_end(text: str, at: int) -> int:
    newline = text.find("\n", at)
    return len(text) if newline < 0 else newline + 1
