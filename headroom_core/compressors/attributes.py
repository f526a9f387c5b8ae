"""`Attributes`: long attributes of HTML and XML that come again are written once and named."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from headroom_core.compressors.base import MAX_DECODED_CHARS, Compressor, Encoded
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_LEGEND = "in tags, {n} stands for the text in {n:text} before it"
_TAG = re.compile(r"<[A-Za-z][\w:.-]*\s([^<>{}]{16,}?)\s?/?>")
_VALUE = re.compile(r"""=("[^"<>{}]{16,}"|'[^'<>{}]{16,}')""")
_OURS = re.compile(r"\{[0-9]")
_NAMED = re.compile(r"\{([0-9]{1,6}):([^{}]*)\}|\{([0-9]{1,6})\}")
_LEAST_TAGS = 20
_LEAST_GAIN = 0.04
_REFERENCE_CHARS = 6
_DEFINITION_CHARS = 5


class Attributes(Compressor):
    """All attributes of a tag, or else single values, that stand in an earlier tag already."""

    name = "attributes"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        del hint
        text = source.text
        if text[:200].lstrip()[:1] != "<" or text.count("<", 0, 100_000) < _LEAST_TAGS:
            return None
        if _OURS.search(text):
            return None
        body = _Names(text).written()
        gain = len(text) - len(body) - len(_LEGEND)
        return Encoded(_LEGEND, body) if gain > _LEAST_GAIN * len(text) else None

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        del context
        if legend != _LEGEND:
            raise DecodeError(f"`{self.name}` does not know the legend {legend!r}")
        known: dict[str, str] = {}
        left = MAX_DECODED_CHARS

        def text_of(match: re.Match[str]) -> str:
            nonlocal left
            if match[1]:
                known[match[1]] = match[2]
                return match[2]
            text = known.get(match[3])
            left -= len(text or "")
            if text is None or left < 0:
                raise DecodeError(f"{match[0]} is unknown, or unfolds too far")
            return text

        return _NAMED.sub(text_of, body)


class _Names:
    """The texts of one document that are worth a name, in the order in which they come."""

    def __init__(self, text: str) -> None:
        self._text = text
        wholes = [match[1] for match in _TAG.finditer(text)]
        self._worth = _worthwhile(Counter(wholes))
        values = (
            value for whole in wholes if whole not in self._worth for value in _VALUE.findall(whole)
        )
        self._worth |= _worthwhile(Counter(values))
        self._names: dict[str, int] = {}

    def written(self) -> str:
        """The text with names."""
        return _TAG.sub(self._tag, self._text) if self._worth else self._text

    def _tag(self, match: re.Match[str]) -> str:
        whole = match[1]
        start, end = match.start(1) - match.start(), match.end(1) - match.start()
        named = self._named(whole) if whole in self._worth else _VALUE.sub(self._value, whole)
        return f"{match[0][:start]}{named}{match[0][end:]}"

    def _value(self, match: re.Match[str]) -> str:
        return f"={self._named(match[1])}" if match[1] in self._worth else match[0]

    def _named(self, text: str) -> str:
        name = self._names.get(text)
        if name is not None:
            return f"{{{name}}}"
        name = self._names[text] = len(self._names) + 1
        return f"{{{name}:{text}}}"


def _worthwhile(counts: Counter[str]) -> set[str]:
    """The texts whose names take less than their repetitions."""
    return {
        text
        for text, count in counts.items()
        if (count - 1) * (len(text) - _REFERENCE_CHARS) > _DEFINITION_CHARS + _REFERENCE_CHARS
    }
