"""How JSON is written and what stands around it: styles, several documents, other text, strings."""

from __future__ import annotations

import json

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.compressors.json_table.document import read_document
from headroom_core.compressors.json_table.style import style_of
from headroom_core.source import Source
from tests.compressors.test_smart_crusher import CRUSHER, encode, records, same_back


def test_strings_that_hold_json_are_opened() -> None:
    inner = records(12)
    value = {
        "plain": [json.dumps(inner), "x"],
        "content": [
            {"type": "text", "text": json.dumps(inner)},
            {"type": "text", "text": json.dumps(inner, indent=2) + "\n"},
            {"type": "text", "text": json.dumps(inner, separators=(",", ":"))},
            {"type": "text", "text": "[not json, though it starts like it does, does it not]"},
            {
                "type": "text",
                "text": '{"twice":1,"twice":2,"and":"some more text to be long enough"}',
            },
        ],
    }

    encoded = same_back(json.dumps(value))

    assert "plain:[{$json_spaced:\n[12 rows" in encoded.body
    assert "|text.$json_indent_2_newline(id," in encoded.body
    assert "|text.$json(id," in encoded.body


@pytest.mark.parametrize(
    ("joint", "word"), [("\n", "lines"), ("", "joined"), ("\n\n", "spaced out"), (" ", "apart")]
)
def test_several_documents_are_one_table(joint: str, word: str) -> None:
    text = joint.join(json.dumps(row) for row in records())

    encoded = same_back(text)

    assert encoded.legend.startswith(f"JSON spaced, {word}; ")
    assert encoded.body.startswith("[20 rows: ")


@pytest.mark.parametrize("joint", [",", "\n \n", "\nand\n"])
def test_documents_joined_in_other_ways_are_left_alone(joint: str) -> None:
    assert encode(joint.join(json.dumps(row) for row in records())) is None


def test_documents_joined_in_two_ways_are_left_alone() -> None:
    row = json.dumps(records(1)[0])

    assert encode(f"{row}\n{row} {row}") is None
    assert encode(f"{row}\n{row}\n") is None
    assert encode("\n".join([row.replace(":", " :")] * 20)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r'{"a":"\u003cb\u003e \u0026 c","b":[1,2,3],"c":"é"}', r"compact \u003c"),
        (r'{"a":"http:\/\/x.example\/y","b":"\u00e9"}', r"compact ascii \/"),
        ('{\r\n  "a": 1,\r\n  "b": []\r\n}', "indent 2 CRLF"),
        ('[\n   "a",\n   1\n]', "indent 3"),
        ('["a", 1]', "spaced"),
        ('{\n\t"a" : {\n\t\t"b" : 1\n\t}\n}', "loose indent tab"),
    ],
)
def test_the_styles_of_other_writers_are_known(text: str, words: str) -> None:
    document = read_document(text)

    assert document is not None
    assert document.exact
    assert document.style.words() == words
    assert style_of(words) == document.style
    assert document.write() == text


def test_other_layouts_come_back_as_the_same_json() -> None:
    text = "[" + ",\n".join(json.dumps(row) for row in records()) + "]"

    encoded = encode(text)

    assert encoded is not None
    assert not encoded.exact
    assert json.loads(CRUSHER.decode(encoded.legend, encoded.body)) == json.loads(text)


def test_backslashes_before_a_slash_are_no_escaped_slashes() -> None:
    same_back(json.dumps(records(path="\\/", code="\\u003c", name="é")))


def wrapped(before: str, inner: str, after: str) -> str:
    return f"{before}{inner}{after}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Found 20 items:\n", ""),
        ("# Result\n\n```json\n", "\n```\n\nThat is all.\n"),
        ("[2024-01-01] {not json}\n{\n", "\n[\n"),
        ("", "\nDone in 3 s"),
    ],
)
def test_json_in_other_text_is_written_as_tables_and_the_text_kept(before: str, after: str) -> None:
    lines = "\n".join(json.dumps(row) for row in records())
    for inner in (json.dumps(records()), json.dumps(records(), indent=2), lines):
        encoded = same_back(wrapped(before, inner, after))

        assert encoded.legend.startswith("text with JSON in it; arrays and maps as tables")
        assert encoded.body.startswith(f"{before}[json, ")
        assert encoded.body.endswith(after)


def test_text_without_json_that_pays_is_left_alone() -> None:
    short = 'see\n{"a":1}\nand more'
    unlike = "see\n" + json.dumps({"text": "unlike " * 60})
    twice = "see\n" + '{"a":1,"a":2,"b":"' + "x" * 300 + '"}'
    inline = "see\n" + json.dumps(records()) + " and more"
    marked = "[json, 3 lines: x]\n" + json.dumps(records())

    for text in (short, unlike, twice, inline, marked, "{\n" * 50, "plain\n" * 99):
        assert encode(text) is None


def test_several_pieces_of_json_in_a_text_have_forms_of_their_own() -> None:
    one = json.dumps(records(), indent=2)
    two = json.dumps({f"key {n}": "a value of some length" for n in range(30)}, indent=4)

    encoded = same_back(f"first\n{one}\nsecond\n{two}\nthird")

    assert encoded.body.count("[json, ") == 2


def test_what_was_read_from_a_file_keeps_its_lines() -> None:
    text = json.dumps(records(), indent=2)

    assert CRUSHER.encode(Source(text), Hint(origin="file_read")) is None
