"""Shorten stack traces: what was raised and the user's own frames, without those of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, View
from headroom_core.compressors.traces.frames import is_frame
from headroom_core.compressors.traces.view import view_of

if TYPE_CHECKING:
    from headroom_core.compressors.base import Hint
    from headroom_core.source import Source

_LEAST_FRAMES = 4
_SHARE_OF_FRAMES = 0.2


class StackTrace(Compressor):
    """Traces of Python, Java, JavaScript, Go, Rust and native programs.

    There is a view only: the templates of logs are the shortest lossless form of frames too.
    """

    name = "trace"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        if not any(map(is_frame, source.head)):
            return None
        frames = sum(map(is_frame, source.lines))
        if frames < max(_LEAST_FRAMES, _SHARE_OF_FRAMES * len(source.lines)):
            return None
        return view_of(source.lines, hint, room)
