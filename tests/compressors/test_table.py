"""The lossless form of tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.table import TableCompressor
from headroom_core.compressors.tables import restore
from headroom_core.compressors.tables.items import split_items
from headroom_core.errors import DecodeError
from headroom_core.source import Source

TABLE = TableCompressor()
COMMAND = Hint(origin="command")


def encode(text: str, hint: Hint = COMMAND) -> tuple[str, str] | None:
    encoded = TABLE.encode(Source(text), hint)
    if encoded is None:
        return None
    assert TABLE.decode(encoded.legend, encoded.body) == text
    return encoded.legend, encoded.body


def body_of(text: str, hint: Hint = COMMAND) -> str:
    encoded = encode(text, hint)
    assert encoded is not None
    return encoded[1]


def weather(rows: int) -> str:
    lines = ["date,rain,wind,sky,station"]
    for at in range(rows):
        month, day = divmod(at, 28)
        sky = "rain" if at % 5 else "sun and clouds"
        lines.append(f"2012-{month + 1:02}-{day + 1:02},{at % 7}.5,{at % 11}.1,{sky},Main Street 7")
    return "\n".join(lines)


def test_a_constant_column_is_named_once() -> None:
    body = body_of(weather(40))

    assert body.count("Main Street 7") == 1
    assert body.startswith("[40 rows, CSV: date^-,rain,wind,sky+1=rain\n station=Main Street 7]\n")


def test_dates_are_written_whole_where_their_month_begins() -> None:
    lines = body_of(weather(40)).split("\n")

    assert lines[2] == "2012-01-01,0.5,0.1,sun and clouds"
    assert lines[3] == "02,1.5,1.1,"
    assert lines[30] == "2012-02-01,0.5,6.1,"


def test_a_row_that_was_asked_for_is_written_whole() -> None:
    hint = Hint(origin="command", query="what was the wind on 2012-01-04?")

    assert "\n2012-01-04,3.5,3.1,rain\n" in body_of(weather(40), hint)


def test_a_file_that_was_read_keeps_its_lines() -> None:
    assert encode(weather(40), Hint(origin="file_read")) is None


def test_columns_that_follow_from_others_are_left_out() -> None:
    rows = [
        f"{n * 7 % 100},user{n * 13 % 97},https://example.org/user{n * 13 % 97}" for n in range(30)
    ]

    body = body_of("\n".join(["id,login,url", *rows]))

    assert body.startswith(
        "[30 rows, CSV: id,login+1\n url=https://example.org/{login}]\n0,user0\n"
    )


def test_columns_that_mostly_follow_from_others_say_where_they_do_not() -> None:
    rows = [f"item number {n},{f'item number {n}' if n % 4 else ''},{n}" for n in range(30)]

    body = body_of("\n".join(["name,label,count", *rows]))

    assert body.startswith(
        "[30 rows, CSV: *+1,label=item number {count},count\n name=item number {count}]\n~,0\n,1"
    )


TEXTS = st.one_of(
    st.sampled_from(
        ["", "a", "b", "~", "!x", "\\y", '"q, ""r"""', '"two\nlines"', "=x", "*", "{a}"]
    ),
    st.integers(0, 99).map(str),
    st.dates().map(str),
    st.text(alphabet='ab,;|\t"{}[]:^+~=\\*! \r', max_size=6),
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    delimiter = draw(st.sampled_from([",", "\t", ";", "|"]))
    width = draw(st.integers(2, 5))
    names = [draw(TEXTS) for _ in range(width)]
    pools = [draw(st.lists(TEXTS, min_size=1, max_size=6)) for _ in range(width)]
    fixed = draw(st.sampled_from(["", "https://example.org/", "node-"]))
    rows = [
        [f"{fixed}{draw(st.sampled_from(pool))}" for pool in pools]
        for _ in range(draw(st.integers(4, 40)))
    ]
    return "\n".join(delimiter.join(row) for row in [names, *rows])


@settings(max_examples=100, deadline=None)
@given(tables())
def test_any_table_comes_back_byte_for_byte(text: str) -> None:
    encode(text)


