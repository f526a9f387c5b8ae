"""The lossless form of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Encoded, Hint
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.frame import frame, unframe
from headroom_core.source import Source

if TYPE_CHECKING:
    from headroom_core.frame import Header


CRUSHER = SmartCrusher()


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "a", "b", "~", "-", "=", "!x", "1", "1.0", "true", " x ", "a|b", "(a,b)"]),
    st.sampled_from(["https://host.example/a/b/1", "https://host.example/a/b/2", "x\ny", "{a}"]),
    st.sampled_from(['"q"', "$A", "[3 rows: x]", "NaN", "2024-01-01", "item-7", "\ud800", "é"]),
    st.text(max_size=8),
)


KEYS = st.one_of(
    st.sampled_from(["id", "name", "url", "a.b", "x y", "row", "1", "", "a|b", "é", "a,b", "k]"]),
    st.text(max_size=3),
)


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


ROWS = st.lists(KEYS, min_size=1, max_size=4, unique=True).flatmap(
    lambda keys: st.lists(
        st.fixed_dictionaries({}, optional=dict.fromkeys(keys, VALUES)), min_size=2, max_size=8
    )
)


LAYOUTS: list[dict[str, object]] = [
    {"separators": (",", ":")},
    {},
    {"indent": 2},
    {"indent": 4},
    {"indent": "\t"},
    {"separators": (",", ":"), "ensure_ascii": False},
    {"indent": 2, "ensure_ascii": False},
    {"indent": 2, "separators": (",", " : ")},
]


def encode(text: str, query: str = "") -> Encoded | None:
    return CRUSHER.encode(Source(text), Hint(query=query))


def dumps(value: object, layout: dict[str, object]) -> str:
    return json.dumps(value, **layout)  # type: ignore[arg-type]  # a table of layouts


def same_back(text: str, query: str = "") -> Encoded:
    """The form of a text, which must decode to the same bytes."""
    encoded = encode(text, query)
    assert encoded is not None
    assert encoded.exact
    assert CRUSHER.decode(encoded.legend, encoded.body) == text
    return encoded


def records(count: int = 20, **more: object) -> list[dict[str, object]]:
    return [
        {"id": 100 + n, "name": f"n{n * n % 7}", "size": n * n % 11, **more} for n in range(count)
    ]


@settings(max_examples=100, deadline=None)
@given(value=st.one_of(ROWS, VALUES, st.dictionaries(KEYS, ROWS)), layout=st.sampled_from(LAYOUTS))
def test_any_json_in_a_standard_style_comes_back_to_the_byte(
    value: object, layout: dict[str, object]
) -> None:
    text = dumps(value, layout)

    encoded = encode(text)

    if encoded is not None and encoded.exact:
        assert CRUSHER.decode(encoded.legend, encoded.body) == text
    if encoded is not None:
        json.loads(CRUSHER.decode(encoded.legend, encoded.body))


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, layout=st.sampled_from(LAYOUTS[:3]))
def test_repeated_rows_come_back_to_the_byte(rows: list[object], layout: dict[str, object]) -> None:
    text = dumps({"data": rows * 5, "more": {f"k{n}": row for n, row in enumerate(rows)}}, layout)

    encoded = encode(text)

    assert encoded is None or CRUSHER.decode(encoded.legend, encoded.body) == text


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, min_size=2, max_size=4))
def test_child_rows_come_back_to_the_byte(rows: list[list[object]]) -> None:
    items = [
        {"id": n, "lines": each * 2, "named": dict(zip("abcd", each, strict=False))}
        for n, each in enumerate(rows)
    ]
    text = json.dumps(items * 3)

    encoded = encode(text)

    assert encoded is None or CRUSHER.decode(encoded.legend, encoded.body) == text


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet='{}[]":,\\ntrue01-. \x00\ud800é', max_size=40))
def test_no_text_breaks_the_encoder(text: str) -> None:
    encoded = encode(text)

    assert encoded is None or CRUSHER.decode(encoded.legend, encoded.body)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_list_of_records_becomes_a_table(layout: dict[str, object]) -> None:
    rows = [
        {
            "id": 7 * n * n,
            "url": f"https://host.example/items/{7 * n * n}",
            "état": "ok",
            "n": n % 3,
        }
        for n in range(20)
    ]

    encoded = same_back(dumps(rows, layout))

    assert encoded.body.startswith("[20 rows: id+2|n=0\n url=https://host.example/items/{id}")


def test_a_form_survives_the_frame() -> None:
    text = json.dumps(
        [{"text": "[headroom x, 1 line: y]", "n": n, "long": "-" * 9} for n in range(9)]
    )
    encoded = same_back(text)

    def decode(header: Header, body: str) -> str:
        return CRUSHER.decode(header.legend, body)

    assert unframe(frame("json", encoded), decode) == text


def test_what_is_the_same_in_every_row_stands_once() -> None:
    encoded = same_back(json.dumps(records(owner={"type": "User", "site": None}, flags=[])))

    assert encoded.body.count("User") == 1
    assert " owner.type=User\n owner.site=null\n flags=[]]" in encoded.body


def test_counted_ids_are_written_as_arithmetic_but_numbers_to_add_up_are_not() -> None:
    rows = [{"id": 100 + 5 * n, "size": 100 + 5 * n, "tag": f"t-{n:04}"} for n in range(9)]

    encoded = same_back(json.dumps(rows))

    assert " id={row*5+100}" in encoded.body
    assert " tag=t-{row:04}" in encoded.body
    assert "\n140" in encoded.body


def test_every_tenth_row_says_its_number_where_something_follows_from_it() -> None:
    rows = [{"id": n + 1, "mark": f"{n * n % 7}> x"} for n in range(25)]

    encoded = same_back(json.dumps(rows))

    assert " id={row+1}]" in encoded.body
    assert encoded.legend.endswith("; {x}: the row's x, row 0 first")
    assert [line[:4] for line in encoded.body.split("\n") if line[2:4] == "> "] == ["10> ", "20> "]


def test_steady_clocks_are_named_once() -> None:
    rows = [
        {
            "at": f"2024-12-31T23:{50 + n}:00Z" if n < 10 else f"2025-01-01T00:{n - 10:02}:00Z",
            "day": f"2024-02-{27 + n:02}" if n < 3 else f"2024-03-{n - 2:02}",
            "value": n * n % 17,
        }
        for n in range(20)
    ]

    encoded = same_back(json.dumps(rows))

    assert " at={2024-12-31T23:50:00+60s*row}Z" in encoded.body
    assert " day={2024-02-27+1d*row}" in encoded.body


@pytest.mark.parametrize(
    "times",
    [
        ["2024-01-01", "2024-01-02", "2024-01-05"],
        ["2024-01-01", "2024-01-01", "2024-01-01x"],
        ["2024-01-01", "2024-01-0x", "2024-01-03"],
        ["2024-13-01", "2024-13-02", "2024-13-03"],
        ["x2024-01-01", "y2024-01-02", "z2024-01-03"],
    ],
)
def test_unsteady_clocks_stay_as_they_are(times: list[str]) -> None:
    encoded = same_back(json.dumps([{"when at": time, "more": "same text"} for time in times * 3]))

    assert "*row}" not in encoded.body


def test_shared_beginnings_and_ends_stand_in_the_header_and_whole_words_in_the_cells() -> None:
    rows = [
        {"host": f"https://eu.example/{'abcdefghijk'[n]}/state x", "n": n % 2} for n in range(11)
    ]
    rows[4]["host"] = "elsewhere"

    encoded = same_back(json.dumps(rows))

    assert "|n" in encoded.body
    assert "host:https://eu.example/*/state x" in encoded.body.replace("|", "|\n")
    assert "\n=elsewhere|" in encoded.body


def test_digits_in_strings_need_no_quotes_in_a_column_of_strings() -> None:
    encoded = same_back(json.dumps([{"zip": str(n * n * 37), "n": n % 2} for n in range(50, 70)]))

    assert "zip:*" in encoded.body
    assert '"' not in encoded.body


def test_the_commonest_value_is_blank_and_a_missing_key_a_tilde() -> None:
    rows: list[dict[str, object]] = [{"a": n * 7, "state": "active"} for n in range(12)]
    rows[3]["state"] = "gone"
    del rows[5]["state"]

    encoded = same_back(json.dumps(rows))

    assert "|state=active]" in encoded.body
    assert "\n21|gone\n28|\n35|~\n42|" in encoded.body


def test_a_text_that_follows_but_for_a_few_rows_is_blank_where_it_does() -> None:
    rows: list[dict[str, object]] = [
        {"k": n * n, "url": f"https://x.example/{n * n}"} for n in range(30)
    ]
    rows[8]["url"] = "none"

    encoded = same_back(json.dumps(rows))

    assert "|url=https://x.example/{k}]" in encoded.body
    assert "\n64|none\n" in encoded.body


def test_named_columns_are_written_out() -> None:
    text = json.dumps([{"k": n * n, "url": f"https://x.example/{n * n}"} for n in range(30)])

    encoded = same_back(text, query="what is the url of 16?")

    assert "16|https://x.example/16" in encoded.body


def test_a_row_that_tells_of_an_error_is_written_in_full_where_others_follow() -> None:
    rows: list[dict[str, object]] = [
        {"id": n, "level": "INFO", "ms": n * n % 13, "text": f"handled in {n * n % 13} ms"}
        for n in range(40)
    ]
    rows[17] |= {"level": "FATAL", "text": "out of memory"}

    encoded = same_back(json.dumps(rows))

    assert f"!{json.dumps(rows[17], separators=(',', ':'))}" in encoded.body


def test_names_and_values_with_the_delimiter_are_kept_apart_by_tabs() -> None:
    rows = [{"a|b": n * n, "c": "x|y", "d\t": f"{7 * n % 5}|"} for n in range(9)]

    encoded = same_back(json.dumps(rows))

    assert encoded.body.startswith('[9 rows by tabs: "a|b"+1\t"d\\t"')


def test_long_paths_outside_of_rows_are_named_once() -> None:
    base = "https://api.host.example/repos/owner/name"
    value = {f"{key}_url": f"{base}/{key}" for key in ("a", "b", "c", "d", "e")} | {
        "n": 1,
        "s": "$19",
    }

    encoded = same_back(json.dumps(value))

    assert encoded.body.startswith(f"$A={base}\n{{a_url:")
    assert 'b_url:"$A/b"' in encoded.body
    assert encoded.legend.endswith("; $A stands for its text")


def test_texts_that_use_the_names_of_prefixes_get_none() -> None:
    base = "https://api.host.example/repos/owner/name"
    value = {f"{key}_url": f"{base}/{key}" for key in ("a", "b", "c")} | {"price": "$A"}

    assert "$A=" not in same_back(json.dumps(value, indent=2)).body


def test_a_value_whose_path_is_asked_for_stands_in_one_piece() -> None:
    times = {
        f"4.{n}.0": f"2026-01-{n * n % 28:02d}T{n * 7 % 24:02d}:00:0{n % 7}.452000+00:00"
        for n in range(1, 29)
    }
    links = [f"https://api.example.com/repos/shop/{n}/git/refs" for n in "abcdef"]
    text = json.dumps({"time": times, "links": {str(n): link for n, link in enumerate(links)}})

    plain = CRUSHER.encode(Source(text), Hint())
    asked = CRUSHER.encode(
        Source(text), Hint(query="What are `time.4.12.0`, `links.3` and `time.9`?")
    )

    assert plain is not None
    assert asked is not None
    assert times["4.12.0"] not in plain.body
    assert times["4.12.0"] in asked.body
    assert links[3] in asked.body
    assert CRUSHER.decode(asked.legend, asked.body) == text
