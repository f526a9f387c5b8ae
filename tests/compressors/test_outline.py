"""The outline of a configuration file shows its upper levels and what was asked for."""

from __future__ import annotations

import pytest

from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.outline import ConfigOutline
from headroom_core.errors import DecodeError
from headroom_core.keep import KeepRules
from headroom_core.source import Source

OUTLINE = ConfigOutline()


def view(text: str, query: str = "", *, room: int = 400, path: str = "", keep: str = "") -> View:
    rules = KeepRules(patterns=(keep,)) if keep else None
    hint = Hint(origin="file_read", path=path, query=query, keep=rules)
    found = OUTLINE.view(Source(text), hint, room)
    assert found is not None
    return found


def compose(count: int = 30) -> str:
    lines = ["version: '3'", "services:"]
    for at in range(count):
        lines += [
            f"  service-{at}:",
            f"    image: registry.local/service-{at}",
            "    build:",
            f"      dockerfile: ./docker/{at}.Dockerfile",
            "    ports:",
            f"      - {8000 + at}:80",
            f"      - {9000 + at}:90",
            "    command: [run, fast]",
        ]
    return "\n".join(lines)


def shown_lines(found: View) -> list[str]:
    return [line for line in found.body.split("\n") if not line.startswith("[…")]


def test_shown_lines_are_source_lines_in_order_and_gaps_are_counted() -> None:
    text = compose()
    source = text.split("\n")
    found = view(text)

    at = 0
    for line in found.body.split("\n"):
        if line.startswith("[… "):
            at += int(line.split()[1])
        else:
            assert source[at] == line
            at += 1
    assert at == len(source) == found.total
    assert found.shown == len(shown_lines(found))
    assert len(found.body) < 600


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services.service-17.build.dockerfile", "      dockerfile: ./docker/17.Dockerfile"),
        ("services.service-3.ports.1", "      - 9003:90"),
        ("services.service-3.ports.0", "      - 8003:80"),
    ],
)
def test_a_path_in_the_question_is_looked_up(path: str, line: str) -> None:
    found = view(compose(), f"What is `{path}` set to?")

    service = f"  service-{path.split('-')[1].split('.', maxsplit=1)[0]}:"
    lines = shown_lines(found)
    assert lines.index("services:") < lines.index(service) < lines.index(line)
    assert found.required > 0


@pytest.mark.parametrize(
    "path", ["services.service-99.build", "services.service-3.ports.7", "services.service-3.x.y"]
)
def test_a_path_that_is_not_there_is_no_hit(path: str) -> None:
    assert "[… " in view(compose(), f"What is `{path}` set to?").body


def test_toml_sections_with_dots_are_found() -> None:
    lines = ["[project]", 'name = "demo"']
    for at in range(20):
        lines += [
            f"[tool.part-{at}.options]",
            f"level = {at}",
            "env_list = [",
            '    "a",',
            '    "b",',
            "]",
        ]
    lines += ["[[package]] # one", 'name = "first"', "[[package]]", 'name = "second"']

    found = view("\n".join(lines), "what is tool.part-7.options.level and package.1.name?")
    listed = view("\n".join(lines), "what is tool.part-7.options.env_list.1?")

    assert "[tool.part-7.options]\nlevel = 7" in found.body
    assert 'name = "second"' in found.body
    assert '    "b",' in listed.body


def test_keys_with_dots_and_quotes_are_found() -> None:
    lines = ["metadata:", "  annotations:", '    "app.kubernetes.io/name": demo']
    lines += [f"    label-{at}: value" for at in range(60)]

    found = view("\n".join(lines), "what is metadata.annotations.app.kubernetes.io/name?", room=100)

    assert '    "app.kubernetes.io/name": demo' in found.body


