"""What listings of files become, and that they come back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.listing import Listing
from headroom_core.compressors.listings import long, paths
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
