"""Rows are read out of every shape that tools print them in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import RetrieveError
from headroom_core.memo import Memo
from headroom_core.retrieval.tables.read import read_table
from headroom_core.retrieval.tables.table import Table, cell, cells, number
from headroom_core.retrieve import retrieve
from headroom_core.store.memory import MemoryStore
from tests.allocated import allocated

SHAPES = {
    "json array": '[\n {"name": "a b", "size": 3},\n {"name": "c", "size": 12}\n]\n',
    "json array inside": '{"meta": {"n": 2}, "d": {"i": [{"name": "a b", "size": 3}, '
    '{"name": "c", "size": 12}]}}',
    "json array of one": '[{"items": [{"name": "a b", "size": 3}, {"name": "c", "size": 12}]}]',
    "json map": '{"x": {"name": "a b", "size": 3}, "y": {"name": "c", "size": 12},'
    ' "z": {"name": "d"}}',
    "json lines": '{"name": "a b", "size": 3}\nnoise {\n{"name": "c", "size": 12}\n{bad\n',
    "csv": "name,size\na b,3\nc,12\n",
    "csv with crlf": "name,size\r\na b,3\r\nc,12\r\n",
    "quoted csv": '"name","size"\n"a b","3"\n\n"c","12"\n',
    "csv with a newline in a cell": 'name,size,"note"\na b,3,"x\ny"\nc,12,"z"\n',
    "tsv": "name\tsize\na b\t3\nc\t12\n",
    "semicolons": "name;size\na b;3\nc;12\n",
    "markdown": "# Sizes\n\n| name | size |\n|:-----|-----:|\n| a b  | 3 |\n| c | 12 |\n\nThe end.",
    "psql": " name | size \n------+------\n a b  |    3\n c    |   12\n(2 rows)\n",
    "aligned by gaps": "name   size\na b    3\nc      12\n",
    "aligned by words": "SIZE NAME\n3 a b\n12 c\n7 d e f\n",
    "log": "10:00:01 INFO name='a b' size=3\n10:00:02 WARN name=c size=12\n10:00:03 INFO ok\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_rows_with_columns(shape: str) -> None:
    table = read_table(SHAPES[shape])

    names, sizes = table.values("name"), table.values("size")
    assert names is not None
    assert sizes is not None
    pairs = dict(zip(names, sizes, strict=True))
    assert pairs["a b"] == 3
    assert pairs["c"] == 12
    assert {"name", "size"} <= {column.lower() for column in table.columns}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_row_is_shown_as_its_source_says(shape: str) -> None:
    store = MemoryStore()

    found = retrieve(store, store.put(SHAPES[shape]), where="size = 12")

    assert "12" in found.text
    assert "a b" not in found.text
    assert found.text.startswith("[1 of ")


def test_figures_of_a_table_in_words() -> None:
    ps = "USER   PID %CPU COMMAND\nroot     1  0.5 init --all\nme      22 10.0 python run.py\n"
    store = MemoryStore()
    ref = store.put(ps)

    assert retrieve(store, ref, where="%CPU > 5").text.endswith("python run.py")
    assert retrieve(store, ref, where="sum(%CPU)").text.endswith("sum(%CPU) = 10.5")


def test_access_logs_have_their_usual_fields() -> None:
    line = '10.0.0.{} - - [01/Jan/2024:10:00:00 +0000] "{} /a/{}?q=1 HTTP/1.1" {} {} "-" "agent"'
    log = "\n".join(
        line.format(n, method, n, status, n * 10)
        for n, method, status in [(1, "GET", 200), (2, "POST", 503), (3, "PATCH", 404)]
    )
    store = MemoryStore()
    ref = store.put(log)

    assert "10.0.0.2" in retrieve(store, ref, where="status >= 500").text
    assert "10.0.0.3" in retrieve(store, ref, where="path = '/a/3' and method = PATCH").text
    assert retrieve(store, ref, where="sum(bytes)").text.endswith("= 60")
    assert retrieve(store, ref, where="distinct ip").text.endswith(
        "3: 10.0.0.1, 10.0.0.2, 10.0.0.3"
    )
    assert "1 of 3" in retrieve(store, ref, where="line = 2").text
    assert "1 of 3" in retrieve(store, ref, where="text ~ 'POST'").text


def test_any_text_has_lines_at_least() -> None:
    store = MemoryStore()
    ref = store.put("Some prose.\n\nIt has no table.")

    assert retrieve(store, ref, where="count").text.endswith("count = 2")
    with pytest.raises(RetrieveError, match=r"columns: line, text$"):
        retrieve(store, ref, where="status = 1")


def test_logs_are_not_taken_for_tables() -> None:
    log = "\n".join(f"2024-01-02 03:04:05 INFO service=api status={n} done" for n in range(20))

    assert read_table(log).kind == "lines"


def test_numbers_stay_exact_and_rows_verbatim() -> None:
    text = '[{"id": 12345678901234567890, "x": 0.10}, {"id": 1e400, "x": 1E5}, {"id": NaN, "x": 2}]'
    store = MemoryStore()
    ref = store.put(text)

    assert retrieve(store, ref, where="sum(x)").text.endswith("= 100002.10")
    assert retrieve(store, ref, where="x = 0.1").text.endswith(
        '{"id": 12345678901234567890, "x": 0.10}'
    )
    assert retrieve(store, ref, where="id = 'nan'").text.startswith("[1 of 3")


def test_an_integer_of_many_digits_is_a_number_too() -> None:
    text = '[{"id": %s}, {"id": 2}]' % ("9" * 5_000)

    assert read_table(text).size == 2


def test_rows_of_an_inner_array_keep_their_numbers() -> None:
    text = '{"items": [{"a": 1.10, "b": [1, "x", null, {"c": true}]}, {"a": 2}]}'
    store = MemoryStore()

    found = retrieve(store, store.put(text), where="a < 2")

    assert found.text.split("\n")[1] == '{"a":1.10,"b":[1,"x",null,{"c":true}]}'


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": "x"}',
        '[{"a": 1, "b": "x"}]',
        "[1, 2, 3]",
        "[]",
        "{}",
        '"a,b"',
        "[1, 2",
        '{"a": [1, 2]}',
    ],
)
def test_other_json_is_a_table_of_what_it_has(text: str) -> None:
    store = MemoryStore()

    assert "computed" in retrieve(store, store.put(text), where="count").text


def test_plain_values_are_a_column_called_value() -> None:
    store = MemoryStore()

    assert retrieve(store, store.put("[1, 2, 30]"), where="sum(value)").text.endswith("= 33")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("+4", 4),
        ("1e3", 1000),
        (".5", 0.5),
        ("5.", 5),
        ("1_0", None),
        ("٣", None),
        ("1" * 41, None),
        ("", None),
    ],
)
def test_numbers_are_what_sql_takes_for_numbers(text: str, value: float | None) -> None:
    assert number(text) == value


@given(st.text(st.sampled_from('a1,;|\t"{}[]:- \n\r='), max_size=120))
def test_any_text_is_some_table(text: str) -> None:
    table = read_table(text)

    assert table.size >= 0
    assert len([table.source(row) for row in range(table.size)]) == table.size
    for name in table.columns:
        values = table.values(name)
        assert values is None or len(values) == table.size


def test_a_column_is_found_whatever_its_case_when_that_is_clear() -> None:
    text = json.dumps([{"Status": 1, "status": 2, "Name": "x"}])

    table = read_table(text)

    assert table.values("name") == ["x"]
    assert table.values("status") == [2]
    assert table.values("STATUS") is None


def test_a_nested_column_that_no_row_has_is_unknown() -> None:
    table = read_table('[{"a": {"b": 1}}, {"a": 5}]')

    assert table.values("a.b") == [1, None]
    assert table.values("a.c") is None


def test_objects_deep_inside_are_not_looked_for() -> None:
    text = '{"a":' * 9 + '[{"x": 1}, {"x": 2}]' + "}" * 9

    assert read_table(text).columns == ("a.a",)


def test_a_rule_without_rows_is_no_table() -> None:
    assert read_table("a | b\n--|--\nno rows here").kind == "lines"
    assert read_table("one |\n-----\nx |").kind == "lines"


def test_quotes_that_csv_cannot_read_leave_lines() -> None:
    text = "name,size\n" + "a,1\n" * 50 + '"' + "x" * 200_000 + '",2\n'

    assert read_table(text).kind == "lines"
    assert read_table('a,b\n1,2\n"x"\r,3\n').kind in {"lines", "table rows"}


def test_the_beginning_of_a_large_table_is_enough_to_know_it() -> None:
    text = "id,name\n" + "\n".join(f"{n},{'x' * 600}" for n in range(2_000))

    table = read_table(text)

    assert table.size == 2_000
    assert table.values("nope") is None


@given(st.lists(st.one_of(st.text("0123456789.-+eE ٣", max_size=6), st.just("1" * 41))))
def test_a_column_of_numbers_is_read_as_each_cell_is(texts: list[str]) -> None:
    found = cells(texts)

    assert list(map(repr, found)) == [repr(cell(text)) for text in texts]


def test_a_level_is_the_first_that_stands_alone() -> None:
    lines = [
        "12:00:01 XERROR INFOS WARNING done",
        "12:00:02 info [error] ERROR",
        "12:00:03 <debug> x",
        "12:00:04 ERROR_CODE level=fatal ",
        "12:00:05 nothing",
    ]

    assert read_table("\n".join(lines)).values("level") == [
        "WARNING",
        "error",
        "debug",
        "fatal",
        None,
    ]


def test_requests_of_every_method_have_a_path() -> None:
    lines = [
        f"12:00:0{n} {method} /a/{n} done" for n, method in enumerate(["GET", "DELETE", "OPTIONS"])
    ]

    table = read_table("\n".join(lines))

    assert table.values("path") == ["/a/0", "/a/1", "/a/2"]
    assert table.values("method") == ["GET", "DELETE", "OPTIONS"]


def test_json_that_is_too_deep_to_be_read_is_text() -> None:
    assert read_table("[" * 100_000 + "]" * 100_000).kind == "lines"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"l{n}" for n in range(3_000)),
        json.dumps([{"id": n, "name": f"user {n}", "score": n * 7 % 101} for n in range(3_000)]),
        "\n".join(json.dumps({"a": n, "b": n * 2}) for n in range(3_000)),
        "id,name,x\n" + "\n".join(f"{n},n{n},{n % 7}" for n in range(3_000)),
    ],
    ids=["lines", "json", "json lines", "csv"],
)
def test_tables_take_no_more_than_is_counted(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tables: Memo[str, Table] = Memo(2**30)
    monkeypatch.setattr("headroom_core.retrieval.tables.read.TABLES", tables)

    def read() -> None:
        table = read_table(text)
        for name in table.columns:
            table.values(name)

    assert allocated(read, tables._entries.clear) <= tables.bytes_used