def test_items_at_the_indent_of_their_key_belong_to_it() -> None:
    lines = ["steps:"]
    for at in range(40):
        lines += [f"- name: step number {at}", "  with:", f"    level: {at * 7}"]

    found = view("\n".join(lines), "what is steps.23.with.level?", room=100)

    assert "- name: step number 23\n  with:\n    level: 161" in found.body


def test_an_element_named_in_the_question_is_shown_to_its_end() -> None:
    lines = ["<project>"]
    for at in range(40):
        lines += ["  <plugin>", f"    <id>plugin-{at}</id>", "    <on>true</on>", "  </plugin>"]
    lines += ["  <style>", "    GOOGLE", "", "  </style>", "  <open>", "</project>"]

    found = view("\n".join(lines), "What is the value of `<style>`, and of <open>?", room=100)

    assert "  <style>\n    GOOGLE\n\n  </style>" in found.body


def test_problems_and_what_the_caller_keeps_stay() -> None:
    lines = compose().split("\n")
    lines[100] = "    # ERROR: this service is broken"

    found = view("\n".join(lines), room=50, keep="9011:90")

    assert "    # ERROR: this service is broken" in found.body
    assert "      - 9011:90" in found.body


def test_what_belongs_to_a_hit_is_shown_with_it() -> None:
    lines: list[str] = []
    for at in range(60):
        lines += ["[[package]]", f'name = "crate-number{at}"', f'version = "1.{at}.0"', ""]

    found = view("\n".join(lines), "Which version of crate-number31 is locked?", path="Cargo.lock")

    assert '[[package]]\nname = "crate-number31"\nversion = "1.31.0"\n' in found.body


@pytest.mark.parametrize("at", ["a.yaml", "x/Makefile", "go.sum", ".env.local", "pom.xml"])
def test_a_known_file_is_outlined_whatever_its_lines_are(at: str) -> None:
    text = "\n".join(f"some words and the number {n} in a line" for n in range(99))

    assert view(text, path=at).total == 99


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "\n".join(f"This is sentence {at} of a story that goes on." for at in range(99)),
        "key: value\n" * 800_000,
        "\n".join(["<!DOCTYPE html>", *["<p>text</p>"] * 99]),
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert OUTLINE.view(Source(text), Hint(), 100) is None


def test_it_has_no_lossless_form() -> None:
    assert OUTLINE.encode(Source(compose()), Hint()) is None
    with pytest.raises(DecodeError):
        OUTLINE.decode("", "")


def test_a_path_with_many_ways_is_given_up() -> None:
    lines: list[str] = []
    for depth in range(12):
        lines += [f"{'  ' * depth}a:"] * 12

    assert "[… " in view("\n".join(lines), "a" + ".a" * 40, room=60).body


def test_the_lines_of_a_list_in_brackets_are_found_by_the_path_into_them() -> None:
    files = [f'  ["target/file-{at}", "usr/share/file-{at}", "644"],' for at in range(16)]
    lines = [f"key-{at} = {at}" for at in range(80)]
    text = "\n".join([*lines, "[package.metadata.deb]", "assets = [", *files, "]", *lines])

    found = view(text, "What is `package.metadata.deb.assets.9.0` set to?", path="Cargo.toml")

    assert set(files) <= set(shown_lines(found))


def test_a_log_is_no_configuration_though_its_lines_look_like_items() -> None:
    lines = [f"- {at} 2005.06.03 R02-M1 RAS KERNEL INFO generating core.{at}" for at in range(90)]

    assert OUTLINE.view(Source("\n".join(lines)), Hint(), 900) is None


def test_what_a_program_prints_of_many_things_is_no_configuration() -> None:
    tasks = [f"NOTE: recipe {at}: task do_compile: Started" for at in range(60)]
    steps = [f"#{at % 9} {at}.5 Get:{at} http://a.b/c amd64" for at in range(60)]

    assert OUTLINE.view(Source("\n".join(tasks)), Hint(), 400) is None
    assert OUTLINE.view(Source("\n".join(steps)), Hint(), 400) is None