@pytest.mark.parametrize(
    "body",
    [
        "[999999999 rows, CSV: a,b]\n1,2",
        "[2 rows, CSV: a,b]\n1,2",
        "[1 rows, CSV: a,b]\n1",
        "[1 rows, what: a,b]\n1,2",
        "[1 rows, CSV: a=x=y\n1,2",
        "[1 rows, CSV: a+2\n b=1]\n1",
        "[1 rows, CSV: a+1\nb=1]\n1",
        "[1 rows, CSV: a+1\n b]\n1",
        "[1 rows, CSV: a,b\\]\n1,2",
        "[1 rows, CSV: a+2\n b={c}\n c={b}]\n1",
        "[1 rows, CSV: a+1\n b={c}]\n1",
        "[1 rows, CSV: a+1\n b={]\n1",
        "[1 rows, CSV: a+1\n b={row}]\n1",
        "[1 rows, CSV: b={a}{a},a=y]\n,x".replace("{a}", "{a}" * 3000).replace("x", "x" * 99_999),
        "[9 rows, CSV: a:x*,b]".replace("x", "x" * 2**25) + "\n1,2" * 9,
        "[9 rows, CSV: a^-,b]\nx-,1".replace("x", "x" * 2**25) + "\n1,2" * 8,
        "[9000 rows, aligned <9999 <9999 <9999 <9999: a|b|c|d]" + "\n1|2|3|4" * 9000,
        "[1 rows, CSV: a:x]\n1",
    ],
)
def test_a_damaged_form_is_refused(body: str) -> None:
    encoded = TABLE.encode(Source(weather(40)), COMMAND)
    assert encoded is not None

    with pytest.raises(DecodeError):
        TABLE.decode(encoded.legend, body)


def test_another_legend_is_refused() -> None:
    with pytest.raises(DecodeError):
        TABLE.decode("rows", "a")


def test_columns_that_add_up_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = TABLE.encode(Source(weather(40)), COMMAND)
    assert encoded is not None
    monkeypatch.setattr(restore, "MAX_DECODED_CHARS", 1000)

    with pytest.raises(DecodeError):
        TABLE.decode(encoded.legend, encoded.body)


def test_what_a_sample_did_not_show_is_written_out() -> None:
    def text(odd: str) -> str:
        rows = [f"/srv/data/2024-{at // 100}-{at % 100}/end,{at * 7 % 601},x" for at in range(600)]
        rows[200] = odd
        return "\n".join(["path,id,k", *rows])

    for odd in (
        "/other,1,y",
        '"/srv/data/""x""-1/end",1,~',
        "/srv/data/x/end,1,x",
        "~,~,~",
        "p-1,1,x",
    ):
        encode(text(odd))
        encode(text(odd).replace("/srv/data/", ""))
        encode(text(odd).replace("/end,", ","))


@pytest.mark.parametrize("odd", ["~", '"q-1"', "none"])
def test_cells_that_a_way_cannot_write_keep_the_column_whole(odd: str) -> None:
    days = [f"2024-01-{at // 40 + 1:02}" for at in range(600)]
    near = [f"{['low', 'high'][at // 50 % 2]} level" for at in range(600)]
    most = ["the usual" if at % 9 else f"other {at}" for at in range(600)]
    user = [f"user number {at * 11 % 601}" for at in range(600)]
    for cells in (days, near, most, user):
        cells[210] = odd
    columns = zip(days, near, most, user, strict=True)
    rows = [f"{at * 7 % 601},{','.join(row)}" for at, row in enumerate(columns)]

    encode("\n".join(["id,day,near,most,user", *rows]))


def test_a_short_end_that_all_cells_share_is_named() -> None:
    rows = [f"{1958 + at // 12}-{at % 12 + 1:02}-01,{at * 7 % 601}.5" for at in range(120)]

    assert body_of("\n".join(["date,level", *rows])).startswith(
        "[120 rows, CSV: date^-:*-01,level]\n1958-01,0.5\n02,7.5\n"
    )


def test_a_row_that_was_asked_for_is_whole_in_every_column() -> None:
    rows = [
        f"user-{at * 7 % 61},{at // 9},{'on' if at % 5 else 'off'},item number {at * 11 % 61}"
        for at in range(60)
    ]
    hint = Hint(origin="command", query="what about user-23?")

    body = body_of("\n".join(["name,group,state,item", *rows]), hint)

    assert "\nuser-23,1,on,=item number 10\n" in body


def test_a_file_with_line_numbers_is_no_table() -> None:
    text = "\n".join(f"{number:6d}\tvalue = {number * 7}" for number in range(1, 200))

    assert TableCompressor().encode(Source(text), Hint()) is None
    assert TableCompressor().view(Source(text), Hint(), 400) is None


def test_a_header_may_go_on_behind_an_escaped_bracket() -> None:
    url = "https://example.org/"
    rows = ["\t".join([url, url, url, f"{url}]"]) for _ in range(10)]
    text = "\n".join(["\t\t\t", *rows])

    encoded = TableCompressor().encode(Source(text), Hint())

    assert encoded is not None
    assert TableCompressor().decode(encoded.legend, encoded.body) == text


def test_a_header_that_ends_in_an_escape_is_damaged() -> None:
    assert split_items("a,b\\,c", ",") == ["a", "b\\,c"]
    with pytest.raises(DecodeError, match="in the middle of a column"):
        split_items("a,b\\", ",")
