"""What is read of the messages of compilers and linters, and what a view says of them."""

from __future__ import annotations

import pytest

from headroom_core.compressors.base import Hint, Origin
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs.diagnostics import diagnostics_of, is_finding
from headroom_core.compressors.search import SearchResults
from headroom_core.source import Source

FILES = 3
NAMES = "river copper violin harbour orchard glacier lantern parliament meadow canal".split()
ROOM = 10_000


def rows(text: str, room: int = ROOM) -> list[str]:
    return list(diagnostics_of(text.split("\n")).rows(room))


def each_file(message: str) -> str:
    return "\n".join(message.format(at=at) for at in range(FILES))


@pytest.mark.parametrize(
    ("message", "row"),
    [
        (
            "  /w/a{at}.py:3:7 - error: Import is missing (report)",
            "3 x error: Import is missing (report) @ /w/a0.py:3:7 /w/a1.py:3:7 /w/a2.py:3:7",
        ),
        (
            "[ERROR] /w/A{at}.java:[3,7] package a is missing",
            "3 x [ERROR] package a is missing @ /w/A0.java:[3,7] /w/A1.java:[3,7] /w/A2.java:[3,7]",
        ),
        (
            "e: file:///w/A{at}.kt:3:7 Unresolved reference: view",
            "3 x e: Unresolved reference: view @ /w/A0.kt:3:7 /w/A1.kt:3:7 /w/A2.kt:3:7",
        ),
        (
            "./api/a{at}.go:3:7: undefined: ErrNope",
            "3 x undefined: ErrNope @ ./api/a0.go:3:7 ./api/a1.go:3:7 ./api/a2.go:3:7",
        ),
        (
            "a{at}.py:\n    3:7  D205 1 blank line is missing",
            "3 x D205 1 blank line is missing @ a0.py:3:7 a1.py:3:7 a2.py:3:7",
        ),
        (
            "F401 `os` imported but unused\n --> a{at}.py:3:7\n  |\n3 | import os\n  |\n",
            "3 x F401 `os` imported but unused @ a0.py:3:7 a1.py:3:7 a2.py:3:7",
        ),
        (
            "A{at}.java:3: error: cannot find symbol\n  x.y();\n   ^\n  symbol:   class B",
            "3 x error: cannot find symbol: class B @ A0.java:3 A1.java:3 A2.java:3",
        ),
        (
            "A{at}.java:3: error: cannot find symbol\nend",
            "3 x error: cannot find symbol @ A0.java:3 A1.java:3 A2.java:3",
        ),
    ],
    ids="pyright maven kotlinc go ruff-grouped ruff javac javac-cut".split(),
)
def test_what_is_said_of_many_places_is_one_message(message: str, row: str) -> None:
    assert rows(each_file(message)) == [row]


@pytest.mark.parametrize(
    "line",
    [
        "12:30:0{at} error: what has a time and no place",
        "a{at}.py:3: a hit of a search",
        "error: the place comes too late\n1\n2\n3\n --> a{at}.rs:3:7",
        "  --> a{at}.rs:3:7",
    ],
)
def test_other_lines_are_no_messages(line: str) -> None:
    assert rows(each_file(line)) == []


def test_messages_that_differ_in_many_names_are_one_and_their_names_are_told() -> None:
    text = "\n".join(f"a.c:{at}:3: error: no {name!r} here" for at, name in enumerate(NAMES))

    row = rows(text)

    names = ", ".join(f"'{name}'" for name in NAMES)
    places = ",".join(f"{at}:3" for at in range(10))
    said = "error: no {'river' … 10 different} here"
    assert row == [f"10 x {said}; the names: {names} @ a.c:{places}"]


def test_a_few_errors_that_differ_stay_apart_and_a_few_remarks_do_not() -> None:
    errors = "\n".join(f"a.c:{at}:3: error: no '{name}'" for at, name in enumerate(NAMES[:5]))

    assert rows(errors) == []
    assert len(rows(errors.replace("error", "warning"))) == 1


