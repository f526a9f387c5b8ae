"""Take a terminal's colours, cursor moves and overwritten progress out of a view."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, View

if TYPE_CHECKING:
    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

# CSI sequences, OSC sequences (titles, links) and the short escapes; each part is bounded.
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)"
    r"|[()][0-9A-B]|[=>78M])"
)


class TerminalNoise(Compressor):
    """The text as a terminal would show it in the end: no colours, last state of progress."""

    name = "terminal"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        del hint, room
        if "\x1b" not in source.text and "\r" not in source.text:
            return None
        body = "\n".join(map(_last_state, _ESCAPE.sub("", source.text).split("\n")))
        if body == source.text.replace("\r\n", "\n"):
            return None
        total = body.count("\n") + 1
        return View(body, "lines", total, total, "without colours and overwritten progress")


def _last_state(line: str) -> str:
    """The last of the states that carriage returns made a line go through."""
    if "\r" not in line:
        return line
    states = [state for state in line.split("\r") if state]
    if not states:
        return ""
    return states[-1]
