"""What search results become, and that they come back."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors import bounded
from headroom_core.compressors.base import Hint
from headroom_core.compressors.search import SearchResults
from headroom_core.compressors.searching import form, view
from headroom_core.compressors.searching.hits import read
from headroom_core.compressors.searching.worth import Definitions
from headroom_core.errors import DecodeError
from headroom_core.keep import KeepRules
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


def grep(files: int = 12, hits: int = 9) -> str:
    """A search with many hits; one line defines what was searched."""
    lines = [
        f"src/shop/part_{file}.py:{number}:    total = basket_total(order_{number}, {file})"
        for file in range(files)
        for number in range(10, 10 + 7 * hits, 7)
    ]
    lines.insert(50, "src/shop/part_5.py:11:def basket_total(order: Order, part: int) -> int:")
    return "\n".join(lines)


ASKED = Hint(
    origin="search",
    command="rg -n basket_total",
    query="Where is `basket_total` defined?",
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "\n".join(f"2026-01-0{day} 12:30:4{day} INFO all is well" for day in range(1, 9)),
        "\n".join(f"key_{n}: some text of a file" for n in range(20)),
        "\n".join(f"{n}: not a heading" for n in range(20)),
        "src/a.py\n\n\n12:x\n13:y",
        "src/a.py\n12:x\nno number\n13:y",
        "src/a.py\n12:x\n\n13:y\n14:z",
        "src/a.py\n12:x\n\n",
        "a.py:1:x\nb.py:1:x",
    ],
)
def test_what_is_no_search_or_gains_nothing_is_left_alone(text: str) -> None:
    assert SEARCH.encode(Source(text), Hint()) is None


def test_context_lines_stand_without_number_around_their_hit() -> None:
    text = "\n".join(
        line
        for file in ("basket", "order")
        for at in (20, 40, 60, 80)
        for line in (
            f"src/shop/{file}.py-{at - 1}-",
            f"src/shop/{file}.py:{at}:    total = 0",
            f"src/shop/{file}.py-{at + 1}-    return total",
            "--",
        )
    ).removesuffix("\n--")

    encoded = SEARCH.encode(Source(text), Hint())

    assert encoded is not None
    assert encoded.body.split("\n")[:5] == [
        "src/shop/",
        "basket.py",
        "",
        "20     total = 0",
        "     return total",
    ]
    assert SEARCH.decode(encoded.legend, encoded.body) == text


@pytest.mark.parametrize(
    "text",
    [
        "./a.py:1:x\n./b/c.py:1:x\n--",
        "/srv/shop/a.py:1:x\n/srv/shop/b/c.py:1:x",
        "a.py:1:x\na.py-2-y\na.py-9-z\na.py:10:z",
        "./:1:x\n./a:2:y",
        "src/a.py:x = 1\nsrc/a.py:\nsrc/b.py: y\nsrc/b.py:12:z",
        "a/b.py\n1:x\n--\n9:x\n\nc.py\n2-y\n3:y",
    ],
)
def test_roots_gaps_and_blocks_come_back(text: str) -> None:
    found = read(text.split("\n"))

    assert found is not None
    assert form.read(*form.write(found)) == text


@pytest.mark.parametrize("hits", range(1, 12))
def test_blocks_are_recognised_wherever_the_first_lines_end(hits: int) -> None:
    blocks = (
        "\n".join(
            [f"src/part_{file}.py", *(f"{7 * at}:    total = 3" for at in range(1, hits + 1))]
        )
        for file in range(120)
    )

    assert SEARCH.encode(Source("\n\n".join(blocks)), Hint()) is not None


def test_context_is_never_taken_for_a_hit_of_another_file() -> None:
    lines = [
        "a.py-6-see b.c:12: for more",
        "a.py:7:found",
        "a.py-8-see d.c:13: too",
        "--",
        "b.c-11-x",
        "b.c:12:found",
    ]

    found = read(lines)

    assert found is not None
    assert [(line.path, line.number) for line in found.lines if line.mark == "hit"] == [
        ("a.py", 7),
        ("b.c", 12),
    ]


@pytest.mark.parametrize(
    ("legend", "body"),
    [
        ("of another form", "12 x"),
        ("search results by file, hits as LINE text", "12 x"),
        ("search results by file, hits as LINE text", "a.py\n x"),
        ("search results by file, hits as LINE text", " x"),
    ],
)
def test_what_is_no_form_is_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        SEARCH.decode(legend, body)


@given(body=st.text(alphabet="a/.:- >|1\n", max_size=60), explicit=st.booleans())
def test_a_forged_body_is_read_or_refused(body: str, explicit: bool) -> None:
    encoded = SEARCH.encode(Source(grep()), Hint())
    assert encoded is not None

    with suppress(DecodeError):
        SEARCH.decode(encoded.legend + "; -- between blocks" * explicit, body)


def test_a_form_that_grows_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_DECODED_CHARS", 1_000)

    with pytest.raises(DecodeError):
        SEARCH.decode("search results by file, hits as LINE text", "a" * 500 + "\n1 x\n2 x")


def test_a_view_shows_the_definition_and_counts_the_rest() -> None:
    text = grep()

    shown = SEARCH.view(Source(text), ASKED, 600)

    assert shown is not None
    lines = shown.body.split("\n")
    at = lines.index("11 def basket_total(order: Order, part: int) -> int:")
    assert "src/shop/part_5.py" in lines[:at]
    assert len(shown.body) < 900
    assert shown.shown + sum(map(int, re.findall(r"\[… (\d+) more", shown.body))) == shown.total


def test_a_view_keeps_what_is_named_whatever_the_room() -> None:
    text = grep() + "\nsrc/shop/refund.py:3:    total = basket_total(refund, 99)\n"
    text += "grep: secret.py: Permission denied\nerrors.log:4:ERROR disk full"
    keep = KeepRules(patterns=(r"part_7\.py:24:",))

    shown = SEARCH.view(Source(text), Hint(query="What about the refund?", keep=keep), 50)

    assert shown is not None
    assert "3     total = basket_total(refund, 99)" in shown.body
    assert "24     total = basket_total(order_24, 7)" in shown.body
    assert "| grep: secret.py: Permission denied" in shown.body
    assert "4 ERROR disk full" in shown.body
    assert 100 < shown.required < len(shown.body)


def test_a_view_goes_on_with_the_signature_of_a_definition() -> None:
    lines = [f"b.py:{number}:    area(1, {number})" for number in range(1, 400, 2)]
    lines += [
        "--",
        "a.py:7:def area(",
        "a.py-8-    width: int,",
        "a.py-9-    height: int,",
        "a.py-10-",
    ]
    lines += ["a.py-11-    # 11", "--", "c.py:1:def area(", "d.py:1:x = area(1, 2)"]

    shown = SEARCH.view(Source("\n".join(lines)), Hint(query="`area`", command="rg area"), 900)

    assert shown is not None
    assert "7 def area(\n8-    width: int,\n9-    height: int,\n10-\n" in shown.body


def test_a_view_without_numbers_or_with_nothing_to_leave_out() -> None:
    bare = "\n".join(f"src/a.py:    total += {number}" for number in range(200))

    shown = SEARCH.view(Source(bare), Hint(), 300)

    assert shown is not None
    assert "\n     total += 0\n" in shown.body
    assert SEARCH.view(Source(grep(2, 2)), Hint(), 10_000) is None
    assert SEARCH.view(Source("no search"), Hint(), 10_000) is None


def test_the_rest_is_counted_by_file_as_far_as_the_room_goes() -> None:
    text = "a.py:1:def area():\n" + "\n".join(
        f"{file}.py:{number}:{'x' * 300}" for file in "bcd" for number in range(1, 9)
    )

    shown = SEARCH.view(Source(text), Hint(query="`area`", command="rg area"), 300)
    less = SEARCH.view(Source(text), Hint(query="`area`", command="rg area"), 60)

    assert shown is not None
    assert less is not None
    assert "[… 24 more: b.py 8, c.py 8, d.py 8]" in shown.body
    assert "[… 24 more: b.py 8, 2 other files]" in less.body


def test_what_a_compiler_finds_stays() -> None:
    text = grep() + "\nsrc/a.c:3:5: error: expected ';'\nsrc/b.rs:4: warning[E01]: unused"

    shown = SEARCH.view(Source(text), Hint(), 100)

    assert shown is not None
    assert "3 5: error: expected ';'" in shown.body
    assert "4  warning[E01]: unused" in shown.body


def test_messages_that_are_left_out_are_counted() -> None:
    text = grep() + "\nBinary file x matches" * 3

    shown = SEARCH.view(Source(text), Hint(), 400)

    assert shown is not None
    assert "3 messages" in shown.body


@pytest.mark.parametrize(
    ("line", "rank"),
    [
        ("def area(w: int) -> int:", 1.0),
        ("func (s *Shape) area() int {", 1.0),
        ("pub fn area<'a>(", 1.0),
        ("function area(w, h) {", 1.0),
        ("#define area 3", 1.0),
        ("  static int area(int w, int h) {", 0.9),
        ("constexpr auto area() const -> int { return 3; }", 0.9),
        ("  area(w, h) {", 0.8),
        ("  public static long area(long w,", 0.5),
        ("  area: int = 3", 0.4),
        ("  return area(w) {", 0.0),
        ("  x = area(w)", 0.0),
        ("  // the area", 0.0),
    ],
)
def test_definitions_are_recognised_in_many_languages(line: str, rank: float) -> None:
    assert Definitions(["area"]).rank(line) == rank


def test_a_long_line_stays_linear() -> None:
    text = "a/b.py:1:" + "x" * 2_000_000 + "\na/b.py:2:x"

    found = read(text.split("\n"))

    assert found is not None
    assert form.read(*form.write(found)) == text
    assert view.make(found, 2, Hint(query="x"), 100) is not None
