"""Refs and the bytes behind them."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from headroom_core.store.base import bytes_of, ref_of, text_of

ANY_TEXT = st.text(st.characters())  # lone surrogates and NUL included


@given(ANY_TEXT)
def test_bytes_stand_for_exactly_one_text(text: str) -> None:
    assert text_of(bytes_of(text)) == text


@given(ANY_TEXT)
def test_a_ref_is_sixteen_lower_case_hex_digits_of_the_sha256(text: str) -> None:
    assert ref_of(text) == hashlib.sha256(bytes_of(text)).hexdigest()[:16]


def test_the_ref_of_a_known_text_never_changes() -> None:
    assert ref_of("") == "e3b0c44298fc1c14"
    assert ref_of("headroom") == hashlib.sha256(b"headroom").hexdigest()[:16]
