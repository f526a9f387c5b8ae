"""What the command line promises."""

from __future__ import annotations

from dataclasses import fields

import pytest
from click.testing import CliRunner

from headroom.cli.main import cli
from headroom_core.settings import Settings


@pytest.mark.requirement("cli.demo")
@pytest.mark.usefixtures("no_network")
def test_the_demo_saves_and_gives_the_original_back() -> None:
    done = CliRunner().invoke(cli, ["demo"], catch_exceptions=False)

    assert done.exit_code == 0
    assert "compress(messages)" in done.output
    assert "gives the original back" in done.output
    assert "NOT the same" not in done.output


@pytest.mark.requirement("cli.config")
def test_the_effective_settings_are_shown_with_their_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEADROOM_MODE", "max")

    done = CliRunner().invoke(cli, ["config"], catch_exceptions=False)

    (line,) = [line for line in done.output.splitlines() if line.split()[:1] == ["mode"]]
    assert "max" in line
    assert "HEADROOM_MODE" in line
    assert all(setting.name in done.output for setting in fields(Settings))


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(cli, [command, "--help"], catch_exceptions=False)

    assert done.exit_code == 0
    assert done.output.startswith("Usage:")
