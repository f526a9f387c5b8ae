"""Settings with a value like hardly any other are found, whatever the language of the file."""

from __future__ import annotations

import pytest

from headroom_core.compressors.base import Hint
from headroom_core.compressors.odd_settings import names_above, odd_settings
from headroom_core.compressors.outline import ConfigOutline
from headroom_core.source import Source

STYLES = {
    "yaml": "  tls: {}",
    "toml": 'tls = "{}"',
    "nginx": "    tls {};",
    "json": '  "tls": "{}",',
    "xml": "  <tls>{}</tls>",
    "item": "- tls: {}",
}


def settings(style: str, values: list[str]) -> list[str]:
    return [line for at, value in enumerate(values) for line in (f"# {at}", style.format(value))]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_the_one_that_differs_is_found(style: str) -> None:
    assert odd_settings(settings(style, ["on"] * 9 + ["off"] + ["on"] * 8)) == [19]


def test_two_that_differ_in_the_same_way_are_found_and_more_are_no_exception() -> None:
    assert len(odd_settings(settings("tls: {}", ["on"] * 18 + ["off"] * 2))) == 2
    assert odd_settings(settings("tls: {}", ["on"] * 17 + ["off"] * 3)) == []


@pytest.mark.parametrize(
    "values",
    [
        ["on"] * 8 + ["off"],  # too few to tell
        [f"value {at}" for at in range(40)],  # no two alike
        ["a"] * 30 + [f"value {at}" for at in range(5)],  # many are rare
        ["a"] * 30 + [f"value {at}" for at in range(90)],  # very many
    ],
)
def test_where_others_differ_too_none_is_odd(values: list[str]) -> None:
    assert odd_settings(settings("tls: {}", values)) == []


def test_what_a_setting_belongs_to_is_named_above_it() -> None:
    lines = [
        "name: web",
        "spec:",
        "  list:",
        "    - name: one",
        "    - name: two",
        "      tls: off",
    ]

    assert list(names_above(lines, 5)) == [4, 0]
    assert list(names_above(["name: web", "---", "  tls: off"], 2)) == []
    assert list(names_above(["x: 1"], 0)) == []


def test_an_outline_shows_the_odd_one_with_what_it_stands_in() -> None:
    lines: list[str] = []
    for at in range(60):
        lines += [f"service-{at}:", "  net:", f"    port: {8000 + at}", "    deep:"]
        lines += [f"      tls: {'off' if at == 41 else 'on'}", f"      size: {at * 7}"]

    found = ConfigOutline().view(Source("\n".join(lines)), Hint(path="a.yaml"), 400)

    assert found is not None
    assert "service-41:\n  net:\n    port: 8041\n    deep:\n      tls: off\n" in found.body
