"""Embedded binary data is named by type, size and digest; words and paths are left alone."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.data_uri import DataUri
from headroom_core.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    Encode = Callable[[bytes], bytes]

BINARY = DataUri()
NOISE = hashlib.shake_256(b"noise").digest(600)
STARTS = [
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-1.7", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"\x00\x01", "binary data"),
]


def shown(text: str) -> str | None:
    view = BINARY.view(Source(text), Hint(), 100)
    return view.body if view else None


def name_of(raw: bytes, kind: str) -> str:
    return f"[{kind}, {len(raw):,} bytes in base64, sha256 {hashlib.sha256(raw).hexdigest()[:8]}]"


@pytest.mark.parametrize(("start", "kind"), STARTS)
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_data_is_named_by_what_it_starts_with(start: bytes, kind: str, encode: Encode) -> None:
    raw = start + NOISE

    assert shown(f'{{"a": "{encode(raw).decode()}"}}') == f'{{"a": "{name_of(raw, kind)}"}}'


@pytest.mark.parametrize(
    "head", ["data:image/webp;base64,", "data:image/webp;charset=x;name=a.b;base64,"]
)
def test_a_data_uri_says_its_type(head: str) -> None:
    text = f"![a]({head}{base64.b64encode(NOISE).decode()}) and more"

    assert shown(text) == f"![a]({name_of(NOISE, 'image/webp')}) and more"


def test_padding_may_be_missing() -> None:
    raw = NOISE[:400]

    assert shown(base64.b64encode(raw).decode().rstrip("=")) == name_of(raw, "binary data")


def test_a_view_counts_the_characters_that_are_left() -> None:
    text = f"before {base64.b64encode(NOISE).decode()} after"

    view = BINARY.view(Source(text), Hint(), 100)

    assert view is not None
    assert (view.shown, view.total, view.unit) == (len(view.body), len(text), "bytes")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "0123456789abcdef" * 40,
        "ABCDEF0123456789" * 40,
        "abcDEF" * 60,
        "/usr/local/lib/" * 40,
        base64.b64encode(NOISE).decode()[:255],
        "aB12" * 80 + "a",  # no number of bytes has such a length
    ],
)
def test_what_is_more_likely_text_is_declined(text: str) -> None:
    assert shown(text) is None


@given(raw=st.binary(min_size=300, max_size=400), before=st.text(max_size=9))
def test_nothing_around_the_data_changes(raw: bytes, before: str) -> None:
    text = f"{before} {base64.b64encode(raw).decode()}\n{before}"
    body = shown(text)

    assert body is None or (body.startswith(f"{before} ") and body.endswith(f"\n{before}"))