def test_messages_that_differ_in_the_paths_of_their_projects_are_one() -> None:
    text = "\n".join(f"A.cs({at},5): warning CS1: no text [/w/p{at}.csproj]" for at in range(9))

    assert rows(text)[0].startswith("9 x warning CS1: no text [{/w/p0.csproj … 9 different}]; the")


def test_names_that_go_on_and_on_are_cut_with_a_sign() -> None:
    text = "\n".join(f"a.c:{at}:3: warning: no '{'x' * 90}{at}'" for at in range(12))

    assert "x…" in rows(text)[0]


def test_without_room_only_the_first_and_the_last_place_are_said_errors_last() -> None:
    places = range(9)
    text = "\n".join(f"a.c:{at}:3: warning: this is bad" for at in places)
    text += "\n" + "\n".join(f"b.c:{at}:3: error: this is worse" for at in places)

    assert rows(text, room=80) == [
        "9 x warning: this is bad @ a.c:0:3 … a.c:8:3",
        "9 x error: this is worse @ b.c:0:3,1:3,2:3,3:3,4:3,5:3,6:3,7:3,8:3",
    ]


def test_very_many_places_are_not_all_said() -> None:
    text = "\n".join(f"a{at}.c:{at}:3: warning: this is bad" for at in range(300))

    assert rows(text) == ["300 x warning: this is bad @ a0.c:0:3 … a299.c:299:3"]


def test_what_explains_a_message_ends_where_it_ends() -> None:
    lines = [
        "a.c:3:7: warning: unused variable 'x'",
        "    3 |   int x;",
        "      |       ^",
        "a.c:4:7: note: it is here",
        "make: Entering directory",
        "warning: unused import",
        " --> a.rs:1:5",
        "  |",
        "1 | use a::Error;",
        "",
        "help: remove it",
        "  |",
        "1 - use a::Error;",
        "",
        "Compiling b",
        "b.c:1:1: error: the last",
        "",
    ]

    found = diagnostics_of(lines)

    assert found.details == {
        0: range(1, 3),
        3: range(4, 4),
        5: range(6, 13),
        15: range(16, 16),
    }
    assert found.wrong == {0, 5, 15}
    assert found.explains == {1, 2, *range(6, 13)}


def linted(count: int) -> str:
    """What a linter with many rules prints of many files."""
    return "\n".join(
        f"src/part{at % 9}.py:{at}:5: {('D205', 'E501', 'ANN401')[at % 3]} "
        f"{('the summary ends late', 'the line is long', 'the type is missing')[at % 3]}"
        for at in range(count)
    )


@pytest.mark.parametrize(
    ("origin", "command", "is_search"),
    [
        ("search", "", True),
        ("command", "cd src; rg --vimgrep E501", True),
        ("command", "ruff check", False),
        ("unknown", "", False),
    ],
)
def test_findings_are_counted_by_message_and_hits_of_a_search_by_file(
    origin: Origin, command: str, *, is_search: bool
) -> None:
    source = Source(linted(300))
    hint = Hint(origin=origin, command=command)

    assert (SearchResults().view(source, hint, 2_000) is not None) == is_search
    counted = LogCompressor().view(source, hint, 2_000)
    assert counted is not None
    assert "[100 x D205 the summary ends late @ src/part0.py:0:5 … " in counted.body


def test_a_hit_is_a_finding_by_its_column_its_level_or_its_code() -> None:
    assert all(map(is_finding, ("7: undefined: x", " error: no", " F401 unused", "warning: x")))
    assert not any(map(is_finding, ("def f():", "    return 7", "raise Error")))


def test_what_explains_repeated_messages_is_shown_twice_and_is_no_problem_itself() -> None:
    lines = [f"[{at}/90] Building object {at} of the library" for at in range(90)]
    for at in range(40):
        lines += [
            f"src/a{at}.c:{at}:7: warning: unused variable [-Wunused]",
            f" {at:4} |   int the_error;",
            "      |       ^~~~~~~~~",
        ]

    lines += [f"make: Leaving directory {name}" for name in NAMES]

    view = LogCompressor().view(Source("\n".join(lines)), Hint(), 3_000)

    assert view is not None
    assert view.body.count("int the_error;") == 2
    assert view.body.count(": warning: unused variable") == 2
