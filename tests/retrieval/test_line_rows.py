"""Columns that are cut out of lines hold what a reader of CSV finds in them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.retrieval.tables.line_rows import Ends, are_rows, line_table, plain_ends
from headroom_core.retrieval.tables.text_rows import _delimited

if TYPE_CHECKING:
    from headroom_core.retrieval.tables.table import Table

Quoting = Literal[0, 1]
HEADS = ['name,"si""ze",', "name,size,note", '"name",size,"the note"', '"a,b",name,"c"']
cells = st.sampled_from(
    ["", "1", "-2.50", "a b", " x ", '"q"', '"1"', '"a,b"', '"say ""x"""', '""']
)
rows = st.lists(cells, min_size=3, max_size=3).map(",".join)
ragged = st.one_of(rows, rows, st.lists(cells, max_size=5).map(",".join), st.just(" "))
bodies = st.one_of(
    st.text(st.sampled_from('ab1,"\n\r '), max_size=60),
    st.builds(str.join, st.sampled_from(["\n", "\r\n"]), st.lists(rows | ragged, max_size=8)),
    st.builds(str.join, st.sampled_from(["\n", "\r\n"]), st.lists(rows, min_size=1, max_size=8)),
)


def _same(found: Table, expected: Table) -> None:
    assert (found.size, found.columns, found.lead) == (
        expected.size,
        expected.columns,
        expected.lead,
    )
    assert found.some is not None
    backwards = range(found.size)[::-1]
    for name in [*expected.columns, "nope"]:
        values = expected.values(name)
        assert found.values(name) == values
        assert found.some(name, backwards) == (None if values is None else values[::-1])
    for row in range(found.size):
        assert found.source(row).rstrip("\r") == expected.source(row)


@given(st.sampled_from(HEADS), bodies, st.integers(1, 5))
def test_rows_of_a_line_each_are_those_that_a_reader_of_csv_finds(
    head: str, body: str, looked_at: int
) -> None:
    text = f"{head}\n{body}"
    lines = text.split("\n")
    expected = _delimited(lines, ",")

    found = line_table(text, lines, lines[:looked_at], ",")

    if found is not None and expected is not None:
        _same(found, expected)


WIDE = [f"c{at}" for at in range(20)]


def _wide(cell: str, *, at: int, quoting: Quoting) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=quoting)
    writer.writerow(WIDE)
    for row in range(5):
        values = [f"v{row}-{column}" for column in range(len(WIDE))]
        values[at] = cell
        writer.writerow(values)
    return out.getvalue()


@pytest.mark.parametrize("at", [0, 9, 19])
@pytest.mark.parametrize("cell", ["x", "a,b", 'say "x"', ""])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_columns_on_either_side_of_a_quoted_one_are_cut_out(
    at: int, cell: str, quoting: Quoting
) -> None:
    text = _wide(cell, at=at, quoting=quoting)
    lines = text.splitlines()
    expected = _delimited(lines, ",")

    found = line_table(text, lines, lines, ",")

    assert found is not None
    assert expected is not None
    _same(found, expected)


@pytest.mark.parametrize("short", [1, 12, 19])
def test_of_wide_rows_some_may_be_too_short(short: int) -> None:
    lines = [",".join(WIDE), *[",".join(map(str, range(20)))] * 3, ",".join(map(str, range(short)))]

    found = line_table("\n".join(lines), lines, lines, ",")

    assert found is not None
    assert found.values("c0") == [0] * 4
    assert found.values("c19") == [19, 19, 19, None]


def test_the_first_lines_tell_how_much_of_all_lines_can_be_cut_at_each_delimiter() -> None:
    assert plain_ends(['a,"b",c\r', "", "1,2,3"], ",", 3) == Ends(3, 3)
    assert plain_ends(["a,b,c,d", '1,"2",",",4'], ",", 4) == Ends(2, 1)
    assert plain_ends(["a,b", '"x,y",2', '1,"x,y"'], ",", 2) == Ends(0, 0)
    assert plain_ends(["a,b", "1"], ",", 300) == Ends(0, 0)


@pytest.mark.parametrize("body", ['1,"x"\n', '"a ""b"" c",2\r\n"d",\r', '"",""', 'a,b\n\n"c",d'])
def test_quoted_cells_that_end_on_their_line_are_told_apart(body: str) -> None:
    assert are_rows(body, body.split("\n"), ",", 2, Ends())


@pytest.mark.parametrize(
    "body", ['1,"x\ny"', 'a","b\n"c,"d', 'x"y,z', '"a"b,c', '1,"' + "x" * 2**18 + '"']
)
def test_cells_that_may_go_on_are_told_apart(body: str) -> None:
    assert not are_rows(body, body.split("\n"), ",", 2, Ends())
    assert line_table(f"a,b\n{body}", ["a,b", *body.split("\n")], ["a,b"], ",") is None


@pytest.mark.parametrize("body", ["1,2,3\n", '"1",2', '1,"2,3"', '1,"""2"""'])
def test_rows_that_are_not_as_the_first_lines_are_told_apart(body: str) -> None:
    plain = body == '"1",2'

    assert are_rows(body, body.split("\n"), ",", 2, Ends(2, 2)) == plain
