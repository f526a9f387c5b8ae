"""The files of a diff with their hunks, and which of them a question is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_core.compressors.diffs.patch import Header, Hunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.compressors.diffs.patch import Part

_GENERATED = re.compile(
    r"(?:^|/)(?:[\w.-]*[-.]lock(?:\.json|\.ya?ml)?|\w+\.lock|go\.sum|npm-shrinkwrap\.json)$"
    r"|\.(?:min\.js|min\.css|map|snap|svg|pb\.go)$|_pb2\.py$|(?:^|/)(?:dist|vendor|generated)/"
)
_SIDE = re.compile(r"(?:^|/)(?:tests?|docs?|examples?)/|(?:^|[/_.-])tests?[_.]|\.(?:md|rst|txt)$")
_WORD = re.compile(r"[^\s`'\"()\[\],;]+")
_SECTION_CHARS = 50
"""How much of what stands behind `@@` a question must repeat to name the hunk."""


@dataclass(slots=True)
class File:
    """A file of a diff."""

    path: str
    kind: str = ""
    """` new`, ` deleted`, ` binary`, ` from OLD` or nothing."""
    hunks: list[Hunk] = field(default_factory=list[Hunk])
    added: int = 0
    removed: int = 0

    @property
    def share(self) -> float:
        """How much its changes are worth beside those of others."""
        if _GENERATED.search(self.path):
            return 0.0
        return 0.5 if _SIDE.search(self.path) else 1.0

    def head(self) -> str:
        """Its line in a view."""
        return f"diff {self.path}{self.kind} +{self.added} -{self.removed}"


def sections_of(lines: Sequence[str], parts: Sequence[Part]) -> list[int | File]:
    """The diff as its files and the lines around them, these by index, in order."""
    found: list[int | File] = []
    file: File | None = None
    named = "?"
    for part in parts:
        match part:
            case Header():
                file = _file(lines[part.start : part.end])
                found.append(file)
            case Hunk():
                if file is None:
                    file = File(named)
                    found.append(file)
                file.hunks.append(part)
                for line in lines[part.start + 1 : part.end]:
                    file.added += line.startswith("+")
                    file.removed += line.startswith("-")
            case _:
                file = None
                found.extend(range(part.start, part.end))
                if lines[part.end - 1].startswith("+++ "):
                    named = lines[part.end - 1][4:].split("\t")[0]
    return found


def _file(header: Sequence[str]) -> File:
    kind = old = ""
    both = header[0].removeprefix("diff --git a/")
    path = both[: (len(both) - 3) // 2]
    for line in header:
        if line.startswith(("new file", "deleted file")):
            kind = f" {line.split(' ')[0]}"
        elif line.startswith("Binary files "):
            kind += " binary"
        elif line.startswith("rename from "):
            old = line.removeprefix("rename from ")
        elif line.startswith("rename to "):
            path, kind = line.removeprefix("rename to "), f" from {old}"
    return File(path, kind)


def asked_hunks(files: Sequence[File], query: str) -> set[int]:
    """Where the hunks start that a question names: by file and `@@` text, or by one of them."""
    words = {word.strip(".:?!") for word in _WORD.findall(query)}
    asked = [file for file in files if _is_named(file.path, words)]
    hunks = [hunk for file in asked or files for hunk in file.hunks]
    named = {hunk.start for hunk in hunks if _section_named(hunk, query)}
    return named or {hunk.start for file in asked for hunk in file.hunks}


def _is_named(path: str, words: set[str]) -> bool:
    return path in words or ("." in path and path.rsplit("/", 1)[-1] in words)


def _section_named(hunk: Hunk, query: str) -> bool:
    section = hunk.section.strip()[:_SECTION_CHARS]
    return len(section) > 3 and section in query
