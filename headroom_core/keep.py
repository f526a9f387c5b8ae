"""What the caller says must stay visible, whatever a view would drop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import re2

from headroom_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class KeepRules:
    """Regular expressions whose matching lines stay in every view, on a linear-time engine."""

    patterns: tuple[str, ...] = ()
    _compiled: tuple[re2._Regexp[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", tuple(map(_compile, self.patterns)))

    def matches(self, line: str) -> bool:
        """Whether a line, row or sentence must stay."""
        return any(pattern.search(line) for pattern in self._compiled)

    def missing(self, lines: Sequence[str], visible: str) -> list[str]:
        """The matched texts of `lines` that `visible` does not hold."""
        found = (m.group() for line in lines for p in self._compiled for m in p.finditer(line))
        return [text for text in dict.fromkeys(found) if text not in visible]


def _compile(pattern: str) -> re2._Regexp[str]:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as exc:
        raise ConfigError(
            f"`must_keep` cannot use {pattern!r}: {exc}; look-around and back-references are not"
            " supported, since they are not linear"
        ) from exc
