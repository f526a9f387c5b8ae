"""Server-sent events, cut out of bytes that arrive in any pieces, and put back as they came."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END_OF_EVENT = re.compile(rb"(?>\r\n|\n|\r){2}")
_LINE = re.compile(rb"([^\r\n]*+)(\r\n|\n|\r|$)")
_PLAIN = re.compile(rb"(?:event:[^\r\n]*+\n)?+data: ?([^\r\n]*+)\n\n")
"""How nearly every event is written, so that its lines need not be told apart."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Frame:
    """One event: all its bytes, the blank line behind it included."""

    raw: bytes

    @property
    def data(self) -> bytes | None:
        """The data, its lines joined; `None` for a comment or an event without any."""
        if (plain := _PLAIN.fullmatch(self.raw)) is not None:
            return plain[1]
        found = [value for name, value, _ in self._lines() if name == b"data"]
        return b"\n".join(found) if found else None

    def with_data(self, data: bytes) -> bytes:
        """The event with other data. All its other lines stay as they are."""
        out: list[bytes] = []
        is_written = False
        for name, _, line in self._lines():
            if name != b"data":
                out.append(line)
            elif not is_written:
                end = line[len(line.rstrip(b"\r\n")) :] or b"\n"
                out += [b"data: " + each + end for each in data.split(b"\n")]
                is_written = True
        return b"".join(out) if _END_OF_EVENT.search(self.raw) else b"".join([*out, b"\n"])

    def _lines(self) -> list[tuple[bytes, bytes, bytes]]:
        """Name and value of each line, and the line itself with its end."""
        lines: list[tuple[bytes, bytes, bytes]] = []
        for found in _LINE.finditer(self.raw.removeprefix(_BOM)):
            name, _, value = found[1].partition(b":")
            if found[0]:
                lines.append((name, value.removeprefix(b" "), found[0]))
        return lines


class SseReader:
    """Cuts a stream into frames. Bytes that came without an end are in `rest`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take bytes in; the frames that are whole now, in order and without a byte left out."""
        self._buffer += chunk
        frames: list[Frame] = []
        start = 0
        while found := _END_OF_EVENT.search(self._buffer, max(start, self._searched)):
            raw = bytes(self._buffer[start : found.end()])
            if found.end() == len(self._buffer) and raw.endswith(b"\r") and b"\r\n" in raw:
                break  # Its last byte is on the way.
            frames.append(Frame(raw))
            start = self._searched = found.end()
        del self._buffer[:start]
        # The ends of two lines are at most four bytes, of which one is still to come.
        self._searched = max(len(self._buffer) - 3, 0)
        return frames

    def rest(self) -> Frame | None:
        """What has come of an event that was never ended, if anything; forgets it."""
        raw = bytes(self._buffer)
        self._buffer.clear()
        self._searched = 0
        return Frame(raw) if raw else None
