"""What tools print, kind by kind, of any size: the shapes of `texts` and those below."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from benchmarks import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Kind:
    """How to make a text of one kind, which tool returns it, and what is asked about it."""

    make: Callable[[int, int], str]
    needles: Literal["errors", "unique", "leaf"]
    tool: str = "run_command"
    arguments: dict[str, str] = field(default_factory=dict[str, str])


def _until(size: int, chunks: Iterator[str]) -> str:
    """Lines from an endless source until there are about `size` characters."""
    out: list[str] = []
    length = 0
    while length < size:
        out.append(next(chunks))
        length += len(out[-1]) + 1
    return "\n".join(out)


def build(size: int, seed: int = 0) -> str:
    """A compiler's output: many files, a few warnings, and an error."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        index = 0
        while True:
            index += 1
            name = f"src/module_{rng.randrange(40)}/part_{index}.c"
            yield f"[{index}] Building C object CMakeFiles/app.dir/{name}.o"
            if index % 40 == 7:
                line = rng.randrange(900)
                yield f"{name}:{line}:9: warning: unused variable 'tmp_{index}' [-Wunused-variable]"
            if index % 150 == 12:
                line, value = rng.randrange(900), rng.randrange(10**4)
                yield f"{name}:{line}:5: error: 'value_{value}' undeclared"

    return _until(size, lines())


def config(size: int, seed: int = 0) -> str:
    """A file of services with a few settings each."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        index = 0
        yield "services:"
        while True:
            index += 1
            yield f"  service_{index}:"
            yield f"    image: registry.example.com/team/app:{rng.randrange(9)}.{rng.randrange(99)}"
            yield "    restart: unless-stopped"
            yield f"    environment:\n      - PORT={8000 + index}\n      - LEVEL=info"
            yield f"      - TOKEN_{index}=secret{rng.randrange(10**8)}"

    return _until(size, lines())


def diff(size: int, seed: int = 0) -> str:
    """A unified diff through many files."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        index = 0
        while True:
            index += 1
            path = f"src/package_{rng.randrange(9)}/file_{index}.py"
            start = rng.randrange(1, 800)
            yield f"diff --git a/{path} b/{path}"
            yield f"index {rng.randrange(16**7):07x}..{rng.randrange(16**7):07x} 100644"
            yield f"--- a/{path}\n+++ b/{path}\n@@ -{start},6 +{start},7 @@ def f_{index}(value):"
            yield "     total = 0\n     for item in value:"
            yield f"-        total += item * {rng.randrange(99)}"
            yield f"+        total += item * rate_{rng.randrange(10**5)}"
            yield "+        check(total)\n     log(total)\n     return total\n "

    return _until(size, lines())


def listing(size: int, seed: int = 0) -> str:
    """The paths of a tree, sorted."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        index = 0
        while True:
            index += 1
            folder = f"./src/package_{index // 300}/part_{index // 25}"
            yield f"{folder}/{rng.choice(['view', 'model', 'test'])}_{index}.py"

    return _until(size, lines())


def markup(size: int, seed: int = 0) -> str:
    """A page with navigation around its text."""
    rng = random.Random(seed)
    links = "".join(f'<li><a class="nav-link" href="/p/{i}">Page {i}</a></li>' for i in range(12))
    sentences = texts.prose(size, seed).split("\n\n")

    def lines() -> Iterator[str]:
        yield "<!DOCTYPE html>\n<html><head><title>Guide</title>"
        yield f"<script>var a = 1;</script></head><body><nav><ul>{links}</ul></nav><main>"
        index = 0
        while True:
            index += 1
            words = sentences[index % len(sentences)]
            yield f'<div class="block block-{index % 3}"><h2>Topic{index}</h2>'
            yield f'<p class="text">{words} Its limit is size{rng.randrange(10**6)}.</p></div>'

    return _until(size, lines()) + "\n</main></body></html>"


def rag(size: int, seed: int = 0) -> str:
    """Chunks that a search through documents returned, each with where it comes from."""
    rng = random.Random(seed)
    sentences = texts.prose(size, seed).split(". ")

    def lines() -> Iterator[str]:
        index = 0
        while True:
            index += 1
            some = ". ".join(rng.choice(sentences) for _ in range(5))
            yield f"[{index}] title: Manual {index % 7}, source: docs/manual_{index}.md"
            yield f"{some}. The limit of part{index} is {rng.randrange(10**5)}.\n"

    return _until(size, lines())


def shell(size: int, seed: int = 0) -> str:
    """The processes of a machine."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        yield "USER         PID %CPU %MEM    VSZ   RSS TTY  STAT START   TIME COMMAND"
        index = 0
        while True:
            index += rng.randrange(1, 9)
            yield (
                f"{rng.choice(['root', 'app', 'www']):<9}{index:>7}  {rng.randrange(9)}.0  0.1"
                f" {rng.randrange(10**6):>6} {rng.randrange(10**5):>5} ?    Ss   09:12   0:00"
                f" /usr/bin/worker{rng.randrange(10**5)} --queue q{index % 7}"
            )

    return _until(size, lines())


