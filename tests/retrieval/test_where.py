"""`where`: rows by a condition, and exact figures about them."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.tables.table import Table
from headroom_core.retrieval.where.grammar import columns_of
from headroom_core.retrieval.where.match import Matcher
from headroom_core.retrieval.where.parse import parse
from headroom_core.retrieve import Retrieved, retrieve
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from headroom_core.retrieval.tables.table import Cell

ROWS: list[dict[str, object]] = [
    {"id": 1, "status": 200, "service": "api", "ms": 1.50, "user": {"tags": ["a"]}, "ok": True},
    {"id": 2, "status": 500, "service": "api", "ms": 0.1, "user": {"tags": []}, "ok": False},
    {"id": 3, "status": 503, "service": "web", "ms": 0.2, "user": None, "ok": False},
    {"id": 4, "status": 404, "service": "O'Hara & co", "ms": None, "x-y": "5", "ok": True},
]
JSON = json.dumps(ROWS)


def ask(text: str, where: str) -> Retrieved:
    store = MemoryStore()
    return retrieve(store, store.put(text), where=where)


def ids(where: str) -> list[int]:
    lines = ask(JSON, where).text.split("\n")[1:]
    return [json.loads(line)["id"] for line in lines]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("status >= 500", [2, 3]),
        ("where status >= 500;", [2, 3]),
        ("STATUS>=500 and service='api'", [2]),
        ("status >= 500 && service == 'api'", [2]),
        ("status < 300 or status = 404", [1, 4]),
        ("status < 300 || status = 404", [1, 4]),
        ("not (status = 200)", [2, 3, 4]),
        ("!(status = 200)", [2, 3, 4]),
        ("status in (200, 404)", [1, 4]),
        ("status not in (200, 404)", [2, 3]),
        ("service in ('web', \"api\")", [1, 2, 3]),
        ("service = 'O''Hara & co'", [4]),
        ("service = 'O\\'Hara & co'", [4]),
        ("service ~ '^a.i$'", [1, 2]),
        ("service =~ 'a'", [1, 2, 4]),
        ("service !~ 'a'", [3]),
        ("service not ~ 'a'", [3]),
        ("service matches 'w'", [3]),
        ("service like 'A%'", [1, 2]),
        ("service like '_eb'", [3]),
        ("service contains 'hara'", [4]),
        ("status ~ '^50'", [2, 3]),
        ("ms is null", [4]),
        ("ms is not null", [1, 2, 3]),
        ("ms != 0.1", [1, 3]),
        ("not ms = 0.1", [1, 3]),
        ("ms = 0.10", [2]),
        ("ms = null", []),
        ("ok", [1, 4]),
        ("ok = true", [1, 4]),
        ("ok = 'False'", [2, 3]),
        ("ok != true and ms > 0.1", [3]),
        ("service = web", [3]),
        ('service = "web"', [3]),
        ("`x-y` = 5", [4]),
        ("x-y = '5'", [4]),
        ("x-y > 4", [4]),
        ("\"service\" = 'web'", [3]),
        ("user.tags.0 = 'a'", [1]),
        ("user.tags = 'a'", []),
        ("user.tags != 'a'", [1, 2]),
        ("200 = status", [1]),
        ("250 > status", [1]),
        ("200 = 200", [1, 2, 3, 4]),
        ("ok = ms", []),
        ("ok != status", [1, 2, 3, 4]),
        ("service != status", [1, 2, 3, 4]),
        ("user.tags = service", []),
        ("user.tags != service", [1, 2]),
        ("user.tags < service", []),
        ("x-y = id", []),
        ("x-y > id", [4]),
        ("id = id", [1, 2, 3, 4]),
        ("status > id and ms < status", [1, 2, 3]),
        ("service > 'b'", [3]),
        ("service > 5", []),
        ("status = 'x'", []),
        ("status != 'x'", [1, 2, 3, 4]),
        ("status >= '500'", [2, 3]),
        ("ms > 0.15 or ms is null", [1, 3, 4]),
        ("ms > 0.15 and ms is null", []),
        ("id = 1 or user.tags is null", [1, 3, 4]),
    ],
)
def test_conditions_choose_rows(where: str, found: list[int]) -> None:
    assert ids(where) == found


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("count", ["count = 4"]),
        ("count()", ["count = 4"]),
        ("count(*) where status >= 500", ["count = 2"]),
        ("count(ms)", ["count(ms) = 3"]),
        ("count(distinct service)", ["count(distinct service) = 3"]),
        ("sum(ms)", ["sum(ms) = 1.8"]),
        ("avg(ms)", ["avg(ms) = 0.6"]),
        ("mean(status) where id < 3", ["avg(status) = 350"]),
        ("avg(id) where id in (1, 2, 4)", ["avg(id) = 2.3333333333333335"]),
        ("min(ms), max(ms)", ["min(ms) = 0.1", "max(ms) = 1.5"]),
        ("min(service), max(service)", ["min(service) = O'Hara & co", "max(service) = web"]),
        (
            "sum(service), min(ms), sum(x-y) where id = 4",
            ["sum(service) = null", "min(ms) = null", "sum(x-y) = 5"],
        ),
        ("distinct service", ["distinct(service) = 3: api, web, O'Hara & co"]),
        ("distinct(user.tags)", ['distinct(user.tags) = 2: ["a"], []']),
        ("count by service", ["service | count", "api | 2", "web | 1", "O'Hara & co | 1"]),
        (
            "count, sum(ms) group by ok",
            ["ok | count | sum(ms)", "true | 2 | 1.5", "false | 2 | 0.3"],
        ),
        (
            "count where status >= 500 by service, ok",
            ["service | ok | count", "api | false | 1", "web | false | 1"],
        ),
        ("count by ms where id > 2", ["ms | count", "0.2 | 1", "null | 1"]),
    ],
)
def test_figures_are_exact(where: str, shown: list[str]) -> None:
    assert ask(JSON, where).text.split("\n")[1:] == shown


def test_a_column_may_be_called_like_a_figure() -> None:
    text = json.dumps([{"count": 1}, {"count": 7}])

    assert ask(text, "count > 5").text == '[1 of 2 items of an array match: row 2]\n{"count": 7}'


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("status >=", "at its end: a column or a value is missing"),
        ("status = 200 extra", "at character 14, 'extra': an operator"),
        ("(status = 200", r"`\)` is missing"),
        ("status in 200", r"`\(` is missing"),
        ("status is 5", "`null` is missing"),
        ("status not 5", "`in`, `like` or `~` is missing"),
        ("status ~ 5", "a text in quotes is missing"),
        ("count by", "the name of a column is missing"),
        ("count group 5", "`by` is missing"),
        ("status = 'open", 'at character 10, "\'open": cannot be read'),
        ("nope = 1", "column 'nope' at character 1, .* columns: id, status, service, ms, "),
        ("sum(nope)", "column 'nope' at character 5"),
        ("service ~ '('", "pattern that cannot be read"),
        ("service ~ '(?=a)'", "look-around"),
        ("not " * 41 + "ok", "more than 40 levels"),
        ("(" * 41 + "ok" + ")" * 41, "more than 40 levels"),
        ("service = '" + "x" * 4_000 + "'", "longer than 4000 characters"),
    ],
)
def test_a_wrong_expression_says_where_and_how(where: str, says: str) -> None:
    with pytest.raises(RetrieveError, match=says):
        ask(JSON, where)


def test_an_expression_that_does_not_parse_shows_an_example() -> None:
    with pytest.raises(RetrieveError, match="examples are"):
        ask(JSON, "status >")


def test_rows_come_in_source_order_with_their_places() -> None:
    found = ask(JSON, "status >= 500 or id = 1")

    assert found.unit == "rows"
    assert found.shown == ((1, 3),)
    assert found.total == 4
    assert found.text.startswith("[3 of 4 items of an array match: row 1-3]\n")


def test_many_scattered_rows_are_counted_but_not_named() -> None:
    text = json.dumps([{"n": n} for n in range(40)])

    found = ask(text, " or ".join(f"n = {n}" for n in range(0, 40, 2)))

    assert found.text.startswith("[20 of 40 items of an array match]\n")
    assert len(found.shown) == 20


def test_a_long_answer_goes_on_with_its_cursor() -> None:
    store = MemoryStore()
    ref = store.put("id,word\n" + "\n".join(f"{n},word{n}" for n in range(500)))
    found = retrieve(store, ref, where="id < 300", max_tokens=400)
    seen: list[str] = []
    while True:
        seen += [line for line in found.text.split("\n") if line[:1].isdigit()]
        if found.cursor is None:
            break
        assert "id,word" in found.text
        found = retrieve(store, ref, cursor=found.cursor, max_tokens=400)

    assert seen == [f"{n},word{n}" for n in range(300)]


def test_a_hostile_pattern_takes_linear_time() -> None:
    text = json.dumps([{"a": "a" * 20_000 + "!"}])

    assert "0 of 1" in ask(text, "a ~ '^(a+)+$'").text


def test_lone_surrogates_match_like_any_other_sign() -> None:
    assert "1 of 1" in ask(json.dumps([{"a": "x\ud800y"}]), "a ~ '^x.y$'").text


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    assert ask(JSON, "sum(ms)") == ask(JSON, "sum(ms)")


CONDITIONS = [
    "amount > 0",
    "kind = 'red' or units >= 10",
    "not (units > 3) and kind != 'blue'",
    "kind in ('red', 'o''range') and amount <= 250.5",
    "units is null",
    "units is not null and big > 500000000000",
]


@given(st.text(max_size=60))
def test_any_expression_is_an_answer_or_a_clear_error(where: str) -> None:
    if where.strip():
        with suppress(RetrieveError):
            assert ask(JSON, where).text.startswith("[")


CELLS: list[Cell] = [
    None,
    True,
    False,
    0,
    1,
    -3,
    Decimal("1.0"),
    Decimal("2.50"),
    "",
    "1",
    "1.0",
    "x",
    "X",
    "10a",
]
KINDS: list[list[Cell]] = [
    CELLS,
    ["", "1", "x", "X"],
    [0, 1, 7],
    [0, Decimal("0.5"), 7],
    [None, "x", "1"],
    [None, 1],
]


@given(
    st.sampled_from(KINDS).flatmap(lambda kind: st.lists(st.sampled_from(kind), max_size=6)),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.sampled_from(["1", "'1'", "0.5", "'x'", "'true'", "true", "false", "null", "-3", "''"]),
)
def test_a_column_is_compared_as_each_of_its_values_is(
    values: list[Cell], op: str, literal: str
) -> None:
    def rows(column: list[Cell]) -> list[int]:
        table = Table("rows", len(column), ("a",), {"a": column}.get, str)
        return Matcher(table).rows(parse(f"not (a {op} {literal})").condition)

    # Among values of several kinds each is looked at by itself.
    assert rows(values) == [at for at in rows([*values, [1]]) if at < len(values)]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("count", []),
        ("a = 1 and b.c = word or not (`d e` is null)", ["a", "b.c", "word", "d e"]),
        ("a in (1, b) and c ~ 'x' and d", ["a", "b", "c", "d"]),
        ("sum(a), count by b, c where 1 = d", ["d", "b", "c", "a"]),
    ],
)
def test_the_columns_that_an_expression_names(where: str, names: list[str]) -> None:
    assert [column.name for column in columns_of(parse(where))] == names
