"""The second condition of an `and` is asked about the rows only that the first one leaves open."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.tables.json_scan import scan_each_line, scan_table
from headroom_core.retrieval.tables.read import read_table
from headroom_core.retrieval.where.match import Matcher
from headroom_core.retrieval.where.parse import parse

if TYPE_CHECKING:
    from headroom_core.retrieval.tables.table import Cell, Table

ROWS = [
    {"id": at, "state": "bad" if at % 10 == 3 else "good", "took": at * 0.5, "note": f'say "{at}"'}
    for at in range(60)
]


def scanned(text: str) -> Table:
    table = scan_each_line(text) or scan_table(text)
    assert table is not None
    return table


def as_csv(*, quoted: bool) -> str:
    out = io.StringIO()
    names = [*ROWS[0]] if quoted else ["id", "state", "took"]
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue()


def as_log() -> str:
    return "\n".join(
        f"2026-05-04T10:00:{row['id']:02d}Z INFO id={row['id']} state={row['state']}"
        f" took={row['took']}"
        for row in ROWS
    )


SOME = {
    "csv": read_table(as_csv(quoted=False)),
    "csv with quotes": read_table(as_csv(quoted=True)),
    "log": read_table(as_log()),
}
TABLES = SOME | {
    "array": scanned(json.dumps(ROWS)),
    "map": scanned(json.dumps({f"k{row['id']}": row for row in ROWS})),
    "lines": scanned("\n".join(map(json.dumps, ROWS))),
}
tables_with_some = pytest.mark.parametrize("table", SOME.values(), ids=list(SOME))
tables = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
conditions = st.recursive(
    st.sampled_from(["state = 'bad'", "id < 9", "took >= 4", "id = 13", "took is null"]),
    lambda inner: st.builds(
        "({}) {} ({})".format, inner, st.sampled_from(["and", "and not", "or"]), inner
    ),
    max_leaves=4,
)


def asked(table: Table, where: str) -> list[int]:
    condition = parse(where).condition
    return Matcher(replace(table, cached={})).rows(condition)


@tables_with_some
@pytest.mark.parametrize("name", ["id", "state", "took"])
def test_a_column_of_some_rows_is_that_part_of_the_whole_column(table: Table, name: str) -> None:
    assert table.some is not None
    whole = table.column(name)
    assert whole is not None

    assert table.some(name, [3, 13, 7]) == [whole[3], whole[13], whole[7]]


@tables
@given(where=conditions)
def test_the_rows_are_those_that_meet_both_conditions(table: Table, where: str) -> None:
    assert asked(table, where) == asked(replace(table, some=None), where)


@tables_with_some
def test_of_few_rows_no_others_are_read(table: Table) -> None:
    read: list[str] = []

    def column(name: str) -> list[Cell] | None:
        read.append(name)
        return table.column(name)

    watched = replace(table, column=column, cached={})

    assert Matcher(watched).rows(parse("state = 'bad' and took > 4 and id < 30").condition) == [
        13,
        23,
    ]
    assert read == ["state"]


@tables
def test_a_column_that_only_other_rows_have_is_null_and_one_that_none_has_is_unknown(
    table: Table,
) -> None:
    assert asked(table, "state = 'bad' and id > 1000") == []
    with pytest.raises(RetrieveError, match=rf"these {table.size} .* do not have"):
        asked(table, "state = 'bad' and nothing = 1")


def test_a_column_that_the_rows_in_question_lack_is_looked_for_in_all() -> None:
    text = "\n".join(f"10:00:{at} at={at}{' late=yes' if at > 50 else ''}" for at in range(60))

    assert asked(read_table(text), "at < 5 and late is null") == [0, 1, 2, 3, 4]


def test_rows_that_the_quick_reader_refuses_are_left_to_the_other() -> None:
    rows = json.dumps(ROWS).replace('"took": 1.5,', f'"took": {"9" * 5000},')

    assert asked(scanned(rows), "id = 3 and took > 10") == [3]
    assert asked(scanned(rows), "id = 4 and took > 10") == []
