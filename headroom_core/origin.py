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

_WORDS = re.compile(r"[a-z]+|[A-Z][a-z]*")
_COMMAND_KEYS = ("command", "cmd", "script", "shell_command", "bash_command", "input")
_PATH_KEYS = ("path", "file_path", "filepath", "filename", "file", "target_file", "uri", "abs_path")

_READ = {"read", "open", "view", "cat", "load"}
_FILE = {"file", "files", "path", "document", "notebook", "resource", "editor"}
_SEARCH = {"grep", "glob", "rg", "ripgrep", "codebase"}
_SHELL = {"bash", "shell", "terminal", "exec", "command", "run", "powershell", "console", "cmd"}
_RETRIEVE = {"search", "retrieve", "retrieval", "query", "lookup", "rag", "docs", "knowledge"}
_API = {"http", "api", "fetch", "request", "get", "list", "call", "db", "sql", "web", "browse"}

_FILE_READERS = {"cat", "nl", "head", "tail", "less", "more", "bat", "tac"}
_SEARCHERS = {"grep", "egrep", "fgrep", "rg", "ag", "ack", "find", "fd", "ls", "tree"}
_EDIT = {"edit", "write", "replace", "patch", "insert", "create", "update", "apply"}
_WRITES = re.compile(
    r"\bsed\s+(?:-\w+\s+)*-i|[^<0-9&]>|\btee\b|\bpatch\b|\bgit apply\b|\bperl -\w*i"
)
_NOT_A_READ = re.compile(r"[|<>;&`]|\$\(")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result came from, and the command or file behind it when there is one."""

    origin: Origin = "unknown"
    command: str = ""
    path: str = ""


@lru_cache(maxsize=4096)
def provenance(tool: str, arguments: str) -> Provenance:
    """Tell where the result of a call comes from."""
    values = _values(arguments)
    words = {word.lower() for word in _WORDS.findall(tool.rpartition("__")[2])}
    command = _first(values, _COMMAND_KEYS)
    path = _first(values, _PATH_KEYS)
    if command and (words & _SHELL or not path):
        return _of_command(command)
    if _reads_a_file(words, path):
        return Provenance("file_read", path=path)
    if words & _SEARCH:
        return Provenance("search", path=path)
    if words & _SHELL:
        return Provenance("command")
    if words & _RETRIEVE:
        return Provenance("retrieval")
    return Provenance("api") if words & _API else Provenance()


def edits_files(tool: str, arguments: str) -> bool:
    """Whether a call may have written to the files that its arguments name."""
    words = {word.lower() for word in _WORDS.findall(tool.rpartition("__")[2])}
    if words & _EDIT:
        return True
    command = provenance(tool, arguments).command
    return bool(command and _WRITES.search(command))


def _reads_a_file(words: set[str], path: str) -> bool:
    if "editor" in words:
        return bool(path)
    return bool(words & _READ and (words & _FILE or path)) or ("get" in words and "file" in words)


def _of_command(command: str) -> Provenance:
    """A shell command: one that only prints a file is a file read."""
    try:
        argv = shlex.split(_without_cd(command))
    except ValueError:
        argv = []
    program = argv[0].rpartition("/")[2] if argv else ""
    if program in _SEARCHERS or (program == "git" and argv[1:2] == ["grep"]):
        return Provenance("search", command=command)
    files = [word for word in argv[1:] if not word.startswith("-")]
    if not _NOT_A_READ.search(_without_cd(command)):
        if program in _FILE_READERS:
            files = [word for word in files if not word.isdigit()]
            if len(files) == 1:
                return Provenance("file_read", command=command, path=files[0])
        if program == "sed" and "-n" in argv and len(files) == 2:
            return Provenance("file_read", command=command, path=files[1])
    return Provenance("command", command=command)


def _without_cd(command: str) -> str:
    """Drop a leading `cd somewhere &&`, which most agents write."""
    head, found, rest = command.partition("&&")
    return rest.strip() if found and head.split()[:1] == ["cd"] else command.strip()


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
