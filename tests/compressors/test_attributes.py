"""Attributes that come again are named, and the page comes back to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.attributes import Attributes
from headroom_core.compressors.base import Hint
from headroom_core.errors import DecodeError
from headroom_core.source import Source

ATTRIBUTES = Attributes()
BUTTON = 'class="inline-flex items-center rounded-md px-4 py-2"'
ICON = '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor"><path d="M21 21l-4-4"/></svg>'
LEGEND = "in tags, {n} stands for the text in {n:text} before it"


def encode(text: str) -> str | None:
    encoded = ATTRIBUTES.encode(Source(text), Hint())
    if encoded is None:
        return None
    assert ATTRIBUTES.decode(encoded.legend, encoded.body) == text
    return encoded.body


def body_of(text: str) -> str:
    body = encode(text)
    assert body is not None
    return body


def page(count: int = 30) -> str:
    links = (f'<a href="/p/{n}" {BUTTON}>Page {n} {ICON}</a>' for n in range(count))
    return f"<html><body>{''.join(links)}</body></html>"


def test_all_attributes_of_a_tag_that_come_again_are_named_together() -> None:
    body = body_of(page())

    assert body.count("viewBox") == 1
    assert body.count("<svg {2}>") == 29


def test_a_value_that_comes_again_among_other_attributes_is_named_alone() -> None:
    body = body_of(page())

    assert f'<a href="/p/0" {BUTTON.replace("=", "={1:")}}}>Page 0 <svg {{2:viewBox' in body
    assert '<a href="/p/7" class={1}>Page 7 <svg {2}>' in body


def test_less_than_half_of_a_generated_page_is_left() -> None:
    assert len(body_of(page())) < len(page()) / 2


def test_short_attributes_and_those_that_come_once_stay() -> None:
    body = body_of(page().replace("<body>", "<body onload='start(\"the whole page\")' lang=en>"))

    assert "<body onload='start(\"the whole page\")' lang=en>" in body


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no markup at all",
        "<p>" * 5,
        "<p>one</p>" * 30,
        "Behind words: " + page(),
        page().replace("Page 3", "{3"),
        page(1) + "<br>" * 30,
    ],
    ids=["empty", "words", "few tags", "bare tags", "words first", "marks", "nothing twice"],
)
def test_other_texts_are_declined(text: str) -> None:
    assert encode(text) is None


def test_braces_in_attributes_stay_as_they_are() -> None:
    text = page().replace("<body>", '<body style="a { color: red } b { color: blue }">' * 3)

    assert body_of(text).count("a { color: red }") == 3


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(
            [
                f"<a {BUTTON}>",
                f"<a {BUTTON} >",
                f"<img {BUTTON}/>",
                f"<img\n{BUTTON} alt='a longer text than others' />",
                f"<a {BUTTON} title='{BUTTON}'>",
                f"<b {BUTTON}",
                ICON,
                "<!-- a > b -->",
                "</a>",
                "words & {braces} < 3",
                "é\n",
            ]
        ),
        min_size=20,
        max_size=60,
    )
)
def test_any_markup_comes_back_to_the_byte(parts: list[str]) -> None:
    encode("<html>" + "".join(parts))


@pytest.mark.parametrize(
    ("legend", "body"),
    [("other", "<a>"), (LEGEND, "<a {1}>"), (LEGEND, "<a {2:class}><a {1}>")],
)
def test_damaged_forms_are_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        ATTRIBUTES.decode(legend, body)


def test_a_form_that_unfolds_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headroom_core.compressors.attributes.MAX_DECODED_CHARS", 10_000)

    with pytest.raises(DecodeError, match="too far"):
        ATTRIBUTES.decode(LEGEND, f"{{1:{'x' * 1000}}}" + "{1}" * 20)
