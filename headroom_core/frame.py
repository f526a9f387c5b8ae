r"""The frame around our forms: how a reader, and our decoder, tells a form from plain text.

A form is a header line and exactly as many lines as the header says:

    [headroom runs, 3 lines: "LINE (xN)" stands for N equal lines in a row]
    starting
    retrying (x40)
    done

A text of several segments starts with a `mixed` header; forms and plain lines follow in source
order. A source line that looks like one of our headers gets a `\` in front, so no source text can
pass for a form of ours inside one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from headroom_core.compressors.base import Encoded

MARK = "[headroom "
MIXED = (
    "[headroom mixed: compact blocks start with a [headroom line that says how to read them;"
    " all other lines are as they were]"
)
_HEADER = re.compile(r"\[headroom ([a-z][a-z_]*\d?), (\d{1,9}) lines?: ([^\]\n]*)\]")
_LOOKS_LIKE_HEADER = re.compile(r"^(?=\\*\[headroom )", re.MULTILINE)
_ESCAPED = re.compile(r"^\\(?=\\*\[headroom )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    """What a form's first line says."""

    name: str
    lines: int
    legend: str


def header_of(text: str, at: int = 0) -> Header | None:
    """Read the form header that starts at `at`, or return `None`."""
    match = _HEADER.match(text, at) if text.startswith(MARK, at) else None
    if match is None or not text.startswith("\n", match.end()):
        return None
    return Header(match[1], int(match[2]), match[3])


def starts_with_form(text: str) -> bool:
    """Whether `text` is one of our forms from its first line on."""
    return text.startswith(f"{MIXED}\n") or header_of(text) is not None


def frame(name: str, encoded: Encoded) -> str:
    """Write a form: its header and its body."""
    if "]" in encoded.legend or "\n" in encoded.legend:
        raise ValueError(f"the legend of `{name}` would end its header: {encoded.legend!r}")
    body = escape(encoded.body)
    count = body.count("\n") + 1
    plural = "line" if count == 1 else "lines"
    return f"{MARK}{name}, {count} {plural}: {encoded.legend}]\n{body}"


def mix(blocks: Iterable[tuple[str, str | None]]) -> str:
    r"""Join segments, given as (source text, its form without the final newline, or `None`).

    Every source text but the last one ends with `\n`.
    """
    out = [MIXED, "\n"]
    for text, form in blocks:
        if form is None:
            out.append(escape(text))
        else:
            out.append(form)
            out.append("\n" if text.endswith("\n") else "")
    return "".join(out)


def escape(text: str) -> str:
    r"""Put a `\` before every line that looks like a header of ours."""
    return _LOOKS_LIKE_HEADER.sub(r"\\", text) if MARK in text else text


def unescape(text: str) -> str:
    """Undo `escape`."""
    return _ESCAPED.sub("", text) if MARK in text else text


def unframe(text: str, decode: Callable[[Header, str], str]) -> str:
    """Decode a text of ours, whole or mixed; give any other text back as it is."""
    if text.startswith(f"{MIXED}\n"):
        return "".join(_decode_mixed(text, len(MIXED) + 1, decode))
    header = header_of(text)
    if header is None:
        return text
    decoded, end = _decode_block(text, 0, header, decode)
    if end < len(text):
        raise DecodeError(f"`{header.name}` announces {header.lines} lines, but there are more")
    return decoded


def _decode_mixed(text: str, at: int, decode: Callable[[Header, str], str]) -> Iterator[str]:
    plain_from = at
    while at < len(text):
        header = header_of(text, at)
        if header is None:
            newline = text.find("\n", at)
            at = len(text) if newline < 0 else newline + 1
            continue
        yield unescape(text[plain_from:at])
        decoded, at = _decode_block(text, at, header, decode)
        yield decoded
        plain_from = at
    yield unescape(text[plain_from:])


def _decode_block(
    text: str, at: int, header: Header, decode: Callable[[Header, str], str]
) -> tuple[str, int]:
    """Decode the form at `at`; return its text, with its newline, and where the form ends."""
    start = text.index("\n", at) + 1
    end = start - 1
    for _ in range(header.lines):
        if end >= len(text):
            raise DecodeError(f"`{header.name}` announces {header.lines} lines, but some are gone")
        newline = text.find("\n", end + 1)
        end = len(text) if newline < 0 else newline
    decoded = decode(header, unescape(text[start:end]))
    if end < len(text):
        decoded += "\n"  # in place: nobody else has it
        end += 1
    return decoded, end
