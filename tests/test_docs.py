"""The documentation runs: Python blocks, shown commands with what they print, and the examples."""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
import os
import re
import runpy
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\$ (.*(?:\n> .*)*)\n?", re.MULTILINE)
SETS_UP = re.compile(r"(cd|curl|docker|export|git|make|nox|pip|pipx|pytest|uv)\b")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command after `$` in a console block, and what the page says that it prints."""

    line: str
    shown: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in order, their indentation taken off."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 2, found[2], dedent(found[3]))
        for found in FENCE.finditer(text)
    ]


def commands(text: str) -> list[Command]:
    """The commands of a console block; a line after `> ` belongs to the command above it."""
    _, *parts = PROMPT.split(text)
    return [
        Command(line.replace("\n> ", "\n"), shown.rstrip("\n"))
        for line, shown in zip(parts[::2], parts[1::2], strict=True)
    ]


def run_python(block: Block, names: dict[str, object]) -> None:
    """Run one block as if it stood at its place in a file; it may use `await` at the top."""
    source = "\n" * (block.line - 1) + block.text
    code = compile(
        source,
        str(block.page),
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,
    )
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, names))
    else:
        exec(code, names)


def run_command(command: Command, where: Path) -> str:
    """What a command prints, both streams together, with this environment's `headroom`."""
    here = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["bash", "-c", command.line],
        cwd=where,
        env=here,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"$ {command.line}\n{done.stdout}"
    return done.stdout.rstrip("\n")


def agrees(shown: str, printed: str) -> bool:
    """Whether the output is the one shown, where `...` stands for anything."""
    return doctest.OutputChecker().check_output(
        f"{shown}\n", f"{printed}\n", doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.requirement("docs.run")
@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_blocks_of_a_page_run_in_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}

    for block in blocks(page):
        if block.language == "python":
            run_python(block, names)


@pytest.mark.requirement("docs.run")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_of_a_page_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    for block in blocks(page):
        for command in commands(block.text) if block.language == "console" else []:
            if not SETS_UP.match(command.line):
                printed = run_command(command, tmp_path)
                assert not command.shown or agrees(command.shown, printed), printed


@pytest.mark.requirement("docs.run")
@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_an_example_runs_offline(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    runpy.run_path(str(example), run_name="__main__")


def test_a_block_is_found_where_it_stands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n\n1. b\n   ```python\n   if 1:\n       c = 2\n   ```\n", encoding="utf-8")

    assert blocks(page) == [Block(page, 5, "python", "if 1:\n    c = 2\n")]


def test_a_block_may_await_and_sees_the_names_of_those_before_it(tmp_path: Path) -> None:
    names: dict[str, object] = {}

    run_python(Block(tmp_path, 1, "python", "import asyncio\nx = 1"), names)
    run_python(Block(tmp_path, 4, "python", "await asyncio.sleep(0)\nx += 1"), names)

    assert names["x"] == 2


def test_a_failing_block_names_its_page_and_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"

    with pytest.raises(ZeroDivisionError) as failure:
        run_python(Block(page, 7, "python", "x = 1\n1 / 0"), {})

    where = traceback.extract_tb(failure.tb)[-1]
    assert (where.filename, where.lineno) == (str(page), 8)


def test_commands_are_split_from_what_they_print() -> None:
    text = "$ headroom --version\nheadroom 1\n\n$ cat a | \\\n> headroom decode -\n$ ls\n"

    assert commands(text) == [
        Command("headroom --version", "headroom 1"),
        Command("cat a | \\\nheadroom decode -", ""),
        Command("ls", ""),
    ]


def test_dots_in_shown_output_stand_for_anything() -> None:
    assert agrees("saved 40 %\n...\nend", "saved 40 %\na\nb\nend")
    assert not agrees("saved 40 %", "saved 41 %")


def test_a_command_that_fails_fails_the_page(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="exit 3"):
        run_command(Command("echo because; exit 3", ""), tmp_path)
