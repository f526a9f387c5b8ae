"""Paths written relative to a folder line: `name`, `.`, `..`, and `FOLDER/.` to go down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_CLIMB = 1024
TOP = "./"
"""The folder line for names without a folder, in a text where no path starts with it."""


def parent_of(path: str) -> str | None:
    """The folder of a path, without its last `/`; `None` when it has none."""
    at = path.rfind("/")
    return None if at < 0 else path[:at]


def fits(path: str, *, dotted: bool) -> bool:
    """Whether a path can be told from the names that the form gives a meaning."""
    if "/" not in path:
        return bool(path) and path != ".." and (path == ".") == dotted
    return path[path.rfind("/") + 1 :] not in {"", ".", ".."} and path[0] != "|"


def write_names(paths: Sequence[str], *, slash: bool) -> Iterator[tuple[str | None, str]]:
    """For each path the folder line before it, if any, and its name.

    With `slash`, every path that ends in `/`, and no other, is a folder of its own.
    """
    folder: str | None = None
    after = parent_of(paths[0]) if paths else None
    for index, path in enumerate(paths):
        own = after
        ahead, follower = "\n", "\n"  # no path is or holds these
        if index + 1 < len(paths):
            follower = paths[index + 1]
            after = parent_of(follower)
            ahead = after or "\n"
        line = None
        if slash and path.endswith("/"):
            folder = path[:-1]
            yield None, f"{path}."
            continue
        if not slash:
            if (up := _climb(folder, path)) is not None:
                yield None, up
                continue
            if path in {ahead, "."}:
                folder = path
                yield None, f"{path}/."
                continue
        if own != folder and (own is None or ahead == own or _climb(own, follower) is not None):
            folder = own
            line = TOP if own is None else f"{own}/"
        yield line, path[len(own) + 1 :] if own is not None and own == folder else path


def _climb(folder: str | None, path: str) -> str | None:
    """How to name a folder that is `folder`, or holds it."""
    # A path of thousands of folders is named in full: climbing it again and again is not linear.
    if folder is None or len(folder) > _LONGEST_CLIMB or not folder.startswith(path):
        return None
    rest = folder[len(path) :]
    if not rest:
        return "."
    return "/".join([".."] * rest.count("/")) if rest.startswith("/") else None


class Places:
    """The folder in which names stand, for reading what `write_names` wrote."""

    def __init__(self, *, dotted: bool, slash: bool) -> None:
        self._folder: str | None = None
        self._top = None if dotted else TOP
        self._slash = "/" if slash else ""

    def enter(self, line: str) -> None:
        """Read a folder line, its final `/` included."""
        self._folder = None if line == self._top else line[:-1]

    def path(self, name: str) -> str:
        """Read a name."""
        if name.endswith("/."):
            self._folder = name[:-2]
            return self._folder + self._slash
        if name == "." or name.replace("../", "") == "..":
            return self._above(0 if name == "." else name.count("/") + 1)
        return name if "/" in name or self._folder is None else f"{self._folder}/{name}"

    def _above(self, levels: int) -> str:
        parts = self._folder.rsplit("/", levels) if self._folder is not None else []
        if len(parts) <= levels:
            raise DecodeError("`listing` climbs above the top")
        return parts[0]
