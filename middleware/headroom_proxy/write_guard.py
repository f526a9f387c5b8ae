"""Keep our notes and forms out of what a model writes: it gets the original into its arguments.

A model that was shown `[headroom REF: 6 of 100 rows shown; …]` may write it into a file. Where the
arguments of a call hold a view from its note to its end, the original takes its place. Where they
hold a note and something else, nobody can tell what was meant: the call passes, and is counted.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from headroom_core.conversations import decode_messages
from headroom_core.errors import HeadroomError
from headroom_core.fail_open import fail_open
from headroom_core.formats import codec_for
from headroom_core.formats.wire import is_array, is_object
from headroom_core.frame import MARK
from headroom_core.messages import Text, ToolResult
from headroom_core.notes import find_notes, note_of
from headroom_core.segments import split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.store.base import Store

_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)


class WriteGuard:
    """Mends the arguments of tool calls in one response."""

    def __init__(
        self, messages: Sequence[object], store: Store, tell: Callable[[str], object]
    ) -> None:
        """`messages` are those that the model was sent; `tell` hears `repaired` and `left`."""
        self.outcome: str = ""
        """What became of the calls so far: nothing, `repaired`, or `left` if one of them was."""
        self._messages = messages
        self._store = store
        self._tell = tell
        self._shown: dict[str, str] | None = None
        self._mended: dict[str, str] = {}

    def mend(self, text: str) -> str:
        """A text with the originals in place of the views and forms that it quotes whole."""
        if text in self._mended:  # a stream says everything again when it ends
            return self._mended[text]
        out = text
        for shown, original in self._pairs().items():
            if shown in out:
                out = out.replace(shown, original)
                self._note("repaired")
        if out == text and find_notes(text):
            self._note("left")
        self._mended[text] = out
        return out

    def mend_json(self, arguments: str) -> str:
        """Arguments as JSON text, mended in their strings; all else stays as it is.

        Nothing changes in front of the first mark of ours: what stands there may be sent already.
        """
        if MARK not in arguments:
            return arguments
        with fail_open("write guard"):
            return _STRING.sub(lambda found: f'"{self._literal(found[1])}"', arguments)
        return arguments

    def mend_value(self, value: object) -> object:
        """Arguments as an object, mended; the same object where there was nothing to mend."""
        if isinstance(value, str):
            return self.mend(value) if MARK in value else value
        if is_array(value):
            mended = [self.mend_value(each) for each in value]
            return mended if any(a is not b for a, b in zip(mended, value, strict=True)) else value
        if is_object(value):
            new = {key: self.mend_value(each) for key, each in value.items()}
            return new if any(new[key] is not value[key] for key in value) else value
        return value

    def _note(self, outcome: str) -> None:
        self.outcome = worst(self.outcome, outcome)
        self._tell(outcome)

    def _literal(self, raw: str) -> str:
        at = raw.find(MARK)
        if at < 0:
            return raw
        try:
            text: object = json.loads(f'"{raw[at:]}"', strict=False)
        except ValueError:
            return raw
        assert isinstance(text, str)  # noqa: S101 - a JSON string
        mended = self.mend(text)
        return raw if mended == text else raw[:at] + json.dumps(mended)[1:-1]

    def _pairs(self) -> dict[str, str]:
        """What the model was shown of our making, and the original of each; the longest first."""
        if self._shown is None:
            found: dict[str, str] = {}
            decoded = decode_messages(self._messages)
            for native, plain in zip(self._messages, decoded, strict=True):
                for text, original in zip(_texts(native), _texts(plain), strict=True):
                    found |= self._views(text)
                    if original != text:
                        found[text] = original
            longest = sorted(found.items(), key=lambda pair: -len(pair[0]))
            self._shown = dict(longest)
        return self._shown

    def _views(self, text: str) -> dict[str, str]:
        views: dict[str, str] = {}
        for segment in split(text) if MARK in text else ():
            note = note_of(segment.text)
            original = self._original(note.ref) if note is not None else None
            if original is not None:
                views[segment.text.rstrip("\n")] = original.rstrip("\n")
        return views

    def _original(self, ref: str) -> str | None:
        try:
            return self._store.get(ref)
        except HeadroomError:
            return None


def worst(one: str, other: str) -> str:
    """What is said of two calls together."""
    return "left" if "left" in {one, other} else other


def _texts(native: object) -> list[str]:
    """The texts that may have been shortened. The parts are the same before and after."""
    parts = codec_for(native).parse(native).parts
    return [part.text for part in parts if isinstance(part, (Text, ToolResult))]
