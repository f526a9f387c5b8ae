"""The header of a file in a diff on one line, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDED = re.compile(r"diff (?!-)")
_HASH = r"[0-9a-f]{4,64}"
_HASHES = rf"({_HASH})\.\.({_HASH})(?: (\d{{6}}))?"
_CHANGED = re.compile(rf"diff (?!-)(.+) {_HASHES}( no hunks)?", re.DOTALL)
_MADE = re.compile(rf"diff (?!-)(.+) (new|deleted) (\d{{6}}) ({_HASH})( no hunks)?", re.DOTALL)
_MOVED = re.compile(rf"diff (?!-)(.+) => (.+) (\d{{1,3}})%(?: {_HASHES})?", re.DOTALL)
_INDEX = re.compile(rf"index {_HASHES}")
_USUAL_MODE = "100644"


def fold(lines: Sequence[str]) -> str | None:
    """The header on one line, when that line gives the header back."""
    line = _folded(lines)
    return line if line and _unfolded(line) == list(lines) else None


def unfold(line: str) -> list[str]:
    """The lines of a header that `fold` wrote."""
    lines = _unfolded(line)
    if lines is None:
        raise DecodeError("`diff` has a file header that is none")
    return lines


def path_of(line: str) -> str:
    """The file that a folded header is about, by its new name."""
    if match := _MOVED.fullmatch(line):
        return match[2]
    match = _MADE.fullmatch(line) or _CHANGED.fullmatch(line)
    return match[1] if match else ""


def _folded(lines: Sequence[str]) -> str | None:
    fields = {key: value for line in lines[1:] for key, value in [_field(line)]}
    index = next((match for line in lines if (match := _INDEX.fullmatch(line))), None)
    end = "" if "+++" in fields else " no hunks"
    hashes = ""
    if index:
        mode = index[3] if index[3] != _USUAL_MODE else ""
        hashes = f" {index[1]}..{index[2]}" + (f" {mode}" if mode else "")
    if "rename from" in fields:
        share = fields.get("similarity index", "")
        return f"diff {fields['rename from']} => {fields.get('rename to')} {share}{hashes}"
    both = lines[0].removeprefix("diff --git a/")
    path = both[: (len(both) - 3) // 2]
    if index and "new file mode" in fields:
        return f"diff {path} new {fields['new file mode']} {index[2]}{end}"
    if index and "deleted file mode" in fields:
        return f"diff {path} deleted {fields['deleted file mode']} {index[1]}{end}"
    return f"diff {path}{hashes}{end}"


def _field(line: str) -> tuple[str, str]:
    """What a header line says, by name: the value is its last word, or a path."""
    if line.startswith("rename "):
        words = line.split(" ", 2)
        return f"rename {words[1]}", words[-1]
    key, _, value = line.rpartition(" ")
    return (line[:3], "") if line.startswith(("+++", "---")) else (key, value)


def _unfolded(line: str) -> list[str] | None:
    if match := _MOVED.fullmatch(line):
        old, new, share, *index = match.groups()
        lines = [f"diff --git a/{old} b/{new}", f"similarity index {share}%"]
        lines += [f"rename from {old}", f"rename to {new}"]
        return lines + ([_index(*index), *_sides(old, new)] if index[0] else [])
    if match := _MADE.fullmatch(line):
        path, kind, mode, own, bare = match.groups()
        none = "0" * len(own)
        made = kind == "new"
        lines = [f"diff --git a/{path} b/{path}", f"{kind} file mode {mode}"]
        lines.append(f"index {none}..{own}" if made else f"index {own}..{none}")
        return lines if bare else lines + _sides(None if made else path, path if made else None)
    if match := _CHANGED.fullmatch(line):
        path, *index, bare = match.groups()
        lines = [f"diff --git a/{path} b/{path}", _index(*index)]
        return lines if bare else lines + _sides(path, path)
    return None


def _index(old: str, new: str, mode: str | None) -> str:
    return f"index {old}..{new} {mode or _USUAL_MODE}"


def _sides(old: str | None, new: str | None) -> list[str]:
    return [_side("---", "a", old), _side("+++", "b", new)]


def _side(mark: str, prefix: str, path: str | None) -> str:
    if path is None:
        return f"{mark} /dev/null"
    return f"{mark} {prefix}/{path}" + ("\t" if " " in path else "")
