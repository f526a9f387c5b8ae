"""Tell running text from logs, tables, listings and code by a look at some of its lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_WINDOW = 4_096
_LEAST_WORDS = 5
_LEAST_UNSPACED = 12
_LONGEST_LOOKED_AT = 2_000
_LEAST_SHARE = 0.5
_LEAST_SHARE_OF_DOCUMENT = 0.1
_PLAIN = re.compile(r"(?:(?<=\s)|^)[(\"'“*_`]{0,3}([^\W\d_]{2,})(?=[\s,.;:!?)\"'”*_`’]|$)")
# Comments, hits of a search, log lines, keys of a configuration, rows and cells, code.
_OTHER = re.compile(
    r"\s*(?://|/\*|--|;|%|#!?(?!#)\s*\S+ \S+ \S)|\s+\* |[\w./\\-]{1,200}[:-]\d+[:-]"
    r"|\W?\d{4}-\d\d-\d\d[T ]\d|\W?\d\d:\d\d:\d\d|\s*[a-z_][\w.-]{0,60}:\s|\s*[{\[]?\"[\w$-]+\":"
    r"|[^\t\n]*\t[^\t\n]*\t|[+] ?\S|.{0,200}(?:[\w\"],[\w\"][^,]{0,80}){3}| {4}|\t|\s*[✓✔✗√]"
)
_OTHER_TEXT = re.compile(
    r"\A\s*(?:\{\s*[\"}]|\[\s*[\"{\[\]])|^(?:@@ -\d|diff --git |#!/|<\?php)", re.MULTILINE
)
_DOCUMENTS = (".md", ".markdown", ".rst", ".txt", ".adoc", ".asciidoc", ".org", ".mdx", ".tex")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def reads_like_prose(source: Source, hint: Hint) -> bool:
    """Whether much of the text at its start and in its middle stands in sentences.

    A document may hold more code and tables than a text that comes from nowhere.
    """
    path = hint.path.lower()
    if path.endswith(_DOCUMENTS):
        return prose_share(list(_looked_at(source))) >= _LEAST_SHARE_OF_DOCUMENT
    if "." in path.rpartition("/")[2] or _OTHER_TEXT.search("\n".join(source.head)):
        return False
    return prose_share(list(_looked_at(source))) >= _LEAST_SHARE


def prose_share(lines: Sequence[str]) -> float:
    """The share of the characters that stand in lines which read like sentences."""
    total = sentences = 0
    for line in lines:
        start = line[:_LONGEST_LOOKED_AT]
        size = len(start) - start.count(" ")
        total += size
        if _is_sentence(start, size):
            sentences += size
    return sentences / total if total else 0.0


def _looked_at(source: Source) -> Iterator[str]:
    text = source.text
    middle = len(text) // 2
    yield from source.head
    if len(text) > 4 * _WINDOW:
        yield from text[middle : middle + _WINDOW].split("\n")[1:-1]


def _is_sentence(line: str, size: int) -> bool:
    if _OTHER.match(line):
        return False
    words = _PLAIN.findall(line)
    if len(words) >= _LEAST_WORDS and sum(map(len, words)) * 2 >= size:
        return True
    unspaced = len(_UNSPACED.findall(line))
    return unspaced >= _LEAST_UNSPACED and unspaced * 3 >= size
