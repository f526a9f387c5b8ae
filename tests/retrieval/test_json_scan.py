"""Large JSON is read column by column, and says the same as when it is read in full."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.lines import lines_of
from headroom_core.retrieval.tables import json_scan
from headroom_core.retrieval.tables import read as reading
from headroom_core.retrieval.tables.json_rows import json_lines, json_table, starting_lines
from headroom_core.retrieval.tables.json_scan import scan_each_line, scan_lines, scan_table
from headroom_core.retrieval.where.match import Matcher
from headroom_core.retrieval.where.parse import parse
from headroom_core.retrieve import retrieve
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from headroom_core.retrieval.tables.table import Table

NAMES = ["a", "b", "a.b", "key", "k\u00e9y", 'q"', "", "value", "0"]
OTHERS = [
    *["", " \r", "noise", "{bad", '{"a":1},{"b":2}', '{"a":1}{"b":2}', "[1]", '\u00a0{"a":1}'],
    *['{"a":\n{"b":1}}', '{"a":1\n}', '{"a":"}\n{"}', '{"a":[{}\n,{}]}', '{"a":{}}'],
]
COLUMNS = [*NAMES, "a.0", "b.a", "a.b.0", "key.a", "A", "nope", "\ud800", "x\ny"]
NUMBERS = ["0", "-0", "1", "1.0", "0.10", "-2.50", "1e5", "1E400", "12345678901234567890", "9" * 30]
STRINGS = ["x", "", "\u00e9\u2028", "\U0001f600", "1.0", "a,b", "{[", 'q"\\', "\t\n"]

scalars = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(["true", "false", "null"]),
    st.builds(json.dumps, st.sampled_from(STRINGS), ensure_ascii=st.booleans()),
)
odd = st.sampled_from(["NaN", "-Infinity", '"\\ud800"', "9" * 5_000, '"\\x"', "01", "", "[" * 50])


@st.composite
def _object(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    names = draw(st.lists(st.sampled_from(NAMES), max_size=4))
    gap = draw(st.sampled_from(["", " ", "\n  "]))
    members = [
        f"{gap}{json.dumps(name, ensure_ascii=draw(st.booleans()))}:{gap}{draw(values)}"
        for name in names
    ]
    return f"{{{','.join(members)}}}"


def _array(values: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(values, max_size=most).map(lambda each: f"[{', '.join(each)}]")


values = st.recursive(scalars, lambda inner: _object(inner) | _array(inner, 3), max_leaves=6)
rows = _object(values)
documents = st.one_of(
    _array(rows, 6),
    _array(rows | values, 4),
    _object(_array(rows, 5)),
    _array(_object(_array(rows, 4)), 1),
    _object(rows),
    _object(_object(rows) | _array(rows, 3)),
    _array(_object(values | odd), 4),
    values,
)
lines = st.lists(st.one_of(rows, rows, rows, st.sampled_from(OTHERS)) | _object(values | odd)).map(
    "\n".join
)
on_one_line = rows.map(str.splitlines).map("".join)
each_line = st.builds(
    str.join,
    st.sampled_from(["\n", "\n", "\r\n", "\n\n", ""]),
    st.lists(on_one_line, min_size=2, max_size=6)
    | st.lists(on_one_line | st.sampled_from(OTHERS), min_size=2, max_size=6),
)
ends = st.sampled_from(["", "\n", "\r\n", "\n\n"])
wanted = st.lists(st.sampled_from(COLUMNS), max_size=3)


def _same(scanned: Table, full: Table | None) -> None:
    assert full is not None
    assert (scanned.kind, scanned.size, scanned.columns) == (full.kind, full.size, full.columns)
    for name in COLUMNS:
        found, expected = scanned.values(name), full.values(name)
        assert found == expected
        if found is not None and expected is not None:
            assert list(map(repr, found)) == list(map(repr, expected))
    for row in range(full.size):
        assert scanned.source(row) == full.source(row)


@given(documents, wanted)
def test_a_document_is_the_same_table(text: str, wanted: list[str]) -> None:
    scanned = scan_table(text, wanted)

    if scanned is not None:
        _same(scanned, json_table(text))


@given(lines, wanted)
def test_json_lines_are_the_same_table(text: str, wanted: list[str]) -> None:
    split = text.split("\n")
    scanned = scan_lines(split, starting_lines(split), wanted)

    if scanned is not None:
        _same(scanned, json_lines(split, starting_lines(split)))


@given(each_line, ends, wanted)
def test_a_text_of_objects_on_lines_is_the_same_table(
    text: str, end: str, wanted: list[str]
) -> None:
    text += end
    scanned = scan_each_line(text, wanted)

    if scanned is not None:
        split = lines_of(text)
        _same(scanned, json_lines(split, starting_lines(split)))
        assert json_table(text) is None


@given(documents.filter(bool), st.data())
def test_a_document_that_was_damaged_is_the_same_table_or_none(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = (
        text[:at]
        + data.draw(st.sampled_from(["", ",", "}", "\x01", "\\u12", "\ud800", "-"]))
        + text[at + 1 :]
    )

    scanned = scan_table(damaged)

    if scanned is not None:
        _same(scanned, json_table(damaged))


CONDITIONS = st.recursive(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["a", "b", "a.b", "key", "a.0", "`0`", "value"]),
        st.sampled_from(["=", "!=", "<", ">=", "~"]),
        st.sampled_from(["1", "'1.0'", "0.1", "'x'", "x", "true", "null", "12345678901234567890"]),
    ),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | inner.map("not ({})".format)
    ),
    max_leaves=4,
)


@given(documents, CONDITIONS)
def test_any_condition_finds_the_same_rows(text: str, condition: str) -> None:
    scanned, full = scan_table(text), json_table(text)

    if scanned is not None and full is not None:
        assert _answer(scanned, condition) == _answer(full, condition)


def _answer(table: Table, condition: str) -> list[int] | str:
    try:
        return Matcher(table).rows(parse(condition).condition)
    except RetrieveError as exc:
        return str(exc)


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2.50}, {"b": null}]',
        '{"n": 2, "items": [{"a": 1}, {"a": {"b": [7]}}]}',
        '[{"items": [{"a": 1}, {"a": 2}]}]',
        '{"x": {"a": 1}, "y": {"a": 2}, "z": {"key": "own"}}',
        '\n[{"a": "\u00e9"},\n {"a": "\\u00e9"}]\n',
        "[]",
    ],
)
def test_regular_documents_are_read_column_by_column(text: str) -> None:
    scanned = scan_table(text)

    assert scanned is not None
    _same(scanned, json_table(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "[1",
        "[NaN, NaN]",
        '{"a": 1}',
        '[{"a": 1}]',
        '["\\ud800", 1]',
        "{}",
        '"\ud800"',
        '["\ud800"]',
        "[1, 2]",
        '[{"a": 1}, 2]',
    ],
)
def test_the_rest_is_left_to_the_full_reader(text: str) -> None:
    assert scan_table(text) is None


def test_a_column_that_cannot_be_taken_out_is_read_in_full() -> None:
    huge = "9" * 5_000
    text = f'[{{"a": {huge}, "b": 1}}, {{"a": 2, "b": 2}}]'

    scanned = scan_table(text)

    assert scanned is not None
    _same(scanned, json_table(text))


def test_a_column_that_neither_reader_can_read_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(text: str) -> None: ...

    monkeypatch.setattr(json_scan, "json_table", nothing)
    scanned = scan_table(f'[{{"a": {"9" * 5_000}}}, {{}}]')

    assert scanned is not None
    assert scanned.column("a") is None


def test_lines_of_which_a_column_cannot_be_taken_out_are_read_in_full() -> None:
    huge = "9" * 5_000
    text = f'{{"a": {huge}, "b": 1}}\n{{"a": 2, "b": 2}}'

    scanned = scan_each_line(text)

    assert scanned is not None
    _same(scanned, json_lines(text.split("\n"), text.split("\n")))
    assert scan_each_line(text, ["a"]) is None
    assert scan_lines(text.split("\n"), text.split("\n"), ["a"]) is None


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_text_of_every_row_is_found_however_far_it_stands(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_scan, "_FIRST_REACH", 64)
    rows = [
        {"at": at, "of": [{"a": 1}, {"b": {"c": "}, {"}}] * (at % 30), "s": "}\n{"}
        for at in range(300)
    ]
    dumped = list(map(json.dumps, rows))
    array, text = f"[{', '.join(dumped)}]", f"{end or chr(10)}".join(dumped) + end

    in_array, in_lines = scan_table(array), scan_each_line(text)

    assert in_array is not None
    assert in_lines is not None
    assert [in_array.source(at) for at in (3, 299, 0, 150)] == [
        dumped[at] for at in (3, 299, 0, 150)
    ]
    assert [in_lines.source(at).rstrip("\r") for at in range(300)] == dumped
    with pytest.raises(IndexError):
        in_array.source(300)


def test_a_dotted_name_leads_through_objects_and_through_what_is_none() -> None:
    rows = [{"a": {"b": {"c": 1}, "d": 2}}, {"a": None}, {}, {"a": {"b": 3}}]
    objects, mixed = json.dumps(rows), json.dumps([*rows, {"a": [7]}, {"a": "x"}])
    names = ["a.b.c", "a.d", "a.b", "a.e"]

    for text in (objects, mixed):
        together = scan_table(text, names)
        assert together is not None
        _same(together, json_table(text))
    alone = scan_table(objects, ["a", "a.b"])
    assert alone is not None
    assert alone.values("a.b") == [{"c": 1}, None, None, 3]
    assert alone.values("a.d") == [2, None, None, None]


def test_a_line_that_only_the_full_reader_can_read_leaves_all_to_it() -> None:
    split = ['{"a": 1}', '{"a": NaN}']

    assert scan_lines(split, split) is None


def test_lines_that_are_no_json_are_passed_over() -> None:
    split = ['{"a": 1}', "{cut", '{"a": 2}', "noise"]

    scanned = scan_lines(split, starting_lines(split), ["a"])

    assert scanned is not None
    assert scanned.values("a") == [1, 2]
    assert scanned.values("b") is None
    assert scan_lines(split[1:2], split[1:2]) is None


LARGE = [{"id": n, "level": "ERROR" if n % 100 == 0 else "INFO"} for n in range(4_000)]
ARRAY = json.dumps(LARGE)
LINES = "\n".join(map(json.dumps, LARGE))


@pytest.mark.parametrize("text", [ARRAY, LINES])
@pytest.mark.parametrize("without", [False, True])
def test_large_json_answers_with_and_without_the_fast_parser(
    text: str, without: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SCANNED_FROM", 1_000)
    monkeypatch.setattr(reading, "TABLES", type(reading.TABLES)(2**20))
    if without:
        monkeypatch.setitem(sys.modules, "headroom_core.retrieval.tables.json_scan", None)
        monkeypatch.delattr("headroom_core.retrieval.tables.json_scan", raising=False)
    store = MemoryStore()
    ref = store.put(text)

    assert retrieve(store, ref, where="count by level").text.endswith("INFO | 3960\nERROR | 40")
    assert "40 of 4000" in retrieve(store, ref, where="level = ERROR").text
