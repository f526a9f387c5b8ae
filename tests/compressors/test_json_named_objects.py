"""JSON: an object that the question names by one of its values is shown with all of the others."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.json_table.named_objects import named_objects, words_of
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.source import Source

EXAMPLES = {
    "version": "1.0",
    "examples": {
        f"Operation{at}": [
            {
                "input": {"Bucket": f"bucket-{at}", "Tags": [f"tag-{at}-{n}" for n in range(20)]},
                "description": f"This is example number {at} of what one may do. " * 4,
                "ref": f"to-do-{at}-{at * 7919}",
                "label": f"To do the thing {at} once",
                "state": "ready" if at % 2 else "draft",
                "code": 40_000 + at,
                "output": [f"part-{at}-{n}" for n in range(20)],
            }
        ]
        for at in range(60)
    },
}


def view(value: object, query: str, arguments: str = "", room: int = 3_000) -> View:
    hint = Hint(query=query, arguments=arguments)
    found = SmartCrusher().view(Source(json.dumps(value)), hint, room)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "query",
    [
        "What is the ref of the entry whose label is To do the thing 33 once?",
        'And which ref has "TO DO THE THING 33 ONCE"?',
        "Who has code 40033?",
    ],
)
def test_an_object_is_named_by_a_text_or_a_number_in_it(query: str) -> None:
    line = next(line for line in view(EXAMPLES, query).body.split("\n") if " = {" in line)

    assert line.startswith('examples.Operation33.0 = {"input": {2 keys}, "description": "This is ')
    assert '"ref": "to-do-33-261327", "label": "To do the thing 33 once"' in line
    assert "[… of 1" in line  # the description is long
    assert line.endswith('"code": 40033, "output": [20 items]}')


def test_the_arguments_of_the_call_name_objects_too() -> None:
    body = view(EXAMPLES, "Go on.", json.dumps({"ref": f"to-do-41-{41 * 7919}"})).body

    assert "examples.Operation41.0 = {" in body


def test_a_value_that_is_asked_for_by_its_key_may_be_longer() -> None:
    query = "What is the description of the one whose label is To do the thing 33 once?"

    assert "This is example number 33 of what one may do. " * 4 in view(EXAMPLES, query).body


@pytest.mark.parametrize(
    "question",
    [
        "Which are in state ready?",
        "To do the thing 3",
        "to-do-33-2613277",
        "What of it?",
        "",
        "number 7 of 400331",
    ],
)
def test_categories_pieces_and_other_words_name_none(question: str) -> None:
    assert named_objects(EXAMPLES["examples"], question) == []  # type: ignore[arg-type]  # plain JSON


def test_what_a_row_shows_anyway_is_not_said_twice() -> None:
    rows = [{"id": n, "name": f"user-{n * 7919}", "age": n % 70} for n in range(300)]

    body = view(rows, f"How old is user-{77 * 7919}?").body

    assert body.count(str(77 * 7919)) == 1


def test_an_item_is_shown_with_what_its_record_says_of_itself() -> None:
    orders = [
        {
            "order": f"W{at * 7919}",
            "state": "open" if at % 3 else "sent",
            "notes": f"This is a long note on order {at}. " * 12,
            "items": [
                {"item": f"I{at * 31 + n}", "product": f"lamp no. {at * 9 + n}"} for n in (1, 2)
            ],
        }
        for at in range(60)
    ]

    line = next(
        line
        for line in view(orders, "Please send lamp no. 362 back.").body.split("\n")
        if line.startswith("40.items.1 = ")
    )

    assert line == (
        '40.items.1 = {"item": "I1242", "product": "lamp no. 362"}'
        ' in {"order":"W316760","state":"open"}'
    )


def test_what_a_column_has_in_every_row_is_looked_for_in_its_head() -> None:
    rows = [{"id": n, "name": f"user-{n * 7919}", "team": "red", "on": True} for n in range(300)]

    body = view(rows, f"Which team is user-{77 * 7919} in?").body

    assert body.count(str(77 * 7919)) == 1


def test_of_many_that_are_named_the_few_with_the_longest_names_are_shown() -> None:
    rows = [{"name": "x" * (5 + n), "text": "word " * 90, "n": n} for n in range(40)]
    query = " ".join(str(row["name"]) for row in rows)

    named = named_objects(rows, query)  # type: ignore[arg-type]  # plain JSON

    assert [each.fields["n"] for each in named] == [39, 38, 37]


VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["abcd", "abcdabcd", "the", "", "x" * 300]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=30,
)


@settings(max_examples=60)
@given(VALUES, st.sampled_from(["abcd", "abcdabcd abcd", "12 34", "aaaa"]))
def test_any_value_is_looked_through(value: object, question: str) -> None:
    for each in named_objects(value, question):  # type: ignore[arg-type]  # plain JSON
        assert any(
            str(held).lower() in question for held in each.fields.values() if held is not None
        )
        assert each.is_in([each.written(words_of(question))], words_of(question))
