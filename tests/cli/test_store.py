"""`headroom store` and the selectors of `headroom retrieve`."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from headroom.cli.main import cli
from headroom_core.config import load
from headroom_core.store.base import Verification
from headroom_core.store.open import open_store
from headroom_core.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

LOG = "\n".join(f"line {n}" for n in range(1, 31)) + "\n"


@pytest.fixture
def ref() -> str:
    store = open_store(load().settings.store_settings())
    try:
        return store.put(LOG)
    finally:
        store.close()


def run(*args: str) -> str:
    result = CliRunner().invoke(cli, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_retrieve_gives_all_or_a_part(ref: str) -> None:
    assert run("retrieve", ref) == LOG
    assert run("retrieve", ref, "--lines", "2-3") == "[lines 2-3 of 30]\nline 2\nline 3\n"
    assert "count = 30" in run("retrieve", ref, "--where", "count")
    assert "cursor=" in run("retrieve", ref, "--lines", "1-30", "--max-tokens", "100")


def test_info_says_where_and_how_much(ref: str) -> None:
    shown = run("store", "info")

    assert "sqlite:///" in shown
    assert [line.split()[-1] for line in shown.splitlines() if line.startswith("originals")] == [
        "1"
    ]


def test_list_shows_the_newest_and_says_that_there_are_more(ref: str) -> None:
    store = open_store(load().settings.store_settings())
    other = store.put("other")
    store.close()

    assert ref in run("store", "list")
    limited = run("store", "list", "--limit", "1")
    assert other in limited
    assert "and 1 older ones" in limited
    assert len(run("store", "list", "--limit", "0").splitlines()) == 3


def test_show_begins_the_original(ref: str) -> None:
    shown = run("store", "show", ref.upper())

    assert "line 12" in shown
    assert "line 13" not in shown
    assert "31 lines" in shown
    store = open_store(load().settings.store_settings())
    short = store.put("short")
    store.close()
    assert "more" not in run("store", "show", short)


def test_evict_removes_what_is_named_or_everything(ref: str) -> None:
    assert run("store", "evict", ref) == "evicted 1\n"
    assert "evicted" in run("store", "list")
    assert run("store", "evict", "--all") == "evicted 0\n"
    assert CliRunner().invoke(cli, ["store", "evict"]).exit_code == 2
    assert CliRunner().invoke(cli, ["store", "evict", "--all", ref]).exit_code == 2


def test_export_writes_files_for_their_owner_only(ref: str, tmp_path: Path) -> None:
    run("store", "export", str(tmp_path / "out"))

    path = tmp_path / "out" / f"{ref}.txt"
    assert path.read_text() == LOG
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_verify_says_which_are_damaged(ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("store", "verify") == "checked 1, damaged 0\n"

    def damaged(self: SqliteStore) -> Verification:
        return Verification(1, (ref,))

    monkeypatch.setattr(SqliteStore, "verify", damaged)
    result = CliRunner().invoke(cli, ["store", "verify"])
    assert result.exit_code == 1
    assert f"damaged: {ref}" in result.output


def test_another_namespace_does_not_see_them(ref: str) -> None:
    assert ref not in run("store", "--namespace", "other", "list")
