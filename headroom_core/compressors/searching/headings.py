"""File headings: a folder line once, bare names below it, full paths where that is shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKED = "> "
TOP = "./"
ODD_START = frozenset("0123456789 -|>")
"""A heading that starts with one of these could be taken for a line of a file."""


def root_of(paths: Sequence[str]) -> str:
    """The start that all paths share and that goes without saying: `./`, or a rooted folder."""
    first, last = min(paths), max(paths)
    pairs = enumerate(zip(first, last, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), len(first))
    root = first[: first.rfind("/", 0, min(same, len(first) - 1)) + 1]
    if root.startswith(TOP):
        return TOP
    return root if root.startswith("/") and len(root) > 1 and not {*root} & {*"];\r"} else ""


def write_headings(paths: Sequence[str]) -> list[list[str]]:
    """The heading lines for each path of a sequence in which neighbours differ."""
    folders = [path[: path.rfind("/") + 1] for path in paths]
    folder = ""
    headings: list[list[str]] = []
    for index, (path, own) in enumerate(zip(paths, folders, strict=True)):
        lines: list[str] = []
        if own != folder and (not own or own in folders[index + 1 : index + 2]) and _plain(own):
            lines.append(own or TOP)
            folder = own
        name = path[len(own) :]
        lines.append(_marked(name if own == folder and name else path))
        headings.append(lines)
    return headings


def _plain(folder: str) -> bool:
    return folder != TOP and folder[:1] not in ODD_START


def _marked(line: str) -> str:
    """Mark a file heading that could be read as something else."""
    return f"{MARKED}{line}" if line[0] in ODD_START or line.endswith("/") else line


class Headings:
    """Reads heading lines back: `read` gives the path of a file, or `None` for a folder line."""

    def __init__(self) -> None:
        self._folder = ""

    def read(self, line: str) -> str | None:
        """Take one heading line."""
        marked = line.startswith(MARKED)
        name = line[len(MARKED) :] if marked else line
        if name.endswith("/") and not marked:
            self._folder = "" if name == TOP else name
            return None
        return name if "/" in name else self._folder + name
