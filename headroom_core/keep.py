"""What the caller says must stay visible, whatever a view would drop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import re2

from headroom_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class _Match(Protocol):
    def group(self) -> str: ...


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
    _compiled: tuple[_Regexp, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = (rf"(?i)\b{re.escape(word)}\b" for word in self.severities)
        object.__setattr__(self, "_compiled", tuple(map(_compile, (*self.patterns, *words))))

    def __bool__(self) -> bool:
        return bool(self._compiled)

    def matches(self, line: str) -> bool:
        """Whether a line, row or sentence must stay."""
        return any(pattern.search(line) for pattern in self._compiled)

    def missing(self, lines: Sequence[str], visible: str) -> list[str]:
        """The matched texts of `lines` that `visible` does not hold."""
        found = (m.group() for line in lines for p in self._compiled for m in p.finditer(line))
        return [text for text in dict.fromkeys(found) if text not in visible]


def _compile(pattern: str) -> _Regexp:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as exc:
        raise ConfigError(
            f"`must_keep` cannot use {pattern!r}: {exc.args[0]!r}; look-around and"
            " back-references are not supported, since they are not linear"
        ) from exc
