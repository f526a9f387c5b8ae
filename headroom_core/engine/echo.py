"""The question once more, in one line of ours at the end of a long view: off unless asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_core.frame import MARK

if TYPE_CHECKING:
    from headroom_core.engine.views import Shown
    from headroom_core.tokens import TokenCounter

LEAST_ECHOED = 400
"""A view of fewer tokens needs no reminder of what was asked."""
_LONGEST = 280
_BRACKETS = str.maketrans("[]", "()")


def echo_of(query: str) -> str:
    """The line that repeats a question, or nothing where none was asked.

    A source line that begins like it is escaped in every view, so it can only be ours.
    """
    asked = " ".join(query.split()).translate(_BRACKETS)
    if len(asked) > _LONGEST:
        asked = f"{asked[: _LONGEST // 2]}…{asked[-_LONGEST // 2 :]}"
    return f"{MARK}asked: {asked}]" if asked else ""


def with_echo(shown: Shown, echo: str, counter: TokenCounter) -> Shown:
    """The view with the line at its end, counted."""
    body = shown.view.body
    newline = "\n" if body.endswith("\n") else ""
    body = f"{body.removesuffix(newline)}\n{echo}{newline}"
    return replace(shown, view=replace(shown.view, body=body), tokens=counter.count(body))
