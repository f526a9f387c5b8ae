"""The note: it is read back as it was written, and nothing else passes for one."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Unit, View
from headroom_core.notes import SELECTORS, Note, Surface, find_notes, note_of, write_note

REF = "3fa9c1d27b04e6d5"
NOTE = f"[headroom {REF}: 6 of 100 rows shown, all errors included; more: CALL]"


def test_every_unit_has_its_selectors() -> None:
    assert set(SELECTORS) == set(get_args(Unit))


@given(
    ref=st.text(alphabet="0123456789abcdef", min_size=16, max_size=16),
    view=st.builds(
        View,
        st.just(""),
        st.sampled_from(sorted(SELECTORS)),
        st.integers(0, 10**9),
        st.integers(0, 10**9),
        st.text(alphabet=st.characters(codec="ascii", exclude_characters=";]\n")),
    ),
    surface=st.sampled_from(get_args(Surface)),
)
def test_a_note_is_read_back(ref: str, view: View, surface: Surface) -> None:
    note = write_note(ref, view, surface)

    read = note_of(f"{note}\nbody")
    assert read is not None
    assert (read.ref, read.hides) == (ref, view.hides)
    assert (read.shown, read.total, read.unit) == (view.shown, view.total, view.unit)
    assert note_of(note) == read
    assert find_notes(f"text before {note} and after") == [read]


@pytest.mark.parametrize(
    ("surface", "call"),
    [
        ("tool", "headroom_retrieve(ref, where=, query=)"),
        ("mcp", "mcp__headroom__headroom_retrieve(ref, where=, query=)"),
        ("shell", f"headroom retrieve {REF}"),
    ],
)
def test_a_note_names_the_way_to_the_original(surface: Surface, call: str) -> None:
    note = write_note(REF, View("", "rows", 6, 100), surface)

    assert note == f"[headroom {REF}: 6 of 100 rows shown; more: {call}]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        f"\\{NOTE}",
        f" {NOTE}",
        f"{NOTE} ",
        f"{NOTE}\r\n",
        NOTE[:-1],
        NOTE.upper(),
        NOTE.replace(REF, REF[:-1]),
        NOTE.replace(REF, REF.replace("f", "g")),
        NOTE.replace(" rows ", " columns "),
        NOTE.replace("6 of", "six of"),
        NOTE.replace("; more", ", more"),
        NOTE.replace("CALL", ""),
    ],
)
def test_what_differs_in_one_character_is_no_note(text: str) -> None:
    assert note_of(text) is None


def test_notes_are_found_anywhere_in_a_json_value_and_in_order() -> None:
    other = NOTE.replace(REF, "0" * 16)
    value = {"a": [1, None, NOTE, {"b": f"x {other} y"}], "c": (NOTE,), "d": True, "e": NOTE}

    assert [note.ref for note in find_notes(value)] == [REF, "0" * 16, REF]
    assert find_notes(NOTE) == [Note(REF, 6, 100, "rows", "all errors included", "CALL")]
    assert find_notes(5) == []


def test_notes_are_found_below_any_nesting() -> None:
    value: object = NOTE
    for _ in range(5_000):
        value = [{"deeper": value}]

    assert [note.ref for note in find_notes(value)] == [REF]
