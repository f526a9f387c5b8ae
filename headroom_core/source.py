"""A text to compress, with the views of it that every compressor needs, each made once."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_RUN = re.compile(rb"\0\0+")
HEAD_CHARS = 16_384
HEAD_LINES = 100


class Source:
    """An immutable text that splits itself at most once.

    A compressor first looks at `head` (cheap, whatever the size), says no when the shape is not
    its own, and only then reads `lines`.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def head(self) -> list[str]:
        """The first lines, at most `HEAD_LINES`, of the first `HEAD_CHARS` characters."""
        start = self.text[:HEAD_CHARS].split("\n", HEAD_LINES)
        if len(start) > HEAD_LINES or (len(start) > 1 and len(self.text) > HEAD_CHARS):
            start.pop()  # the rest of the text, or a line that the cut may have shortened
        return start

    @cached_property
    def lines(self) -> list[str]:
        r"""The text split at every `\n`, and only there: joining them gives the text back."""
        return self.text.split("\n")

    @cached_property
    def again(self) -> list[tuple[int, int, int]]:
        """Where two or more lines follow each other whose texts all stand further up already.

        Each run is given by its first line, the one after its last, and its characters; indents do
        not count. No block of lines comes again anywhere else, so most texts are told at once.
        """
        seen: set[str] = set()
        add: Callable[[str], object] = seen.add
        texts = (line.lstrip(" \t") for line in self.lines)
        # A loop in one expression: it runs through every line of every text.
        new = bytes([not (text in seen or add(text)) for text in texts])
        lines = self.lines
        runs = (run.span() for run in _RUN.finditer(new))
        return [(start, end, sum(map(len, lines[start:end])) + end - start) for start, end in runs]

    def __len__(self) -> int:
        return len(self.text)
