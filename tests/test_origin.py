"""Where a result came from, by the tools of the agents that people use and by shell commands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.origin import Provenance, edits_files, provenance

TOOLS: list[tuple[str, dict[str, object], str, str]] = [
    # Claude Code
    ("Read", {"file_path": "/a/b.py", "offset": 3, "limit": 40}, "file_read", "/a/b.py"),
    ("NotebookRead", {"notebook_path": "/a.ipynb"}, "file_read", "/a.ipynb"),
    ("Bash", {"command": "cat a.py"}, "file_read", "a.py"),
    ("Bash", {"command": "make test"}, "command", ""),
    ("BashOutput", {"bash_id": "1"}, "command", ""),
    ("Grep", {"pattern": "x", "path": "/a"}, "search", "/a"),
    ("Glob", {"pattern": "**/*.py"}, "search", ""),
    ("LS", {"path": "/a"}, "search", "/a"),
    ("WebFetch", {"url": "https://example.org"}, "api", ""),
    ("WebSearch", {"query": "x"}, "retrieval", ""),
    ("Edit", {"file_path": "/a", "old_string": "x"}, "unknown", ""),
    ("Task", {"prompt": "y"}, "unknown", ""),
    # Codex
    ("shell", {"command": ["bash", "-lc", "sed -n '1,20p' a.rs"]}, "file_read", "a.rs"),
    ("shell", {"command": ["bash", "-lc", "nl -ba a.rs | sed -n '1,20p'"]}, "file_read", "a.rs"),
    ("shell", {"command": ["rg", "a b", "src"]}, "search", ""),
    ("shell", {"command": ["/bin/zsh", "-c", "ls"]}, "search", ""),
    ("exec_command", {"cmd": "cargo build"}, "command", ""),
    ("container.exec", {"cmd": ["bash", "-lc", "cat a"]}, "file_read", "a"),
    ("apply_patch", {"input": "*** Begin Patch"}, "unknown", ""),
    ("read_file", {"file_path": "/a"}, "file_read", "/a"),
    ("list_dir", {"dir_path": "/a"}, "search", ""),
    # Cursor
    ("read_file", {"target_file": "a.py"}, "file_read", "a.py"),
    ("codebase_search", {"query": "x"}, "search", ""),
    ("grep_search", {"query": "x"}, "search", ""),
    ("file_search", {"query": "x"}, "search", ""),
    ("run_terminal_cmd", {"command": "npm test"}, "command", ""),
    ("edit_file", {"target_file": "a"}, "unknown", ""),
    # Cline and Roo
    ("execute_command", {"command": "ls"}, "search", ""),
    ("search_files", {"path": "a", "regex": "x"}, "search", "a"),
    ("list_files", {"path": "a"}, "search", "a"),
    ("write_to_file", {"path": "a"}, "unknown", ""),
    # SWE-agent and OpenHands
    ("bash", {"command": "cd /testbed && cat a.py"}, "file_read", "a.py"),
    ("str_replace_editor", {"command": "view", "path": "/a"}, "file_read", "/a"),
    ("str_replace_editor", {"command": "create", "path": "/a"}, "unknown", ""),
    ("str_replace_based_edit_tool", {"command": "view", "path": "/a"}, "file_read", "/a"),
    ("execute_bash", {"command": "grep -rn x ."}, "search", ""),
    ("open", {"path": "a.py"}, "file_read", "a.py"),
    ("find_file", {"file_name": "x"}, "search", ""),
    ("submit", {}, "unknown", ""),
    # Gemini CLI, Goose and Aider's shell
    ("run_shell_command", {"command": "git grep foo"}, "search", ""),
    ("search_file_content", {"pattern": "x"}, "search", ""),
    ("developer__shell", {"command": "cat a"}, "file_read", "a"),
    ("developer__text_editor", {"command": "view", "path": "a"}, "file_read", "a"),
    ("view", {"path": "a"}, "file_read", "a"),
    ("getFileContents", {"path": "a"}, "file_read", "a"),
    ("get_file", {"id": "a"}, "file_read", ""),
    # MCP servers
    ("mcp__filesystem__read_text_file", {"path": "/a"}, "file_read", "/a"),
    ("mcp__filesystem__list_directory", {"path": "/a"}, "search", "/a"),
    ("mcp__github__get_file_contents", {"repo": "b", "path": "c.py"}, "file_read", "c.py"),
    ("mcp__github__search_code", {"q": "x"}, "search", ""),
    ("mcp__github__list_issues", {"owner": "a"}, "api", ""),
    ("mcp__postgres__query", {"sql": "select 1"}, "retrieval", ""),
    ("mcp__fetch__fetch", {"url": "x"}, "api", ""),
    # Apps of one's own
    ("knowledge_search", {"query": "x"}, "retrieval", ""),
    ("retriever", {"input": "how to"}, "retrieval", ""),
    ("terminal", {"input": "make"}, "command", ""),
    ("get_user", {"id": 3}, "api", ""),
    ("calculator", {"input": "1+1"}, "unknown", ""),
    ("start_process", {"command": "make"}, "command", ""),
    ("", {}, "unknown", ""),
]

COMMANDS: list[tuple[str, str, str]] = [
    ("cat a", "file_read", "a"),
    ("  cat -n a.py ", "file_read", "a.py"),
    ("/usr/bin/cat a", "file_read", "a"),
    ("nl -ba a", "file_read", "a"),
    ("head -n 20 a.py", "file_read", "a.py"),
    ("head -20 a.py", "file_read", "a.py"),
    ("tail -n +5 a", "file_read", "a"),
    ("cat 'a b.py'", "file_read", "a b.py"),
    ("cd x && cat a", "file_read", "a"),
    ("cat a 2>/dev/null", "file_read", "a"),
    ("cat a 2>&1", "file_read", "a"),
    ("cat a | head -50", "file_read", "a"),
    ("cat -n a | tail -n +10 | head -n 5", "file_read", "a"),
    ("sed -n 1,5p a", "file_read", "a"),
    ("sed -n '1,5p' a | head", "file_read", "a"),
    ("sed -n '1,5p' a b", "command", ""),
    ("sed s/a/b/ a", "command", ""),
    ("cat a b", "command", ""),
    ("cat", "command", ""),
    ("cat a | sed s/x/y/", "command", ""),
    ("cat a | sed -n s/x/y/p", "command", ""),
    ("cat a || true", "command", ""),
    ("cat a | wc -l", "command", ""),
    ("cat a && make", "command", ""),
    ("cat a; make", "command", ""),
    ("cat $(ls)", "command", ""),
    ("cat > a", "command", ""),
    ("cat 'unfinished", "command", ""),
    ("grep -n x a | head", "search", ""),
    ("git grep x", "search", ""),
    ("git diff", "command", ""),
    ("find . -name x", "search", ""),
    ("cd a && ls", "search", ""),
    ("make test 2>&1 | tail -5", "command", ""),
]


@pytest.mark.parametrize(("tool", "arguments", "origin", "path"), TOOLS)
def test_a_tool_is_known(tool: str, arguments: dict[str, object], origin: str, path: str) -> None:
    found = provenance(tool, json.dumps(arguments))

    assert (found.origin, found.path) == (origin, path)


@pytest.mark.parametrize(("command", "origin", "path"), COMMANDS)
def test_a_command_is_known(command: str, origin: str, path: str) -> None:
    found = provenance("Bash", json.dumps({"command": command}))

    assert (found.origin, found.path, found.command) == (origin, path, command)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("Edit", {"file_path": "a"}),
        ("MultiEdit", {"file_path": "a"}),
        ("Write", {"file_path": "a"}),
        ("apply_patch", {"input": "*** Begin Patch"}),
        ("str_replace_editor", {"command": "str_replace", "path": "a"}),
        ("str_replace_editor", {"command": "insert", "path": "a"}),
        ("mcp__filesystem__move_file", {"source": "a"}),
        *(
            ("Bash", {"command": command})
            for command in (
                "sed -i s/a/b/ a",
                "sed -E -i.bak s/a/b/ a",
                "sed --in-place s/a/b/ a",
                "cat > a <<EOF",
                "echo x >> a",
                "echo x>a",
                "make &> a",
                "make | tee a",
                "patch -p1 < x",
                "git apply x",
                "git checkout -- a",
                "git stash",
                "mv a b",
                "cp b a",
                "rm a",
                "perl -pi -e s/a/b/ a",
            )
        ),
    ],
)
def test_what_may_have_written_a_file_is_an_edit(tool: str, arguments: dict[str, object]) -> None:
    assert edits_files(tool, json.dumps(arguments))


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("Read", {"file_path": "a"}),
        ("str_replace_editor", {"command": "view", "path": "a"}),
        *(
            ("Bash", {"command": command})
            for command in (
                "cat a",
                "sed -n 1,5p a",
                "make 2>&1",
                "make >/dev/null",
                "cat a 2> /dev/null",
                "diff <(a) b",
                "git diff",
                "awk '$1 >= 2' a",
                "grep -n 'x->y' a",
                "cat < a",
            )
        ),
    ],
)
def test_what_only_reads_is_no_edit(tool: str, arguments: dict[str, object]) -> None:
    assert not edits_files(tool, json.dumps(arguments))


@pytest.mark.parametrize("arguments", ["", "not json", "[1]", "5", "[" * 100_000, '{"path": 5}'])
def test_arguments_that_say_nothing_leave_the_name_of_the_tool(arguments: str) -> None:
    assert provenance("run_tests", arguments) == Provenance("command")
    assert provenance("read_it", arguments) == Provenance()


def test_a_list_of_words_is_a_command() -> None:
    found = provenance("shell", json.dumps({"command": ["cat", "a b"]}))

    assert (found.command, found.path) == ("cat 'a b'", "a b")


@pytest.mark.parametrize("piece", ["| head ", "| sed -n 1p ", "sed -a ", "> ", "-a ", " ", "2>&1 "])
def test_a_long_command_is_read_like_a_short_one(piece: str) -> None:
    many = json.dumps({"command": f"sed {piece * 100_000}; make"})

    assert provenance("Bash", many).origin == "command"
    assert edits_files("Bash", many) == edits_files("Bash", json.dumps({"command": f"sed {piece}"}))


@given(tool=st.text(), arguments=st.text())
def test_nothing_is_too_strange_to_be_asked_for(tool: str, arguments: str) -> None:
    provenance(tool, arguments)
    provenance("Bash", json.dumps({"command": arguments}))
    edits_files(tool, arguments)


@pytest.mark.parametrize("path", ["data/airports.csv", "EVENTS.JSONL", "/var/log/app.log"])
def test_a_file_of_records_that_a_shell_prints_is_data_and_no_file_to_edit(path: str) -> None:
    printed = provenance("Bash", json.dumps({"command": f"cat {path}"}))
    read = provenance("Read", json.dumps({"file_path": path}))

    assert (printed.origin, printed.path) == ("command", path)
    assert read.origin == "file_read"
