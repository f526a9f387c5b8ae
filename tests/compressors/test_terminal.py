"""A terminal's text as it looked in the end: no colours, the last state of progress."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.terminal import TerminalNoise
from headroom_core.source import Source

TERMINAL = TerminalNoise()
NOISE = st.lists(
    st.one_of(
        st.sampled_from(["\x1b[31m", "\x1b[0m", "\r", "\r\n", "\n", "\x1b", "[", "\x1b]0;t\x07"]),
        st.text(max_size=5),
    )
).map("".join)


def shown(text: str) -> str | None:
    view = TERMINAL.view(Source(text), Hint(), 100)
    return view.body if view else None


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[1;31merror\x1b[0m: x", "error: x"),
        ("\x1b[38;5;196mred\x1b[m", "red"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Ba\x1b=b\x1b>c\x1bM", "abc"),
        (" 10%\r 50%\r100%\ndone", "100%\ndone"),
        ("one\r\ntwo\x1b[K\r\n", "one\ntwo\n"),
        ("\r\rx\n\r\r\ny", "x\n\ny"),
        ("100%\r\x1b[K", "100%"),
    ],
)
def test_noise_is_taken_out(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize(
    "text", ["", "plain", "a\r\nb\r\n", "\x1b", "\x1b[", "\x1b]0;never ends", "[0m"]
)
def test_a_text_without_noise_is_declined(text: str) -> None:
    assert shown(text) is None


@given(text=NOISE)
def test_every_visible_word_comes_from_the_text_and_lines_stay_lines(text: str) -> None:
    view = TERMINAL.view(Source(text), Hint(), 100)

    if view is not None:
        assert view.body.count("\n") == text.count("\n")
        assert view.shown == view.total == text.count("\n") + 1
        assert "\r" not in view.body
        assert len(view.body) < len(text)
