"""Rows of JSON tables that tell of an error stand as JSON; the header speaks of the others."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.json_table.apart import part_of
from headroom_core.compressors.json_table.plan import Head, Plan
from tests.compressors.test_smart_crusher import CRUSHER, LAYOUTS, dumps, encode, same_back

TEXTS = st.sampled_from(["ok", "done", "", "a, b", "1", "null", "{id}", "failed: no disk", "error"])
KIDS = st.lists(st.tuples(st.integers(0, 9), TEXTS).map(lambda kid: {"a": kid[0], "b": kid[1]}))
ALWAYS: dict[str, st.SearchStrategy[object]] = {"id": st.integers(0, 10**6), "state": TEXTS}
AT_TIMES: dict[str, st.SearchStrategy[object]] = {
    "note": TEXTS,
    "kids": KIDS,
    "at": st.dictionaries(st.sampled_from("xyz"), TEXTS),
}
ROWS = st.lists(st.fixed_dictionaries(ALWAYS, optional=AT_TIMES), min_size=3, max_size=30)


def test_what_only_the_row_apart_has_is_not_in_the_header() -> None:
    rows: list[dict[str, object]] = [
        {"id": n * n * 31, "level": "INFO", "url": f"https://host.example/{n * n * 31}"}
        for n in range(40)
    ]
    rows[17] |= {"level": "ERROR", "cause": "no space is left"}

    encoded = same_back(json.dumps(rows))

    assert encoded.body.startswith(
        "[40 rows: id+2\n level=INFO\n url=https://host.example/{id}]\n0\n31\n"
    )
    assert f"\n!{json.dumps(rows[17], separators=(',', ':'))}\n" in encoded.body


def test_columns_keep_their_order_and_what_stands_below_them() -> None:
    plan = Plan()
    plan.give("first=1")
    plan.show(Head("a"), ["x", "x", "y"])
    plan.give("b=2")
    plan.show(Head("kids", "(c+1)", ["kids.d=3"]), ["(1)", "(1)", "(2)"])
    plan.give("e={a}")
    plan.show(Head("f", "=none"), ["", "", "some"])
    plan.show(Head("g", "=none"), ["~", "~", "some"])
    plan.show(Head("h"), ["x{1}", "x{1}", ""])
    plan.show(Head("i", ":x*"), ["5", "5", "6"])

    part = part_of(plan, [True, True, False])

    assert list(map(str, part.heads)) == ["+1", "a+1", "kids+3(c+1)", "i:x*"]
    assert part.given == ["first=1", "b=2", "kids.d=3", "e={a}", "f=none", "h=x{{1}}"]
    assert part.cells == [["x", "x"], ["(1)", "(1)"], ["5", "5"]]


@given(rows=ROWS, follows=st.booleans(), counts=st.booleans(), layout=st.sampled_from(LAYOUTS))
def test_rows_apart_come_back_to_the_byte(
    rows: list[dict[str, object]], layout: dict[str, object], *, follows: bool, counts: bool
) -> None:
    for n, row in enumerate(rows):
        if follows:
            row["url"] = f"https://host.example/orders/{row['id']}/state"
        if counts:
            row["row_id"] = f"order-{n:04}"
    text = dumps(rows, layout)

    encoded = encode(text)

    assert encoded is None or CRUSHER.decode(encoded.legend, encoded.body) == text
