"""Repeated stanzas are folded, and every shown line stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors import stanzas
from headroom_core.compressors.base import MAX_DECODED_CHARS, Hint
from headroom_core.compressors.stanzas import Stanzas
from headroom_core.errors import DecodeError
from headroom_core.source import Source

STANZAS = Stanzas()


def encode(text: str) -> tuple[str, str] | None:
    encoded = STANZAS.encode(Source(text), Hint(origin="file_read"))
    if encoded is None:
        return None
    assert STANZAS.decode(encoded.legend, encoded.body) == text
    return encoded.legend, encoded.body


def body_of(text: str) -> str:
    encoded = encode(text)
    assert encoded is not None
    return encoded[1]


HEALTH = ["healthcheck:", "  interval: 30s", "  timeout: 5s", "  retries: 10", "restart: always"]


def services(count: int) -> str:
    lines = ["# the services", "services:"]
    for at in range(count):
        lines += [f"  service-{at}:", f"    image: registry.local/service-{at}:1.{at}"]
        lines += [f"    {line}" for line in HEALTH]
    return "\n".join(lines)


def test_a_repeated_subtree_is_written_once() -> None:
    lines = body_of(services(5)).split("\n")

    assert lines[:5] == [
        "# the services",
        "services:",
        "  service-0:",
        "    image: registry.local/service-0:1.0",
        "{1:",
    ]
    assert lines.count("    {1}") == 4
    assert lines.count("    restart: always") == 1


def test_a_subtree_at_another_indent_is_the_same() -> None:
    deeper = "\n".join(f"      {line}" for line in HEALTH)
    text = "\n".join([services(1), "extra:", "  nested:", "    more:", deeper, "    last: 1"])

    assert "      {1}\n    last: 1" in body_of(text)


def test_every_shown_line_is_a_line_of_the_source() -> None:
    text = services(9)
    source = set(text.split("\n"))

    marks = [line for line in body_of(text).split("\n") if line not in source]

    assert {line.strip() for line in marks} == {"{1:", ":1}", "{1}"}


def test_lines_that_look_like_marks_come_back() -> None:
    lines = [*services(4).split("\n"), "{1:", "  :1}", "\\{1}", "  {1}"]

    assert "\\{1:\n  \\:1}" in body_of("\n".join(lines))


@pytest.mark.parametrize("text", ["", "a: 1", "\n".join(f"key-{at}: {at}" for at in range(99))])
def test_a_text_without_repeats_is_left_alone(text: str) -> None:
    assert encode(text) is None


def test_repeats_that_are_worth_nothing_are_left_alone() -> None:
    lines = [line for at in range(40) for line in (f"a-long-key-{at}: {at}", "on:", "  x")]

    assert encode("\n".join(lines)) is None


def test_few_repeats_in_much_text_are_left_alone() -> None:
    lines = [f"a-rather-long-key-{at}: {at}" for at in range(600)]
    text = "\n".join([*lines[:300], "same: 1", "same", "same", *HEALTH, *lines[300:], *HEALTH])

    assert encode(text) is None


LINES = st.sampled_from(
    [
        *["", "a: 1", "  b: two words", "  - item", "    - item", "\tt: 1"],
        *["{1}", ":1}", "{2:", "\\{1}"],
        *["key: a value that is long enough to count", "  key: a value that is long enough"],
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(LINES, min_size=1, max_size=6), min_size=1, max_size=5), st.data())
def test_any_text_comes_back(blocks: list[list[str]], data: st.DataObject) -> None:
    picks = data.draw(st.lists(st.sampled_from(blocks), min_size=4, max_size=30))
    indents = data.draw(st.lists(st.sampled_from(["", "  ", "\t"]), min_size=30, max_size=30))

    encode(
        "\n".join(
            f"{indent}{line}" if line else line
            for indent, block in zip(indents, picks, strict=False)
            for line in block
        )
    )


@pytest.mark.parametrize(
    "body",
    ["{1}", ":1}", "{1:\n:1}\n{1}", "{1:\n  a\nb\n:1}\n{1}"],
)
def test_a_damaged_form_is_refused(body: str) -> None:
    legend, _ = encode(services(5)) or ("", "")

    with pytest.raises(DecodeError):
        STANZAS.decode(legend, body)


def test_a_form_that_unfolds_without_end_is_refused() -> None:
    legend, _ = encode(services(5)) or ("", "")
    bomb = ["{1:", "x" * 1000, ":1}"]
    for at in range(2, 30):
        bomb += [f"{{{at}:", *[f"{{{at - 1}}}"] * 9, f":{at}}}"]

    with pytest.raises(DecodeError):
        STANZAS.decode(legend, "\n".join(bomb))
    assert MAX_DECODED_CHARS < 9**29


def test_another_legend_is_refused() -> None:
    with pytest.raises(DecodeError):
        STANZAS.decode("lines", "a")


def test_a_huge_text_is_left_alone() -> None:
    assert encode("a: b\n" * 4_000_001) is None


def test_pairs_of_lines_that_only_seem_to_come_again_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    block = "\n".join(f"  setting_{at}: value {at}" for at in range(6))
    text = "\n".join(f"service_{at}:\n{block}\n  port: {at}" for at in range(9))
    found = STANZAS.encode(Source(text), Hint())
    assert found is not None
    monkeypatch.setattr(stanzas, "_SIEVE", 0)
    assert STANZAS.encode(Source(text), Hint()) == found
