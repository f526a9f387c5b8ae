"""Texts that the log form leaves alone, forms that are refused, and what bounds the work."""

from __future__ import annotations

import contextlib
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs import reader
from headroom_core.errors import DecodeError
from headroom_core.source import Source
from tests.compressors.test_log import FORMATS, LOG, SERVICE, decoded, encoded


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "a\nb\nc",
        "\n" * 50,
        "No sentence of this text begins like any other.\nHow could it be shorter?\n" * 1
        + "Prose is not for templates.\nIt has no fields.\nIt says each thing once.",
    ],
)
def test_text_that_does_not_repeat_itself_is_declined(text: str) -> None:
    assert LOG.encode(Source(text), Hint()) is None


def test_a_file_that_was_read_is_folded_only_when_it_is_a_log() -> None:
    code = "\n".join(
        f"    self.assertEqual(total({at}), {at * 3})  # a long line" for at in range(40)
    )
    hint = Hint(origin="file_read")

    assert LOG.encode(Source(code), hint) is None
    assert LOG.encode(Source("\n".join(SERVICE)), hint) is not None


def test_a_file_of_times_that_was_read_is_no_log_where_its_lines_hardly_repeat() -> None:
    rng = random.Random(7)
    names = ["".join(rng.choices("abcdefghijklmno", k=24)) for _ in range(300)]
    lines = [
        f"{rng.choice(names)} at {at % 24:02}:{at % 60:02}:00 with {rng.choice(names)}"
        for at in range(2_000)
    ]
    text = Source("\n".join(lines))

    assert LOG.encode(text, Hint(origin="file_read")) is None


def test_repeats_in_the_middle_of_a_long_text_are_noticed() -> None:
    words = [f"{chr(97 + at % 26)}{at}" * (at % 7 + 3) for at in range(900)]
    text = "\n".join([*words, *SERVICE * 4, *words])

    assert len(text) > 3 * 4096
    assert decoded(encoded(text)) == text


def test_one_endless_line_is_declined_at_a_glance() -> None:
    assert LOG.encode(Source("x=1, " * 1_000_000), Hint()) is None


def test_a_line_of_very_many_values_keeps_its_end_whole() -> None:
    lines = [" ".join(f"{at}.{value}" for value in range(200)) for at in range(9)]
    text = "\n".join(f"values of sensor: {line}" for line in lines)

    form = LOG.encode(Source(text), Hint())

    assert form is None or decoded(form) == text


def test_hostile_text_of_distinct_shapes_is_read_in_bounded_work() -> None:
    order = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    text = "\n".join(
        " ".join("".join(order.choices(letters, k=5)) for _ in range(6)) for _ in range(30_000)
    )
    text = "\n".join(SERVICE) + "\n" + text

    form = LOG.encode(Source(text), Hint())

    assert form is None or decoded(form) == text


@pytest.mark.parametrize(
    ("legend", "body"),
    [
        ("no legend at all", "A=x\nA"),
        ("first 1 lines = templates, and so on for its ??, x", "A=x"),
        ("first 9 lines = templates, and so on for its {}, x", "A=x"),
        ("first 1 lines = templates, and so on for its {}, x", "nothing"),
        ("first 1 lines = templates, and so on for its {}, x", "A={1}\nA"),
        ("first 1 lines = templates, and so on for its {}, x", "A={0}\nA"),
        ("first 1 lines = templates, and so on for its {}, x", "A=x\nA 1"),
        (
            "first 1 lines = templates, and so on for its {}, x",
            "A={} {}\nA1",
        ),
        (
            "first 1 lines = templates, and so on for its {}, x",
            "A=x\nx999999999 a line that is long enough",
        ),
        (
            "first 1 lines = templates, and so on for its {}, x",
            "A={}" + "{1}" * 99_999 + "\nA" + "1" * 99_999,
        ),
    ],
)
def test_a_forged_form_is_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        LOG.decode(legend, body)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_form_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    form = encoded("\n".join(data.draw(st.sampled_from(FORMATS))))
    at = data.draw(st.integers(0, len(form.body)))
    cut = data.draw(st.integers(0, 8))
    put = data.draw(
        st.one_of(st.text(max_size=4), st.sampled_from(["\n", "{9}", "A", "x99 ", " "]))
    )

    with contextlib.suppress(DecodeError):
        LOG.decode(form.legend, form.body[:at] + put + form.body[at + cut :])


def test_the_limit_of_what_is_decoded_is_that_of_what_is_encoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "\n".join(SERVICE)
    form = encoded(text)
    monkeypatch.setattr(reader, "MAX_DECODED_CHARS", len(text) - 1)

    with pytest.raises(DecodeError, match="the log form"):
        decoded(form)


def test_a_json_document_is_no_log_though_its_lines_repeat() -> None:
    rows = [{"id": at, "name": f"user-{at}", "tags": ["a", "b"]} for at in range(60)]

    assert LogCompressor().encode(Source(json.dumps(rows, indent=2)), Hint()) is None


def test_a_log_too_long_to_be_decoded_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(SERVICE)
    monkeypatch.setattr("headroom_core.compressors.log.MAX_DECODED_CHARS", len(text) - 1)

    assert LOG.encode(Source(text), Hint()) is None
    assert LOG.view(Source(text), Hint(), 500) is None
