"""Decoding of texts and of whole conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Compressor, Encoded, Hint
from headroom_core.conversations import decode, decode_messages
from headroom_core.decoding import decode_text
from headroom_core.errors import DecodeError
from headroom_core.frame import frame, mix
from headroom_core.source import Source
from tests.conversations import Native, Turn, written

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS = frame("runs", Encoded("any", "retry (x40)\ndone"))


class Pointer(Compressor):
    """Points to the text of an earlier result by its index."""

    name = "pointer"

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        if int(body) >= len(context):
            raise DecodeError("the base is missing")
        return context[int(body)]


def test_the_protocol_declines_everything_by_default() -> None:
    pointer = Pointer()

    assert pointer.encode(Source("text"), Hint()) is None
    assert pointer.view(Source("text"), Hint(), 10) is None


def test_a_form_without_a_decoder_is_an_error() -> None:
    with pytest.raises(DecodeError, match="`terminal` has no lossless form"):
        decode_text(frame("terminal", Encoded("x", "y")))


def test_a_form_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(DecodeError, match="knows no form called 'future'"):
        decode(frame("future", Encoded("x", "y")))


def test_forms_inside_a_mixed_text_are_decoded() -> None:
    text = mix([("Exit code: 1\n", None), ("retry\n" * 40 + "done\n", RUNS), ("bye", None)])

    assert decode(text) == "Exit code: 1\n" + "retry\n" * 40 + "done\nbye"


def test_a_form_may_point_to_an_earlier_result() -> None:
    form = frame("pointer", Encoded("x", "1"))

    assert decode_text(form, ["a", "b"], by_name={"pointer": Pointer()}) == "b"
    with pytest.raises(DecodeError, match="missing"):
        decode_text(form, ["a"], by_name={"pointer": Pointer()})


def test_a_conversation_decodes_its_results_and_its_other_texts() -> None:
    messages: list[Native] = [
        {"role": "user", "content": RUNS},
        *written([Turn("Why?", RUNS), Turn("And?", "plain")], "openai_chat"),
    ]

    decoded = decode_messages(messages)

    original = "retry\n" * 40 + "done"
    assert decoded[0]["content"] == original
    assert decoded[3]["content"] == original
    assert all(a is b for a, b in zip(messages[4:], decoded[4:], strict=True))


def test_what_only_looks_like_a_form_stays_in_a_conversation() -> None:
    damaged = frame("future", Encoded("x", "y"))
    messages: list[object] = [*written([Turn("Why?", damaged)], "anthropic"), None, 5]

    assert all(a is b for a, b in zip(messages, decode_messages(messages), strict=True))


def test_the_texts_before_a_form_are_its_context() -> None:
    assert decode(RUNS, written([Turn("Why?", RUNS)], "openai_responses")) == (
        "retry\n" * 40 + "done"
    )
