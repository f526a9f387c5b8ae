from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.code import CodeCompressor
from headroom_core.source import Source

CODE = CodeCompressor()
# Six statements that most languages can parse, and SQL does not need to.
BODY = "\n".join(f"  total = total + weight_of(item, {k});" for k in range(6))
LUA = BODY.replace(";", "")
PYTHON_BODY = "\n".join(f"    total = total + weight_of(item, {k})" for k in range(6))

PROGRAMS = {
    "a.py": ("import os\n\ndef weigh(item):\n", PYTHON_BODY, "\n", "def weigh(item):", "#"),
    "a.js": (
        "const x = 1;\nfunction weigh(item) {\n",
        BODY,
        "\n}\n",
        "function weigh(item) {",
        "//",
    ),
    "a.ts": (
        "type T = string;\nexport const weigh = async (item: T): Promise<void> => {\n",
        BODY,
        "\n};\n",
        "export const weigh = async (item: T): Promise<void> => {",
        "//",
    ),
    "a.tsx": (
        "function Weigh() {\n",
        f"{BODY}\n  return <b>x</b>;",
        "\n}\n",
        "function Weigh() {",
        "//",
    ),
    "a.go": (
        "package a\n\nfunc (s *Scale) Weigh(item int) {\n",
        LUA,
        "\n}\n",
        "func (s *Scale) Weigh(item int) {",
        "//",
    ),
    "a.rs": (
        "impl Scale {\npub fn weigh(&self) {\n",
        BODY,
        "\n}\n}\n",
        "pub fn weigh(&self) {",
        "//",
    ),
    "a.java": (
        "class Scale {\nvoid weigh(int item) {\n",
        BODY,
        "\n}\n}\n",
        "void weigh(int item) {",
        "//",
    ),
    "a.c": (
        "#include <stdio.h>\nstatic int *weigh(int item)\n{\n",
        BODY,
        "\n}\n",
        "static int *weigh(int item)",
        "//",
    ),
    "a.cpp": (
        "namespace n {\nint Scale::weigh(int item) {\n",
        BODY,
        "\n}\n}\n",
        "int Scale::weigh(int item) {",
        "//",
    ),
    "a.cs": (
        "class Scale {\npublic int Weigh(int item) {\n",
        BODY,
        "\n}\n}\n",
        "public int Weigh(int item) {",
        "//",
    ),
    "a.rb": ("class Scale\ndef weigh(item)\n", LUA, "\nend\nend\n", "def weigh(item)", "#"),
    "a.php": (
        "<?php\nfunction weigh($item) {\n",
        BODY.replace("t", "$t"),
        "\n}\n",
        "function weigh($item) {",
        "//",
    ),
    "a.kt": (
        "class Scale {\nfun weigh(item: Int) {\n",
        LUA,
        "\n}\n}\n",
        "fun weigh(item: Int) {",
        "//",
    ),
    "a.swift": (
        "class Scale {\nfunc weigh(item: Int) {\n",
        LUA,
        "\n}\n}\n",
        "func weigh(item: Int) {",
        "//",
    ),
    "a.scala": (
        "object Scale {\ndef weigh(item: Int): Int = {\n",
        LUA,
        "\n}\n}\n",
        "def weigh(item: Int): Int = {",
        "//",
    ),
    "a.sh": (
        "set -e\nweigh() {\n",
        "\n".join(f"  echo weight of $1 {k}" for k in range(9)),
        "\n}\n",
        "weigh() {",
        "#",
    ),
    "a.sql": (
        "CREATE FUNCTION weigh(a int) RETURNS int AS $$\n",
        "BEGIN\n"
        + "\n".join(f"  RAISE NOTICE 'weight {k}';" for k in range(9))
        + "\nRETURN a;\nEND;",
        "\n$$ LANGUAGE plpgsql;\n",
        "CREATE FUNCTION weigh(a int) RETURNS int AS $$",
        "--",
    ),
    "a.lua": ("local function weigh(item)\n", LUA, "\nend\n", "local function weigh(item)", "--"),
    "a.ex": (
        "defmodule Scale do\n  def weigh(item) do\n",
        LUA,
        "\n  end\nend\n",
        "  def weigh(item) do",
        "#",
    ),
}


def outlined(text: str, hint: Hint, room: int = 800) -> View | None:
    return CODE.view(Source(text), hint, room)


def seen(text: str, hint: Hint, room: int = 800) -> list[str]:
    view = outlined(text, hint, room)
    assert view is not None
    return view.body.split("\n")


@pytest.mark.parametrize("path", PROGRAMS)
def test_a_body_gives_way_to_its_lines_in_every_language(path: str) -> None:
    start, body, end, signature, comment = PROGRAMS[path]
    text = (start + body + end) * 8

    lines = seen(text, Hint(path=path), room=1_200)

    assert lines.count(signature) == 8
    assert any(line.lstrip().startswith(f"{comment} … lines ") for line in lines)
    assert body.split("\n")[3] not in lines


@pytest.mark.parametrize("path", [path for path in PROGRAMS if path != "a.sql"])
def test_a_body_that_is_asked_for_stays_whole_in_every_language(path: str) -> None:
    start, body, end, *_ = PROGRAMS[path]
    other = start.replace("weigh", "other_name").replace("Weigh", "other_name")
    text = (other + body.replace("weight_of", "size_of").replace("weight of", "size") + end) * 8
    name = "Weigh" if "Weigh" in start else "weigh"

    lines = seen(text + start + body + end, Hint(path=path, query=f"How does `{name}` work?"))

    assert set(body.split("\n")) <= set(lines)


@settings(max_examples=40)
@given(
    path=st.sampled_from(sorted(PROGRAMS)),
    cuts=st.lists(
        st.tuples(st.integers(0, 2_000), st.sampled_from(["", "{", '"', "\n}", "\ud800", "\0"])),
        max_size=6,
    ),
    query=st.sampled_from(["", "`weigh`", "total weight_of item", "LUA::call->x ?"]),
    room=st.sampled_from([100, 600, 2_000]),
)
def test_every_line_of_an_outline_is_a_source_line_or_names_a_gap(
    path: str, cuts: list[tuple[int, str]], query: str, room: int
) -> None:
    start, body, end, _, comment = PROGRAMS[path]
    text = (start + body + end) * 12
    for at, piece in cuts:
        text = text[:at] + piece + text[at + 1 :]
    source = text.split("\n")

    view = outlined(text, Hint(path=path, query=query), room)

    at = 0
    for line in [] if view is None else view.body.split("\n"):
        if f"{comment} … line" in line:
            at = int(line.partition(" … line")[2].lstrip("s ").split(":")[0].split("-")[-1])
        else:
            assert line == source[at]
            at += 1
    assert view is None or at == len(source)