def table(size: int, seed: int = 0) -> str:
    """Rows of comma-separated values."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        yield "id,date,country,status,amount,reference"
        index = 1000
        while True:
            index += 1
            country, status = rng.choice(["DE", "FR", "JP"]), rng.choice(["paid", "open"])
            amount = f"{rng.randrange(10**4)}.{rng.randrange(100):02d}"
            yield f"{index},2026-03-{1 + index % 28:02d},{country},{status},{amount},REF{index * 7}"

    return _until(size, lines())


def checks(size: int, seed: int = 0) -> str:
    """A verbose test run with a few failures."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        index = 0
        yield "============ test session starts ============\ncollected many items\n"
        while True:
            index += 1
            word = "FAILED" if index % 60 == 9 else "PASSED"
            case = f"test_case_{index}[{rng.randrange(99)}]"
            yield f"tests/test_part_{index // 30}.py::{case} {word} [ {index % 100:2d}%]"

    return _until(size, lines())


def trace(size: int, seed: int = 0) -> str:
    """A traceback through many frames, of libraries and of one's own code."""
    rng = random.Random(seed)

    def lines() -> Iterator[str]:
        yield "Traceback (most recent call last):"
        while True:
            own = rng.randrange(8) == 0
            home = "/app/service" if own else "/usr/lib/python3/site-packages/framework"
            line = rng.randrange(1, 2000)
            yield f'  File "{home}/part_{rng.randrange(30)}.py", line {line}, in call_{line}'
            yield f"    return self.next_{rng.randrange(9)}(request)"

    return _until(size, lines()) + f"\nValueError: no rate for key K{rng.randrange(10**6)}"


_DOCUMENT = {"path": "docs/guide.md"}
KINDS: dict[str, Kind] = {
    "build": Kind(build, "errors", arguments={"command": "make"}),
    "code": Kind(texts.source, "unique", "open_file", {"path": "src/compute.py"}),
    "config": Kind(config, "unique", "open_file", {"path": "compose.yaml"}),
    "diff": Kind(diff, "unique", arguments={"command": "git diff"}),
    "docs": Kind(texts.prose, "unique", "open_file", _DOCUMENT),
    "json": Kind(texts.rows, "leaf", "http_request", {"url": "https://api.example.com/v1"}),
    "listing": Kind(listing, "unique", arguments={"command": "git ls-files"}),
    "logs": Kind(texts.log, "errors", arguments={"command": "tail -n 5000 app.log"}),
    "markup": Kind(markup, "unique", "fetch_url", {"url": "https://docs.example.com/guide"}),
    "rag": Kind(rag, "unique", "search_documents", {"query": "limits"}),
    "search": Kind(texts.hits, "unique", arguments={"command": "rg -n compute"}),
    "shell": Kind(shell, "unique", arguments={"command": "ps aux"}),
    "table": Kind(table, "unique", arguments={"command": "cat orders.csv"}),
    "test": Kind(checks, "errors", arguments={"command": "pytest -v"}),
    "trace": Kind(trace, "errors", arguments={"command": "python -m service"}),
}
