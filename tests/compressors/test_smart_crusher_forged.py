"""Forged and damaged forms of JSON are refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table import limits
from headroom_core.compressors.json_table.limits import Allowance
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.errors import DecodeError
from headroom_core.source import Source

CRUSHER = SmartCrusher()
ROWS = [
    {
        "id": n,
        "url": f"https://host.example/very/long/path/{n}",
        "kids": [{"a": f"x{k}", "b": [k]} for k in range(n % 4)],
        "state": "ok" if n % 5 else "gone, really",
    }
    for n in range(12)
]
GENUINE = CRUSHER.encode(
    Source(json.dumps({"rows": ROWS, "base": "https://host.example/very/long/path/x"})), Hint()
)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{a:1",
        "[2 rows: a]\n1",
        "[999999999 rows: a]\n1",
        "[1 rows: a\n1",
        "[1 rows: a+1]\n1",
        "[1 rows: a\n b=1]\n1",
        "[1 rows: a|a]\n1|2",
        "[1 rows: a+1\n a=2]\n1",
        "[1 rows: a]\n1|2",
        "[1 rows: a|]\n1",
        "[1 rows: a;b]\n1",
        "[1 rows: a:b]\n1",
        '[1 rows: "a]\n1',
        "[1 rows: a(b]\n1",
        "[1 rows: a(b+1)\n c.b=1]\n(1)",
        "[1 rows: a(b+1)\n a.=1]\n(1)",
        "[1 rows: a(b+1)\n a.b]\n(1)",
        "[1 rows: a={b}]\n",
        "[1 rows: a+2\n b={c}\n c={b}]\n1",
        "[1 rows: a={]\n",
        "[1 rows: a={b]\n",
        '[1 rows: a="x]\n1',
        "[1 rows: a(b)]\n(1",
        "[1 rows: a(b)]\n(1,2)",
        "[1 rows: a(b)]\n(1)x",
        "[1 rows: a(+1)\n a.b=1]\n(1)",
        '[1 rows: a(b)]\n("x)',
        "[1 rows: a(b(c))]\n((1)",
        "[1 rows: a(b(c))]\n((1",
        "[11 rows: a+1\n b={row}]" + "\n1" * 11,
        '[1 rows: a(b(c))]\n((1)("',
        '[1 rows: a]\n"x',
        "[1 rows: a]\n[1",
        "[1 rows: a]\n!{",
        '[1 rows: a:x*]\n="',
        "[1 rows: @key|a]\n1|2",
        "[2 rows: @key|a]\nk|2\nk|3",
        '[1 rows: @key|a]\n!"no object"',
        "[2 rows: a+1\n b={9999-12-31+1d*row}]\n1\n2",
        "[2 rows: a+1\n b={2024-99-31+1d*row}]\n1\n2",
        "[1 rows: " + "a(" * 50 + "b" + ")" * 50 + "]\n1",
        "[1 rows: " + "|".join(f"c{n}" for n in range(6000)) + "]\n" + "|" * 5999,
        "[1 rows: " + ".".join("a" * 3000) + "]\n1",
        "[1 rows: a|b:{}*]\n1|of {c}",
        "[1 rows: a:{}of *|b:{}{a}*]\n{b}|x",
        "[{$table:7},\n[1 rows: a]\n1\n]",
        "{a:\n[1 rows: a]\n1\n,a:2}",
        "$A=https://host.example/x",
        '{"$json_wild":{a:1}}',
        "[" * 100_000,
    ],
    ids=lambda body: body[:40].replace("\n", "/"),
)
def test_a_damaged_body_is_refused(body: str) -> None:
    with pytest.raises(DecodeError):
        CRUSHER.decode("JSON compact", body)


@pytest.mark.parametrize(
    "legend",
    ["", "XML", "JSON wild", "JSON compact wild", "JSON compact, sideways", "JSON indent x"],
)
def test_a_damaged_legend_is_refused(legend: str) -> None:
    with pytest.raises(DecodeError):
        CRUSHER.decode(legend, "{a:1}")


@pytest.mark.parametrize(
    "body",
    [
        "[1000 rows: a+1\n b=" + "x" * 1000 + "]" + "\n1" * 1000,
        '[1000 rows: a+1\n b="' + "x" * 1000 + '"]' + "\n1" * 1000,
        "[1000 rows: a:" + "x" * 1000 + "*]" + "\n1" * 1000,
        "[1000 rows: a+1\n b=" + "{a}" * 1000 + "]" + "\n1000" * 1000,
        "[1000 rows: a|b:{}*]" + f"\n{'y' * 100}|{'{a}' * 20}" * 1000,
        "$A=" + "x" * 1000 + "\n[" + '"$A",' * 1000 + "1]",
    ],
    ids=["template", "constant", "affix", "references", "mentions", "prefix"],
)
def test_a_body_that_unfolds_without_end_is_refused(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_DECODED_CHARS", 100_000)
    monkeypatch.setattr(Allowance.__init__, "__defaults__", (100_000,))

    with pytest.raises(DecodeError, match="unfolds"):
        CRUSHER.decode("JSON compact", body)


@settings(max_examples=100, deadline=None)
@given(
    at=st.integers(0, len(GENUINE.body) if GENUINE else 0),
    cut=st.integers(0, 3),
    put=st.sampled_from(
        ["", "|", ",", "(", ")", '"', "{", "}", "[", "]", "\n", "=", "!", "+9", "~"]
    ),
)
def test_any_damage_raises_one_error_or_gives_other_json(at: int, cut: int, put: str) -> None:
    assert GENUINE is not None
    body = GENUINE.body[:at] + put + GENUINE.body[at + cut :]

    try:
        text = CRUSHER.decode(GENUINE.legend, body)
    except DecodeError:
        return
    json.loads(text)


@pytest.mark.parametrize("body", ["[json, 2 lines: JSON compact]\n{}", "[json, 1 lines: XML]\n{}"])
def test_damaged_json_in_a_text_is_refused(body: str) -> None:
    with pytest.raises(DecodeError):
        CRUSHER.decode("text with JSON in it", body)


def test_the_mark_of_opened_strings_alone_is_a_text() -> None:
    assert CRUSHER.decode("JSON compact", '"$json"') == '"$json"'
