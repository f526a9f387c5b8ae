"""A text to compress, with the views of it that every compressor needs, each made once."""

from __future__ import annotations

from functools import cached_property

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

    def __len__(self) -> int:
        return len(self.text)
