"""What listings of files become, and that they come back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.listing import Listing
from headroom_core.compressors.listings import long, paths
from headroom_core.errors import DecodeError
from headroom_core.keep import KeepRules
from headroom_core.source import Source

LISTING = Listing()

NAMES = st.sampled_from([*"abc", "x.py", "y.py", ".git", "two words", "..", ".", "|", "é", "0-1"])
ROOTS = st.sampled_from(["", "", "./", "./", "/", "/srv/", "../", "C:/"])


@st.composite
def listings(draw: st.DrawFn) -> str:
    """Something like the output of `find`, `du`, `wc` or `tar`, sometimes damaged."""
    root = draw(ROOTS)
    parts = draw(st.lists(st.lists(NAMES, min_size=1, max_size=4), min_size=2, max_size=12))
    found = [root + "/".join(path) for path in parts]
    if draw(st.booleans()):
        found.sort()
    if draw(st.integers(0, 3)) == 0:
        found = [
            path.rsplit("/", 1)[0] + "/" if index % 3 == 0 else path
            for index, path in enumerate(found)
        ]
    style = draw(
        st.sampled_from(["{p}", "{n}\t{p}", "{n:>7} {p}", "{n} 2026-01-01 {p}", "{n:<8}x {p}"])
    )
    lines = [style.format(n=draw(st.integers(0, 99999)), p=path) for path in found]
    for _ in range(draw(st.sampled_from([0, 0, 1]))):
        odd = draw(
            st.sampled_from(
                ["", "  77 total", "| x", "find: 'x': Permission denied", ".", "./", "a/"]
            )
        )
        lines.insert(draw(st.integers(0, len(lines))), odd)
    return "\n".join(lines)


@given(text=listings())
@settings(max_examples=100, deadline=None)
def test_what_is_read_as_a_list_of_paths_comes_back_byte_for_byte(text: str) -> None:
    form = paths.write(text.split("\n"))

    if form:
        assert paths.read(*form) == text


def test_names_stand_below_the_line_of_their_folder() -> None:
    text = "\n".join(f"./src/shop/{name}/part_{n}.py" for name in "abc" for n in range(6))

    encoded = LISTING.encode(Source(text), Hint())

    assert encoded is not None
    assert encoded.body.split("\n")[:2] == ["./src/shop/a/", "part_0.py"]
    assert LISTING.decode(encoded.legend, encoded.body) == text


@st.composite
def long_listings(draw: st.DrawFn) -> str:
    """Something like the output of `ls -l` or `ls -lR`, sometimes damaged."""
    wide = draw(st.booleans())
    lines: list[str] = []
    for block in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            lines += ["", f"./dir{block}:"] if lines else ["./dir:"]
        lines.append(f"total {draw(st.integers(0, 900))}")
        rows = [
            long.Row(
                draw(
                    st.sampled_from(
                        ["-rw-r--r--", "-rwxr-xr-x", "drwxr-xr-x", "lrwxrwxrwx", "-rw-r--r--+"]
                    )
                ),
                str(draw(st.sampled_from([1, 1, 2, 13]))),
                draw(st.sampled_from(["root", "root", "a,b", "deploy"])),
                draw(st.sampled_from(["root", "staff"])),
                draw(st.sampled_from(["0", "7", "4096", "1.2K", "123456789"])),
                draw(
                    st.sampled_from(
                        [
                            "Feb 26 2023",
                            "Jan 5 10:00",
                            "2026-01-02 03:04",
                            "2026-01-02 03:04:05.123456789 +0000",
                        ]
                    )
                ),
                draw(
                    st.sampled_from(
                        [".", "a", "b -> c", "Feb 26 2023 x", "d/", "two words", " x", "é"]
                    )
                ),
            )
            for _ in range(draw(st.integers(1, 6)))
        ]
        widths = long.widths_of(rows, wide=wide)
        lines += [widths.join(row) for row in rows]
    for _ in range(draw(st.sampled_from([0, 0, 1]))):
        odd = draw(
            st.sampled_from(
                ["", "x:", "total 0", "| x", "ls: cannot open directory", "12:", "0 Feb 26 2023 a"]
            )
        )
        lines.insert(draw(st.integers(0, len(lines))), odd)
    return "\n".join(lines)


@given(text=long_listings())
@settings(max_examples=100, deadline=None)
def test_what_is_read_as_ls_output_comes_back_byte_for_byte(text: str) -> None:
    form = long.write(text.split("\n"))

    if form:
        assert long.read(*form) == text


def tree(style: str = "{p}") -> str:
    """A project with many files, as `style` prints them."""
    found = [f"./src/{a}/{b}/part_{n}.py" for a in "abcd" for b in "xy" for n in range(12)]
    return "\n".join(
        style.format(n=100 + 7 * at, m=3 ** (at % 9), p=path) for at, path in enumerate(found)
    )


def ls(rows: int = 60) -> str:
    """What `ls -la` prints."""
    names = [f"part_{number:03}.py" for number in range(rows)]
    found = [long.Row("drwxr-xr-x", "2", "root", "root", "4096", "Jan 5 10:00", ".")]
    found += [
        long.Row("-rw-r--r--", "1", "root", "root", str(71 * at), "Jan 5 10:00", name)
        for at, name in enumerate(names)
    ]
    found.append(long.Row("lrwxrwxrwx", "1", "root", "root", "3", "Feb 1 2020", "a -> b"))
    widths = long.widths_of(found, wide=False)
    return "\n".join(["total 12", *map(widths.join, found)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "\n".join(f"2026-01-01 12:00:0{n} GET /api/users/{n} took 3 ms" for n in range(9)),
        "\n".join(f"no path {n}" for n in range(30)),
        "\n".join("  /  " for _ in range(9)),
        "a/b\nc/d\ne/f",
        "\n".join(["a/b.py", "x", "y"] * 3),
        "a/b.py\na/c.py",
    ],
)
def test_what_is_no_listing_or_gains_nothing_is_left_alone(text: str) -> None:
    assert LISTING.encode(Source(text), Hint()) is None


def test_folders_of_a_walk_are_entries_themselves() -> None:
    text = "\n".join(
        line
        for folder in ("basket", "order", "refund")
        for line in (f"./src/{folder}", *(f"./src/{folder}/part_{n}.py" for n in range(5)))
    )

    encoded = LISTING.encode(Source(f".\n./src\n{text}"), Hint())

    assert encoded is not None
    assert encoded.body.split("\n")[:4] == ["./.", "./src/.", "./src/basket/.", "part_0.py"]
    assert LISTING.decode(encoded.legend, encoded.body) == f".\n./src\n{text}"


def test_folders_after_their_content_are_named_from_below() -> None:
    text = "\n".join(
        line
        for folder in ("basket", "order", "refund")
        for line in (
            *(f"{n}K\t./src/shop/{folder}/part_{n}.py" for n in range(5)),
            f"40K\t./src/shop/{folder}",
        )
    )

    encoded = LISTING.encode(Source(f"{text}\n120K\t./src/shop\n120K\t./src\n121K\t."), Hint())

    assert encoded is not None
    assert encoded.body.endswith("40K .\n120K ..\n120K ../..\n121K ../../..")
    assert LISTING.decode(encoded.legend, encoded.body).endswith("\n120K\t./src\n121K\t.")


def test_an_archive_keeps_the_slash_of_its_folders() -> None:
    text = "shop/\nshop/src/\n" + "\n".join(f"shop/src/part_{n}.py" for n in range(40))

    encoded = LISTING.encode(Source(text), Hint())

    assert encoded is not None
    assert LISTING.decode(encoded.legend, encoded.body) == text


def test_rows_of_ls_keep_their_size_and_say_their_mode_where_it_differs() -> None:
    encoded = LISTING.encode(Source(ls()), Hint())

    assert encoded is not None
    assert "-rw-r--r-- 1 root root" in encoded.legend
    assert encoded.body.split("\n")[1:4] == [
        "drwxr-xr-x 2 root root 4096 Jan 5 10:00 ./",
        "0 part_000.py",
        "71 part_001.py",
    ]
    assert encoded.body.endswith("\nlrwxrwxrwx 1 root root 3 Feb 1 2020 a -> b")
    assert LISTING.decode(encoded.legend, encoded.body) == ls()


PATHS = "paths, names below their folder's line, which ends in /"


@pytest.mark.parametrize(
    ("legend", "body"),
    [
        ("of another form", "a"),
        ("ls -l", "a"),
        ("ls -l rows and more", "a"),
        (PATHS, ".."),
        (PATHS, "a/\n../.."),
        (PATHS + "; column widths >7", "a"),
        (PATHS + "; column widths . .; left out since always the same: column 0 x", "1 a"),
        (PATHS + "; column widths >7777", "1 a"),
        (PATHS + "; column widths .; left out since always the same: column 2 x", "a"),
        ("ls -l rows", "no row"),
        ("ls -l rows", "12 a"),
        ("ls -l rows; mode, links, owner and group where left out: -rw-r--r-- 1 root", "1 a"),
        ("ls -l rows; mode, links, owner and group where left out: -rw-r--r-- 1 a b", "1 a"),
    ],
)
def test_what_is_no_form_is_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        LISTING.decode(legend, body)


@given(body=st.text(alphabet="a1/. |\n", max_size=60))
def test_a_forged_body_is_read_or_refused(body: str) -> None:
    for text in (tree("{n:>7} {p}"), ls()):
        encoded = LISTING.encode(Source(text), Hint())
        assert encoded is not None
        with suppress(DecodeError):
            LISTING.decode(encoded.legend, body)


def test_a_view_shows_rows_as_they_stood_and_counts_the_rest_by_folder() -> None:
    text = tree("{n}\t{p}")

    view = LISTING.view(Source(text), Hint(query="How large is src/c/y/part_7.py?"), 900)

    assert view is not None
    lines = view.body.split("\n")
    assert lines[0].startswith("[listing: 96 entries in 8 folders, 96 .py, sizes 100 to 765;")
    assert "569\t./src/c/y/part_7.py" in lines
    assert "./src/a/" in view.body
    assert all(line in text.split("\n") or line.startswith("[") for line in lines)
    assert len(view.body) < 1_400


def test_a_view_of_a_long_listing_keeps_rare_modes_and_errors() -> None:
    text = ls(300).replace("-rw-r--r-- 1 root root  9230", "-rwsr-xr-x 1 root root  9230")
    text = f"./shop:\n{text}\nls: cannot open directory 'x': Permission denied\n\n./empty:"

    view = LISTING.view(Source(text), Hint(keep=KeepRules(patterns=("part_299",))), 700)

    assert view is not None
    assert "-rwsr-xr-x 1 root root  9230 Jan  5 10:00 part_130.py" in view.body
    assert "ls: cannot open directory 'x': Permission denied" in view.body
    assert " part_299.py" in view.body
    assert "./shop/ (" in view.body
    assert view.required > 200


def test_a_view_leaves_out_what_it_has_no_room_to_count() -> None:
    text = f"a/b.py\n\n\nfind: './x': Permission denied\n{tree()}\n{tree()}"

    view = LISTING.view(Source(text), Hint(query="What is in a/b.py?"), 30)

    assert view is not None
    assert view.body.endswith(
        "left out]\na/b.py\n[… 2 lines]\nfind: './x': Permission denied\n[… 192 more]"
    )


def test_columns_with_many_values_have_no_rare_ones() -> None:
    text = ls(0) + "".join(
        f"\n-rw-r--r-- 1 user{n:03} root 3 Jan  5 10:00 part_{n}.py" for n in range(200)
    )

    view = LISTING.view(Source(text), Hint(), 500)

    assert view is not None
    assert view.shown < 30


@pytest.mark.parametrize("style", ["{m:<8} x {p}", "x {m:>8} {p}", "{m:<8} {p}", "{m:>200} {p}"])
def test_padded_columns_come_back(style: str) -> None:
    text = tree(style)

    form = paths.write(text.split("\n"))

    assert (form is None) == ("200" in style)
    assert form is None or paths.read(*form) == text


def test_folders_of_other_lists_are_told_from_the_top() -> None:
    text = "\n".join(["src/a.py", "src/b.py", "README.md", "LICENSE", "docs/", "docs/x", "docs/y"])

    form = paths.write(text.split("\n"))

    assert form is not None
    assert "./ is the top" in form[0]
    assert paths.read(*form) == text


def test_the_wide_gaps_of_other_systems_come_back() -> None:
    rows = [
        long.Row("-rw-r--r--", "1", "me", "staff", str(n), "Jan 5 10:00", f"n{n}") for n in range(9)
    ]
    widths = long.widths_of(rows, wide=True)
    text = "\n".join(map(widths.join, rows))

    form = long.write(text.split("\n"))

    assert form is not None
    assert long.read(*form) == text


def test_a_device_among_files_stands_as_it_was() -> None:
    lines = ls().split("\n")
    lines.insert(5, "crw-rw-rw- 1 root root 1, 3 Jan  5 10:00 null")

    form = long.write(lines)

    assert form is not None
    assert "| crw-rw-rw- 1 root root 1, 3 Jan  5 10:00 null" in form[1]
    assert long.read(*form) == "\n".join(lines)


def test_a_view_of_nothing_or_of_everything_is_none() -> None:
    assert LISTING.view(Source("no listing"), Hint(), 100) is None
    assert LISTING.view(Source(tree()), Hint(), 100_000) is None


def test_other_kinds_are_counted_together() -> None:
    text = "\n".join(f"a/b/file.x{n % 9}" for n in range(90))

    view = LISTING.view(Source(text), Hint(), 300)

    assert view is not None
    assert "30 of 3 other kinds" in view.body


NODES = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["a.py", "b c", "[4.0K]  d", "| x", "", "é"])),
    min_size=3,
    max_size=14,
)


def test_the_slashes_of_tags_make_no_paths() -> None:
    source = Source("\n".join(f"<tr><td>{at}</td>\n<td>name{at}</td></tr>" for at in range(90)))

    assert Listing().view(source, Hint(), 500) is None
    assert Listing().encode(source, Hint()) is None
