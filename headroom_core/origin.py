"""Where a tool result came from: by the name of the tool, its arguments, and shell commands.

Content decides the form of a text; its origin decides what is allowed. A file that was read may be
edited next, so its lines must stay what they are.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_core.formats.wire import is_array, is_object

if TYPE_CHECKING:
    from headroom_core.compressors.base import Origin

_WORDS = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]*")
_COMMAND_KEYS = ("command", "cmd", "script", "shell_command", "bash_command")
_PATH_KEYS = (
    *("path", "file_path", "filepath", "filename", "file", "target_file", "uri", "abs_path"),
    *("absolute_path", "AbsolutePath", "notebook_path"),
)

_READ = {"read", "open", "view", "cat", "load"}
_FILE = {"file", "files", "path", "document", "notebook", "resource", "editor"}
_SEARCH = {"grep", "glob", "rg", "ripgrep", "codebase", "ls"}
_LOOK = {"search", "find", "list"}
_PLACE = _FILE | {"dir", "directory", "folder", "code", "content", "symbol", "definition"}
_SHELL = {"bash", "shell", "terminal", "exec", "command", "run", "powershell", "console", "cmd"}
_RETRIEVE = {
    *("search", "retrieve", "retriever", "retrieval", "query", "lookup", "rag", "docs"),
    "knowledge",
}
_API = {"http", "api", "fetch", "request", "get", "list", "call", "db", "sql", "web", "browse"}

_FILE_READERS = {"cat", "nl", "head", "tail", "less", "more", "bat", "tac"}
_RECORDS = (".csv", ".tsv", ".psv", ".jsonl", ".ndjson", ".log", ".out")
_SEARCHERS = {"grep", "egrep", "fgrep", "rg", "ag", "ack", "find", "fd", "ls", "tree"}
_EDIT = {
    *("edit", "editor", "write", "replace", "patch", "insert", "create", "update", "apply"),
    *("delete", "remove", "move", "rename"),
}
_WRITES = re.compile(
    r"\bsed\s+(?:-\w+\s+)*-(?:\w*i|-in-place)|(?<![<=-])>(?![&=]|\s*/dev/null)|\btee\b|\bpatch\b"
    r"|\bgit (?:apply|checkout|restore|reset|stash)\b|\bperl -\w*i|\b(?:mv|cp|rm)\b"
)
_SILENCED = re.compile(r"2>(?:/dev/null|&1)\s*$")
_CUT = re.compile(r"\s*(?:(?:head|tail)(?:\s+[-+\w]+)*|sed\s+-n\s+(['\"]?)[\d,$]+p\1)\s*", re.ASCII)
_NOT_A_READ = re.compile(r"[|<>;&`]|\$\(")
_REMEMBERED_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result came from, and the command or file behind it when there is one."""

    origin: Origin = "unknown"
    command: str = ""
    path: str = ""


def provenance(tool: str, arguments: str) -> Provenance:
    """Tell where the result of a call comes from."""
    tell = _told if len(arguments) <= _REMEMBERED_CHARS else _tell  # the memory stays small
    return tell(tool, arguments)


def _tell(tool: str, arguments: str) -> Provenance:
    values = _values(arguments)
    words = {word.lower() for word in _WORDS.findall(tool.rpartition("__")[2])}
    command = _first(values, (*_COMMAND_KEYS, "input") if words & _SHELL else _COMMAND_KEYS)
    path = _first(values, _PATH_KEYS)
    if command and (words & _SHELL or not path):
        return _of_command(command)
    if _reads_a_file(words, path, command):
        return Provenance("file_read", path=path)
    if words & _SEARCH or (words & _LOOK and words & _PLACE):
        return Provenance("search", path=path)
    if words & _SHELL:
        return Provenance("command")
    if words & _RETRIEVE:
        return Provenance("retrieval")
    return Provenance("api") if words & _API else Provenance()


_told = lru_cache(maxsize=4096)(_tell)


def edits_files(tool: str, arguments: str) -> bool:
    """Whether a call may have written to the files that its arguments name."""
    tell = _told_edits if len(arguments) <= _REMEMBERED_CHARS else _edits
    return tell(tool, arguments)


def _edits(tool: str, arguments: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(tool.rpartition("__")[2])}
    came_from = provenance(tool, arguments)
    if words & _EDIT:
        return came_from.origin != "file_read"
    return bool(came_from.command and _WRITES.search(came_from.command))


_told_edits = lru_cache(maxsize=4096)(_edits)


def _reads_a_file(words: set[str], path: str, command: str) -> bool:
    if words & _EDIT:
        return bool(path) and command == "view"  # an editor that can also just show a file
    return bool(words & _READ and (words & _FILE or path)) or ("get" in words and "file" in words)


def _of_command(command: str) -> Provenance:
    """A shell command: one that only prints a file, or some lines of it, is a file read."""
    alone = _without_cuts(_SILENCED.sub("", _without_cd(command)))
    try:
        argv = shlex.split(alone)
    except ValueError:
        argv = []
    program = argv[0].rpartition("/")[2] if argv else ""
    if program in _SEARCHERS or (program == "git" and argv[1:2] == ["grep"]):
        return Provenance("search", command=command)
    files = [word for word in argv[1:] if not word.startswith("-")]
    if not _NOT_A_READ.search(alone):
        if program in _FILE_READERS:
            files = [word for word in files if not word.removeprefix("+").isdigit()]
            if len(files) == 1:
                return _printed(command, files[0])
        if program == "sed" and "-n" in argv and len(files) == 2:
            return _printed(command, files[1])
    return Provenance("command", command=command)


def _printed(command: str, path: str) -> Provenance:
    """A file that a shell printed: one of records is data, which nobody edits line by line."""
    is_data = path.lower().endswith(_RECORDS)
    return Provenance("command" if is_data else "file_read", command=command, path=path)


def _without_cd(command: str) -> str:
    """Drop a leading `cd somewhere &&`, which most agents write."""
    head, found, rest = command.partition("&&")
    return rest.strip() if found and head.split()[:1] == ["cd"] else command.strip()


def _without_cuts(command: str) -> str:
    """Drop `| head -50` and its like, which show some of the lines that come in."""
    first, *stages = command.split("|")
    return first.strip() if all(map(_CUT.fullmatch, stages)) else command


def _values(arguments: str) -> dict[str, object]:
    try:
        value: object = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    return value if is_object(value) else {}


def _first(values: dict[str, object], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = values.get(key)
        if isinstance(value, str) and value:
            return value
        if is_array(value) and value:
            return _joined([str(word) for word in value])
    return ""


def _joined(argv: list[str]) -> str:
    """A command given as a list; `["bash", "-lc", "ls"]` runs what its last word says."""
    shells = {"bash", "sh", "zsh"}
    if len(argv) == 3 and argv[0].rpartition("/")[2] in shells and argv[1].startswith("-"):
        return argv[2]
    return shlex.join(argv)
