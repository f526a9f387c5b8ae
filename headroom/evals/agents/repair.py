"""A small program with one fault in it: find it by its tests, and mend it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from headroom.evals.agents.world import text, tool
from headroom.evals.items import seeded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from headroom_core.formats.wire import WireObject

MODULES, FUNCTIONS = 6, 30
SECONDS = 60
_NAMES = "billing stock prices routes labels taxes".split()
_VERBS = "add scale shift clamp blend trim".split()
_SYSTEM = (
    "You mend a program. Its tests say what is right; do not change them. Use the tools, change as"
    " little as possible, run the tests again, and say `done` when they pass."
)


class Repair:
    """A package of generated functions with tests, in a folder of its own; one of them is wrong."""

    system = _SYSTEM
    task = "A test of this program fails. Find out why and mend the program."

    def __init__(self, seed: str) -> None:
        rng = seeded(f"repair {seed}")
        self._folder = tempfile.TemporaryDirectory(prefix="headroom-repair-")
        self.root: Path = Path(self._folder.name)
        broken = rng.randrange(MODULES * FUNCTIONS)
        for at in range(MODULES):
            module, tests = _module(rng, _NAMES[at], at * FUNCTIONS, broken)
            (self.root / f"{_NAMES[at]}.py").write_text(module, encoding="utf-8")
            (self.root / f"test_{_NAMES[at]}.py").write_text(tests, encoding="utf-8")
        self._tests = self._read_tests()

    def tools(self) -> list[WireObject]:
        return [
            tool("list_files", "The files of the program."),
            tool("read_file", "A file with line numbers.", "path"),
            tool("replace_in_file", "Replace a text that occurs once.", "path", "old", "new"),
            tool("run_tests", "Run all tests and print what they print."),
        ]

    def call(self, name: str, arguments: Mapping[str, object]) -> str:
        match name:
            case "list_files":
                return "\n".join(sorted(each.name for each in self.root.glob("*.py")))
            case "run_tests":
                return self._run_tests()[1]
            case "read_file":
                path = self._path(arguments)
                if path is None:
                    return "Error: no such file"
                lines = path.read_text(encoding="utf-8").split("\n")
                return "\n".join(f"{number:>6}\t{line}" for number, line in enumerate(lines, 1))
            case "replace_in_file":
                return self._replace(arguments)
            case _:
                return f"Error: there is no tool {name[:40]!r}"

    def is_done(self) -> bool:
        return self._read_tests() == self._tests and self._run_tests()[0]

    def close(self) -> None:
        self._folder.cleanup()

    def _path(self, arguments: Mapping[str, object]) -> Path | None:
        """A file of the program; nothing outside its folder."""
        named = text(arguments, "path").removeprefix("./")
        return self.root / named if (self.root / named) in self.root.glob("*.py") else None

    def _replace(self, arguments: Mapping[str, object]) -> str:
        path, old = self._path(arguments), text(arguments, "old")
        if path is None or path.name.startswith("test_"):
            return "Error: no such file, or one of the tests"
        before = path.read_text(encoding="utf-8")
        if not old or before.count(old) != 1:
            return f"Error: `old` occurs {before.count(old) if old else 0} times"
        path.write_text(before.replace(old, text(arguments, "new")), encoding="utf-8")
        return "ok"

    def _run_tests(self) -> tuple[bool, str]:
        """Whether the tests pass, and what they print; in a process that cannot run for long."""
        try:
            done = subprocess.run(
                [sys.executable, "-B", "-m", "unittest", "-v"],
                cwd=self.root,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return False, f"Error: the tests did not end within {SECONDS} seconds"
        return done.returncode == 0, done.stdout + done.stderr

    def _read_tests(self) -> dict[str, str]:
        return {
            each.name: each.read_text(encoding="utf-8")
            for each in sorted(self.root.glob("test_*.py"))
        }


def _module(rng: Random, name: str, first: int, broken: int) -> tuple[str, str]:
    """A module of small functions, and its tests; the function number `broken` is wrong."""
    code = [f'"""What the program knows about {name}."""', ""]
    tests = [
        "import unittest",
        "",
        f"import {name}",
        "",
        "",
        f"class {name.title()}(unittest.TestCase):",
    ]
    for number in range(first, first + FUNCTIONS):
        verb, a, b = rng.choice(_VERBS), rng.randrange(2, 9), rng.randrange(10, 99)
        function = f"{verb}_{name}_{number}"
        sign = "-" if number == broken else "+"
        code += [
            "",
            f"def {function}(value: int, weight: int) -> int:",
            f'    """{verb.title()} a value by its weight, as rule {number} of the {name} says."""',
            f"    scaled = value * {a}",
            f"    return scaled + weight * {b} {sign} {number + 1}",
            "",
        ]
        wanted = 3 * a + 2 * b + number + 1
        tests += [f"    def test_{function}(self):"]
        tests += [f"        self.assertEqual({name}.{function}(3, 2), {wanted})", ""]
    return "\n".join(code), "\n".join([*tests, ""])
