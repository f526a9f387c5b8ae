"""What the caller says must stay visible, whatever a view would drop."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import re2

from headroom_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# The engine takes text that has a UTF-8 form only; a sign of the same length stands for the rest.
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Match(Protocol):
    def span(self, group: int = 0) -> tuple[int, int]: ...


class _Regexp(Protocol):
    """What is used of a compiled pattern; the library's own class is private to it."""

    def search(self, text: str, /) -> object | None: ...
    def finditer(self, text: str, /) -> Iterator[_Match]: ...


@dataclass(frozen=True, slots=True)
class KeepRules:
    """Lines that stay in every view: by regular expression or by a further severity word.

    Patterns run on a linear-time engine, so no rule can hang a request.
    """

    patterns: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    _compiled: tuple[tuple[_Regexp, int], ...] = field(init=False, repr=False, compare=False)
    """Each expression, and which of its groups is the text that must stay."""

    def __post_init__(self) -> None:
        # The edges are spelled out, since `\b` knows words of ASCII letters only.
        words = [
            rf"(?i)(?:^|[^\pL\pN_])({re.escape(word)})(?:[^\pL\pN_]|$)" for word in self.severities
        ]
        compiled = [(_compile(pattern), 0) for pattern in self.patterns]
        compiled += [(_compile(word), 1) for word in words]
        object.__setattr__(self, "_compiled", tuple(compiled))

    def __bool__(self) -> bool:
        return bool(self._compiled)

    def matches(self, line: str) -> bool:
        """Whether a line, row or sentence must stay."""
        text = _encodable(line)
        return any(pattern.search(text) for pattern, _ in self._compiled)

    def missing(self, lines: Sequence[str], visible: str) -> list[str]:
        """The matched texts that fewer lines of `visible` hold than different ones of `lines`.

        Equal lines may be shown once. A row may be written otherwise than the line it comes from,
        so it is what was matched that counts, and not the whole line.
        """
        wanted = self._matched(dict.fromkeys(lines))
        shown = self._matched(visible.split("\n"))
        return [text for text, count in wanted.items() if shown[text] < count]

    def _matched(self, lines: Iterable[str]) -> Counter[str]:
        """Each text that was matched, with the number of lines that it was matched in."""
        found: Counter[str] = Counter()
        for line in lines:
            text = _encodable(line)
            spans = [m.span(n) for p, n in self._compiled for m in p.finditer(text)]
            found.update({line[start:end] for start, end in spans})
        return found


def _encodable(line: str) -> str:
    return line if line.isascii() else _SURROGATE.sub("\ufffd", line)


def _compile(pattern: str) -> _Regexp:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(_encodable(pattern), options)
    except re2.error as exc:
        raise ConfigError(
            f"`must_keep` cannot use {pattern!r}: {exc.args[0]!r}; look-around and"
            " back-references are not supported, since they are not linear"
        ) from exc
