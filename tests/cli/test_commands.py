"""The commands, as a shell would run them."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from headroom.cli.main import cli, main
from headroom_core.conversations import decode
from headroom_core.fail_open import raising
from headroom_core.notes import note_of
from headroom_core.version import __version__
from tests.conversations import Turn, log, result_texts, written

if TYPE_CHECKING:
    from click.testing import Result

    from headroom_core.model_settings import ModelSettings

LOG = log(400, fatal_at=123)


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin, catch_exceptions=False)


def test_help_lists_the_commands_in_the_order_of_need() -> None:
    shown = run("--help").stdout

    names = ["demo", "compress", "decode", "retrieve", "config", "fetch"]
    places = [shown.index(f"\n  {name}") for name in names]
    assert places == sorted(places)
    assert run("-h").stdout == shown


def test_version_is_shown() -> None:
    assert run("--version").stdout == f"headroom, version {__version__}\n"


def test_compress_shortens_standard_input_and_decode_gives_it_back() -> None:
    short = run("compress", stdin=LOG)

    assert len(short.stdout) < len(LOG)
    assert " saved (" in short.stderr
    assert run("decode", stdin=short.stdout).stdout == LOG


def test_compress_reads_a_file_and_decode_too(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    file.write_text(LOG, encoding="utf-8")
    short = run("compress", str(file))
    file.write_text(short.stdout, encoding="utf-8")

    assert run("decode", str(file)).stdout == LOG


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00\r\n", b"\xed\xa0\x80", b"", "é😀".encode()])
def test_any_bytes_go_through(raw: bytes) -> None:
    assert run("compress", stdin=raw).stdout_bytes == raw
    assert run("decode", stdin=raw).stdout_bytes == raw


def test_a_short_text_is_left_alone_and_the_figures_say_so() -> None:
    done = run("compress", stdin="hello\n")

    assert done.stdout == "hello\n"
    assert "nothing to shorten" in done.stderr


def test_a_view_is_made_when_asked_for_and_names_the_command() -> None:
    text = log(3_000, fatal_at=700)
    seen = run("compress", "--mode", "max", "--retrieval", "--question", "Why?", stdin=text).stdout

    note = note_of(seen)
    assert note is not None
    assert note.call == f"headroom retrieve {note.ref}"
    assert "FATAL db pool exhausted" in seen


def test_a_conversation_in_json_comes_back_as_one() -> None:
    messages = written([Turn("Why?", LOG)], "openai_responses")

    done = run("compress", "--json", "--mode", "lossless", stdin=json.dumps(messages))

    sent = json.loads(done.stdout)
    assert sent[:2] == messages[:2]
    assert decode(result_texts(sent)[0]) == LOG


def test_what_utf_8_cannot_hold_stays_escaped_in_json() -> None:
    done = run("compress", "--json", stdin=r'[{"role": "user", "content": "\ud800 é"}]')

    assert r'"\ud800 é"' in done.stdout
    assert json.loads(done.stdout) == [{"role": "user", "content": "\ud800 é"}]


def test_warnings_go_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADROOM_STORE_REDACT", "secrets")
    secret = log(3_000) + "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"

    done = run("compress", "--retrieval", stdin=secret)

    assert "warning: a result holds a secret" in done.stderr


@pytest.mark.parametrize("command", ["compress", "decode"])
def test_a_file_that_is_not_there_is_one_line(command: str, tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        done = run(command, str(path))
        assert done.exit_code == 2
        assert "Error: Invalid value" in done.stderr


@pytest.mark.requirement("cli.config")
def test_config_shows_each_setting_with_its_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text('roles = ["user", "tool"]\n', encoding="utf-8")
    monkeypatch.setenv("HEADROOM_MODE", "max")

    lines = run("config").stdout.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines}

    assert rows["setting"] == ["value", "source"]
    assert rows["mode"] == ["max", "HEADROOM_MODE"]
    assert rows["roles"] == ["tool,", "user", str(tmp_path / "config.toml")]
    assert rows["exclude_tools"] == ["-", "default"]
    assert rows["store_url"] == [f"sqlite:///{tmp_path / 'store.db'}", "HEADROOM_STORE"]
    assert rows["store_namespace"] == ["-", "default"]


@pytest.mark.requirement("cli.demo")
def test_the_demo_saves_tokens_and_gives_the_original_back() -> None:
    shown = run("demo").stdout

    figures = [
        int(line.split()[-2].replace(",", ""))
        for line in shown.splitlines()
        if line.endswith("%") and not line.startswith(" ")
    ]
    assert len(figures) == 4
    assert figures == sorted(figures, reverse=True)
    assert figures[1] < figures[0]
    assert "the same as printed" in shown
    assert "NOT" not in shown


def test_the_demo_shows_a_view_with_its_note(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run("demo").stdout
    monkeypatch.setattr("headroom.cli.demo.SHOWN_LINES", 10_000)
    whole = run("demo").stdout

    assert "\n  [headroom " in shown
    assert "retrieve(" in shown
    assert " lines more" in shown
    assert " lines more" not in whole
    assert len(whole) > len(shown)


@pytest.mark.parametrize("name", ["kompress", "relevance"])
def test_fetch_downloads_the_model_of_a_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(settings: ModelSettings) -> Path:
        return Path("/cache", getattr(settings, name))

    monkeypatch.setenv(f"HEADROOM_{name.upper()}", "me/mine")
    monkeypatch.setattr(f"headroom_core.ml.fetch.fetch_{name}", fetched)

    done = run("fetch", name)
    placed = run("fetch", name, "--from", ".")

    assert done.output == "installed /cache/me/mine\n"
    assert placed.exit_code == 2
    assert f"HEADROOM_MODELS_{name.upper()}=." in placed.output


def test_fetch_installs_from_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Path | None]] = []

    def fetch_file(name: str, *, source: Path | None) -> Path:
        asked.append((name, source))
        return tmp_path / "there"

    monkeypatch.setattr("headroom.cli.fetch.fetch_file", fetch_file)

    done = run("fetch", "o200k", "--from", str(tmp_path))

    assert done.stdout == f"installed {tmp_path / 'there'}\n"
    assert asked == [("o200k", tmp_path)]
    assert run("fetch", "no-such-thing").exit_code == 2


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        ("{", "headroom: the input is not JSON: "),
        ("[" * 100_000, "headroom: the input is not JSON: "),
        ("{}", "headroom: the input is JSON, but not a list of messages\n"),
    ],
)
def test_an_error_of_ours_is_one_line_and_exit_code_1(
    stdin: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["headroom", "compress", "--json"])

    def read(path: str) -> str:
        assert path == "-"
        return stdin

    monkeypatch.setattr("headroom.cli.compress.read", read)

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == 1
    shown = capsys.readouterr().err
    assert shown.startswith(told)
    assert shown.count("\n") == 1


def test_main_runs_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["headroom", "--version"])

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_the_module_is_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["python -m headroom", "--version"])

    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("headroom", run_name="__main__")

    assert stopped.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_the_command_line_swallows_errors_of_ours_as_the_library_does() -> None:
    with raising(enabled=False):
        assert run("compress", "--json", stdin="[null, 5, []]").stdout == "[\n null,\n 5,\n []\n]\n"
