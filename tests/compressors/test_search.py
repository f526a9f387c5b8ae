"""What search results become, and that they come back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.search import SearchResults
from headroom_core.compressors.searching import form
from headroom_core.compressors.searching.hits import read
from headroom_core.source import Source

SEARCH = SearchResults()

PATHS = st.sampled_from(
    [
        *("src/app/main.py", "src/app/views.py", "src/app/a-1-b.py", "README.md", "Makefile"),
        *("./x/y.js", "./x/z.js", "/srv/p/one.go", "/srv/p/two words.go", "C:\\w\\a.cs"),
        *("docs/0001-start.md", "docs/-x.md", "2020/a.md", "2020/b.md", "2020/c.md", "./", "a/"),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "x", "  return x", "\tfoo()", "12:3", "12-3", "--", "| y", "a/", "x:7:y", "é\r"]
    ),
    st.text(max_size=12).map(lambda text: text.replace("\n", " ")),
)
ODD = st.sampled_from(
    ["", "--", "grep: x: Permission denied", "Binary file a matches", "| z", "> q"]
)


@st.composite
def searches(draw: st.DrawFn) -> str:
    """Something like the output of a search, with and without context, sometimes damaged."""
    style = draw(st.sampled_from(["flat", "context", "heading", "bare"]))
    lines: list[str] = []
    for path in draw(st.lists(PATHS, min_size=1, max_size=5)):
        if style == "context" and lines and draw(st.integers(0, 9)):
            lines.append("--")
        if style == "heading":
            lines += ["", path] if lines else [path]
        number = draw(st.integers(1, 1200))
        for text in draw(st.lists(TEXTS, min_size=1, max_size=6)):
            number += draw(st.sampled_from([1, 1, 1, 7]))
            sign = "-" if style in {"context", "heading"} and draw(st.booleans()) else ":"
            lines.append(
                f"{path}:{text}"
                if style == "bare"
                else f"{'' if style == 'heading' else path + sign}{number}{sign}{text}"
            )
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        lines.insert(draw(st.integers(0, len(lines))), draw(ODD))
    return "\n".join(lines)


@given(text=searches())
@settings(max_examples=100, deadline=None)
def test_what_is_read_as_a_search_comes_back_byte_for_byte(text: str) -> None:
    found = read(text.split("\n"))

    if found:
        assert form.read(*form.write(found)) == text


def test_hits_stand_under_their_file_with_their_own_line_number() -> None:
    text = "\n".join(
        f"src/shop/{name}.py:{number}:    total += price_{number}"
        for name in ("basket", "order", "refund")
        for number in range(11, 31, 3)
    )

    encoded = SEARCH.encode(Source(text), Hint())

    assert encoded is not None
    assert encoded.body.split("\n")[:3] == ["src/shop/", "basket.py", "11     total += price_11"]
    assert SEARCH.decode(encoded.legend, encoded.body) == text
