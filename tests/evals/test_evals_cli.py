from __future__ import annotations

import json
import runpy
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from headroom.evals import cli
from headroom.evals.generators import GENERATORS
from headroom.evals.offline import CHECKS
from headroom.evals.records import Outcome, Records, read
from headroom_core.errors import ConfigError, HeadroomError
from tests.evals.server import says, seen, serving

if TYPE_CHECKING:
    from pathlib import Path

    from headroom.evals.agents.jobs import Job
    from headroom.evals.calls import Prices
    from headroom.evals.models import Model
    from headroom.evals.offline import MakeEngine
    from headroom_core.formats.wire import WireObject


def run(*args: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli.cli, [str(each) for each in args])
    if isinstance(result.exception, HeadroomError):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.usefixtures("no_network")
def test_quick_passes_offline() -> None:
    code, output = run("quick")

    assert code == 0, output
    for check in CHECKS:
        assert check in output


def test_a_check_that_fails_is_shown_and_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(seed: str, make: MakeEngine) -> str:
        return "out of sight: FATAL"

    monkeypatch.setitem(CHECKS, "evidence", lost)

    code, output = run("suite", "--tier", "0", "--only", "evidence", "--n", "2")

    assert code == 1
    assert "out of sight: FATAL" in output


def test_progress_is_shown_to_who_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_is_watched", lambda: True)

    code, output = run("suite", "--only", "answers", "--n", "1")

    assert code == 0
    assert "evals" in output


def test_list_names_every_category_and_what_it_needs() -> None:
    code, output = run("list")

    assert code == 0
    for name in (*CHECKS, *GENERATORS, "bfcl-answers.jsonl"):
        assert name in output


def test_a_run_that_was_cut_off_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[str] = []

    def note(seed: str, make: MakeEngine) -> str:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(seed)
        return ""

    def go_on(seed: str, make: MakeEngine) -> str:
        done.append(seed)
        return ""

    monkeypatch.setitem(CHECKS, "evidence", note)
    args = ("suite", "--only", "evidence", "--n", "3", "-o", tmp_path)
    first, _ = run(*args)
    with (tmp_path / "items.jsonl").open("a", encoding="utf-8") as out:
        out.write('{"category": "evi')
    monkeypatch.setitem(CHECKS, "evidence", go_on)
    second, _ = run(*args)

    assert (first, second) == (1, 0)
    assert done == ["0/0", "0/1", "0/2"]
    assert [each.name for each in read(tmp_path)] == done


def test_what_has_failed_is_done_again(tmp_path: Path) -> None:
    records = Records(tmp_path, {})
    records.add(Outcome(category="c", name="1", ours=0.0, wrong="down"))
    records.add(Outcome(category="c", name="2", ours=0.0))

    again = Records(tmp_path, {})

    assert not again.is_finished("c", "1")
    assert again.is_finished("c", "2")
    again.add(Outcome(category="c", name="1", ours=1.0))
    assert read(tmp_path)[0] == Outcome(category="c", name="1", ours=1.0)


def test_lines_that_are_no_outcomes_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('[1]\n{"category": "c", "name": "n", "ours": "x"}\n')

    assert read(tmp_path) == [Outcome(category="c", name="n", baseline=0.0, ours=0.0)]


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    run("suite", "--only", "answers", "--n", "1", "-o", tmp_path)

    with pytest.raises(ConfigError, match="another run"):
        run("suite", "--only", "answers", "--n", "1", "--seed", "7", "-o", tmp_path)


def test_report_shows_the_table_of_a_run_again(tmp_path: Path) -> None:
    _, first = run("suite", "--only", "answers", "--n", "2", "-o", tmp_path)

    code, again = run("report", "-o", tmp_path)

    assert code == 0
    assert again in first


def test_report_needs_a_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no run"):
        run("report", "-o", tmp_path)


def test_tier_1_asks_a_server_and_reports_by_category(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    items = [GENERATORS[name]("0/0") for name in GENERATORS]

    def script(request: WireObject) -> WireObject:
        read = seen(request)
        (item,) = [each for each in items if json.dumps(each.question) in read]
        in_sight = all(needle in read for needle in item.needles)
        answer = item.answers[0] if in_sight else "no idea"
        return says(answer, prompt_tokens=len(read), completion_tokens=1)

    with serving(script) as url:
        code, output = run(
            "suite", "--tier", "1", "--n", "1", "--model", "small", "--base-url", url,
            "--price", "1", "2", "-o", tmp_path,
        )  # fmt: skip

    assert code == 0, output
    assert "not run: GSM8K, since --data has no gsm8k.jsonl" in output
    assert output.count("+0.000 to +0.000") == len(GENERATORS)
    assert "$" in output


def test_tier_1_fails_when_answers_get_worse_or_calls_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    data = [{"question": f"What is {n} and {n}?", "answer": f"#### {2 * n}"} for n in range(40)]
    (tmp_path / "gsm8k.jsonl").write_text("".join(json.dumps(each) + "\n" for each in data))

    def worse(request: WireObject) -> WireObject:
        number = int(seen(request).split("Solve problem ")[1].split()[0])
        return says("0" if "[headroom " in seen(request) else str(2 * number))

    args = ("suite", "--tier", "1", "--only", "GSM8K", "--n", "4", "--model", "m")
    with serving(worse) as url:
        of_worse, table = run(*args, "--data", tmp_path, "--base-url", url)
    with serving(lambda request: 503) as url:
        of_failed, failed = run(*args, "--data", tmp_path, "--base-url", url)

    assert (of_worse, of_failed) == (1, 1)
    assert "-1.000 to -1.000" in table
    assert "FAILS" in failed


def test_a_run_without_items_does_not_pass() -> None:
    code, _ = run(
        "suite", "--tier", "1", "--only", "BFCL", "--model", "m", "--base-url", "http://x"
    )

    assert code == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--tier", "1"), "--model"),
        (("--only", "luck"), "'luck'"),
    ],
)
def test_a_wrong_setting_is_an_error(args: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run("suite", *args)


def test_without_a_base_url_litellm_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)

    with pytest.raises(ConfigError, match=r"\[evals\]"):
        run("suite", "--tier", "1", "--model", "any/model")


def test_it_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evals", "list"])

    with pytest.raises(SystemExit) as left:
        runpy.run_module("headroom.evals", run_name="__main__")

    assert left.value.code == 0
    assert "needle-in-logs" in capsys.readouterr().out


def test_an_error_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["evals", "suite", "--tier", "1"])

    with pytest.raises(SystemExit) as left:
        cli.main()

    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("headroom.evals: this tier asks a model")


def test_tier_2_runs_code_of_a_model_only_where_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    def note(job: Job, model: Model, *, prices: Prices | None) -> Outcome:
        done.append(job.category)
        return Outcome(category=job.category, name=job.seed, ours=1.0)

    monkeypatch.setattr(cli, "do_twice", note)
    asked = ("suite", "--tier", "2", "--model", "m", "--base-url", "http://127.0.0.1:1", "--n", "2")

    code, output = run(*asked)
    allowed, _ = run(*asked, "--run-code")

    assert (code, allowed) == (0, 0)
    assert "not run: code repair, since it runs what the model writes" in output
    assert done == ["service desk"] * 4 + ["code repair"] * 2
