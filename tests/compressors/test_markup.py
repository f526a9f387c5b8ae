"""HTML pages are read as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.html_reader import markdown_of
from headroom_core.compressors.markup import Markup
from headroom_core.source import Source

MARKUP = Markup()
PAGE = """<!DOCTYPE html>
<html><head><title>Demo</title><style>p {{ color: red }}</style></head>
<body>
<nav><a href="/a">Home</a><a href="/b">Other</a></nav>
<div class="sphinxsidebar"><p>A sidebar with many words in it</p></div>
<main>
<h1>Demo<a class="headerlink" href="#demo">¶</a></h1>
{}
</main>
<footer>Copyright</footer>
</body></html>"""


def view(text: str, query: str = "", room: int = 4000) -> View | None:
    return MARKUP.view(Source(text), Hint(origin="api", query=query), room)


def section(at: int) -> str:
    return (
        f'<section id="s{at}"><h2>Part number {at}</h2>\n'
        f'<p class="para">The <em>widget</em> of part {at} turns {at * 3} times a day.</p>\n'
        f'<p class="para">It was made in town {at} by hand.</p></section>'
    )


def test_the_main_content_is_shown_as_markdown() -> None:
    found = view(PAGE.format(section(1)))

    assert found is not None
    assert found.body.split("\n")[1:] == [
        "# Demo",
        "",
        "## Part number 1",
        "The widget of part 1 turns 3 times a day.",
        "It was made in town 1 by hand.",
    ]


def test_what_was_asked_for_is_shown_of_a_long_page() -> None:
    page = PAGE.format("\n".join(section(at) for at in range(60)))

    found = view(page, 'What does this page say in the section "Part number 41"?', room=900)

    assert found is not None
    assert "The widget of part 41 turns 123 times a day." in found.body
    assert len(found.body) < 2000


def test_headings_are_shown_where_nothing_was_asked() -> None:
    page = PAGE.format("\n".join(section(at) for at in range(60)))

    found = view(page, room=900)

    assert found is not None
    assert "## Part number 0" in found.body
    assert "[… " in found.body
    assert found.shown < found.total


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<ul><li>one<li>two<ul><li>deep</li></ul></li></ul>", ["- one", "- two", "  - deep"]),
        ("<pre>a\n  b\n</pre>", ["```", "a", "  b", "```"]),
        ("<pre></pre><p>x</p>", ["x"]),
        ("<pre>last line</pre>", ["```", "last line", "```"]),
        ("one<br>two<hr>", ["one", "two"]),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><p>2</p> x</td></tr></table>",
            ["| a | b |", "|---|---|", "| 1 | 2 x |"],
        ),
        ("<table><tr>no cell</tr><td>stray</td></table>", ["stray"]),
        ("<p hidden>secret</p><p role='search'>find</p>text</p></div>", ["text"]),
        ("<h2>a</h2><h3>b</h3>", ["## a", "", "### b"]),
        ("<p>a &amp; b &lt;c&gt; <b>bold</b></p>", ["a & b <c> bold"]),
        ("<ol><li>1</ol></ol>after", ["- 1", "after"]),
        ("a<!-- <p>not</p> --><script>if (1 < 2) {}</script>b", ["ab"]),
        ("a<!-- never closed <p>b</p>", ["a"]),
        ("a<style>never closed <p>b</p>", ["a"]),
        ("<p title='a > b'>x</p><p title=it's>y</p>", ["x", "y"]),
        ("<!DOCTYPE html><?xml?><p CLASS=nav>x</p>y", ["y"]),
        ("<p>all of this</p><main>x</main>", ["all of this", "x"]),
    ],
)
def test_elements_become_lines(html: str, lines: list[str]) -> None:
    assert markdown_of(html) == lines


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "<p> </p> <ul> <li> </ul> <pre> </pre> <table> <tr> <td> </tr> </table> <nav> </nav>"
            " text \n <!-- --> < &amp <br>".split(" ")
        ),
        max_size=60,
    )
)
def test_broken_pages_are_read_all_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)

    assert isinstance(markdown_of(text), list)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "<html></html>",
        "<html><script>var x = 1</script></html>",
        f"<html>{'only words ' * 200}",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert view(text) is None


def test_a_fragment_with_many_tags_is_a_page() -> None:
    found = view(
        "\n".join('<p class="x"><a href="https://example.org/y">item</a></p>' for _ in range(30))
    )

    assert found is not None
    assert found.body.endswith("item\nitem")


def test_a_huge_page_is_left_alone() -> None:
    assert view(f"<html>{'<p>x</p>' * 1_000_001}</html>") is None


@pytest.mark.parametrize("piece", ["<", "<a ", "<a '", '<a "', "<!--", "<![", "</", "<p>", "&"])
def test_a_broken_page_of_any_length_is_read(piece: str) -> None:
    assert isinstance(markdown_of(piece * 100_000), list)


def test_deep_nesting_is_read_in_linear_time() -> None:
    assert markdown_of("<div>" * 50_000 + "x" + "</div>" * 50_000) == ["x"]


def test_a_table_that_places_parts_of_a_page_is_read_part_by_part() -> None:
    page = (
        "<html><body><table><tr><td>Menu</td><td>left<table><tr><th>k</th><td>v</td></tr></table>"
        "<h2>Usage</h2><p>Call <b>run</b>.</p><ul><li>one</li></ul></td><td>right</td></tr>"
        "<tr><td>a</td><td>b</td></tr></table></body></html>"
    )

    lines = markdown_of(page)

    assert [line for line in lines if line] == [
        *("Menu", "left", "| k | v |", "## Usage", "Call run.", "- one", "right", "| a | b |"),
    ]  # fmt: skip


def test_of_a_page_that_is_a_long_table_the_figures_and_the_rows_that_stand_out_are_shown() -> None:
    rows = "".join(
        f"<tr><td>{at}<td>n{at * 7919 % 997}<td>{'gone' if at == 61 else 'here'}</tr>\n"
        for at in range(120)
    )
    names = "<tr><th>No</th><th>Name</th><th>State</th></tr>\n"
    page = f"<html><body><h1>All</h1><table>\n{names}{rows}</table></body></html>"

    found = Markup().view(Source(page), Hint(), 1_200)

    assert found is not None
    assert "[State: 2 distinct: here x119, gone x1]" in found.body
    assert f"| 61 | n{61 * 7919 % 997} | gone |" in found.body
    assert found.shown < 20


def test_a_power_keeps_its_sign() -> None:
    page = "<html><body><p>at most 2<sup>32</sup> rows</p></body></html>"

    assert markdown_of(page) == ["at most 2^32 rows"]


def test_markdown_with_tags_in_it_is_no_page() -> None:
    badges = '<p align="center"><a href="x">b</a></p>\n' * 20
    text = f"{badges}\n## Basic usage\n\n" + "Some words about it.\n" * 60

    assert Markup().view(Source(text), Hint(), 400) is None
    assert Markup().view(Source(text.replace("## ", "")), Hint(), 400) is not None
