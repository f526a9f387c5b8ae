"""The command line of the evaluations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headroom.evals import report as figures
from headroom.evals.agents import RUNS_CODE, WORLDS
from headroom.evals.agents.jobs import Job, do_twice
from headroom.evals.calls import Prices
from headroom.evals.datasets import FILES, load, missing
from headroom.evals.generators import GENERATORS
from headroom.evals.models import HttpModel, LiteLLMModel
from headroom.evals.offline import CHECKS, make_engine
from headroom.evals.pairs import ask_twice
from headroom.evals.records import Outcome, Records, read, read_run
from headroom_core.errors import ConfigError, HeadroomError
from headroom_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom.evals.items import Item
    from headroom.evals.models import Model
    from headroom.evals.offline import MakeEngine
    from headroom_core.formats.wire import WireObject

Step = tuple[str, str, "Callable[[], Outcome]"]
"""The category and name of an item, and what does it."""

_KNOWN: dict[str, list[str]] = {
    "0": [*CHECKS],
    "1": [*GENERATORS, *FILES],
    "2": [*WORLDS],
}
"""The categories of each tier."""
_FOLDER = click.Path(file_okay=False, path_type=Path)
_N = click.option("--n", type=click.IntRange(1), default=100, show_default=True, help="Items each.")
_SEED = click.option("--seed", type=int, default=0, show_default=True, help="Of all items.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Measure whether answers stay right when text is compressed. Exit code 1: they do not."""


@cli.command()
@click.option("--n", type=click.IntRange(1), default=6, show_default=True, help="Items each.")
@_SEED
def quick(n: int, seed: int) -> None:
    """Tier 0 on few items: offline, a few seconds."""
    records = Records(None, {})
    _work(offline_steps(n=n, seed=seed), records)
    _finish(list(records.done.values()), {"tier": 0, "seed": seed})


@cli.command("list")
def list_() -> None:
    """Say what each tier measures, and what it needs."""
    lines = [["tier", "category", "needs"]]
    lines += [["0", name, "nothing"] for name in CHECKS]
    lines += [["1", name, "a model"] for name in GENERATORS]
    lines += [["1", name, f"a model, --data with {', '.join(FILES[name])}"] for name in FILES]
    lines += [["2", name, f"a model{', --run-code' * (name in RUNS_CODE)}"] for name in WORLDS]
    for tier, name, needs in lines:
        click.echo(f"{tier:4}  {name:22}{needs}")


@cli.command()
@click.option("--tier", type=click.Choice([*_KNOWN]), default="0", show_default=True)
@click.option("--model", help="A model's name, as LiteLLM or the server knows it.")
@click.option("--base-url", help="An OpenAI-compatible server, such as a local one.")
@click.option("--api-key", envvar="OPENAI_API_KEY", show_envvar=True, help="For --base-url.")
@click.option("--price", type=(float, float), help="Dollars for 10^6 tokens read, and written.")
@click.option("--data", type=_FOLDER, default=".", help="The folder of the data sets; see `list`.")
@click.option("--run-code", is_flag=True, help="Tier 2: run what the model has written, here.")
@click.option("--only", multiple=True, help="A category; may be repeated.")
@_N
@_SEED
@click.option("-o", "--output", type=_FOLDER, help="Keeps each outcome here; goes on from there.")
def suite(  # noqa: PLR0913 - each is an option
    *,
    tier: str,
    model: str | None,
    base_url: str | None,
    api_key: str | None,
    price: tuple[float, float] | None,
    data: Path,
    run_code: bool,
    only: tuple[str, ...],
    n: int,
    seed: int,
    output: Path | None,
) -> None:
    """Run a whole tier. With -o a run that was cut off goes on where it was."""
    known = _KNOWN[tier]
    if unknown := [name for name in only if name not in known]:
        raise ConfigError(f"`--only` must be one of {', '.join(known)}, got {unknown[0]!r}")
    chosen = [name for name in known if not only or name in only]
    run: WireObject = {"tier": int(tier), "model": model, "n": n, "seed": seed}
    run |= {"base_url": base_url, "data": str(data), "version": __version__}
    prices = Prices(read=price[0], written=price[1]) if price else None
    if tier == "0":
        steps = offline_steps(n=n, seed=seed, only=chosen)
    elif tier == "1":
        asked = _model(model, base_url, api_key)
        steps = model_steps(_items(chosen, data, n=n, seed=seed), asked, prices)
    else:
        asked = _model(model, base_url, api_key)
        steps = agent_steps(_jobs(chosen, n=n, seed=seed, run_code=run_code), asked, prices)
    records = Records(output, run)
    _work(steps, records)
    _finish(list(records.done.values()), run)


@cli.command()
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder of a run.")
def report(output: Path) -> None:
    """Show the table of a run again, finished or not."""
    _finish(read(output), read_run(output))


def offline_steps(
    *, n: int, seed: int, only: Sequence[str] = tuple(CHECKS), make: MakeEngine = make_engine
) -> list[Step]:
    """The items of tier 0."""

    def step(check: str, name: str) -> Callable[[], Outcome]:
        def do() -> Outcome:
            wrong = CHECKS[check](name, make)
            return Outcome(category=check, name=name, ours=float(not wrong), wrong=wrong)

        return do

    names = [f"{seed}/{number}" for number in range(n)]
    return [(check, name, step(check, name)) for check in only for name in names]


def model_steps(items: Sequence[Item], model: Model, prices: Prices | None) -> list[Step]:
    """The items of tier 1."""

    def step(item: Item) -> Callable[[], Outcome]:
        return lambda: ask_twice(item, model, prices=prices)

    return [(item.category, item.name, step(item)) for item in items]


def agent_steps(jobs: Sequence[Job], model: Model, prices: Prices | None) -> list[Step]:
    """The items of tier 2."""

    def step(job: Job) -> Callable[[], Outcome]:
        return lambda: do_twice(job, model, prices=prices)

    return [(job.category, job.seed, step(job)) for job in jobs]


def main() -> None:
    """Run a command; an error of ours is one line and exit code 2, never a traceback."""
    try:
        cli()
    except HeadroomError as exc:
        click.echo(f"headroom.evals: {exc}", err=True)
        sys.exit(2)


def _items(chosen: Sequence[str], data: Path, *, n: int, seed: int) -> list[Item]:
    items: list[Item] = []
    for category in chosen:
        if category in GENERATORS:
            items += [GENERATORS[category](f"{seed}/{number}") for number in range(n)]
        elif lacking := missing(category, data):
            needs = ", ".join(lacking)
            click.echo(f"not run: {category}, since --data has no {needs}", err=True)
        else:
            items += load(category, data, n=n, seed=seed)
    return items


def _jobs(chosen: Sequence[str], *, n: int, seed: int, run_code: bool) -> list[Job]:
    jobs: list[Job] = []
    for category in chosen:
        if category in RUNS_CODE and not run_code:
            click.echo(f"not run: {category}, since it runs what the model writes", err=True)
            continue
        make = WORLDS[category]
        jobs += [Job(category=category, seed=f"{seed}/{at}", make=make) for at in range(n)]
    return jobs


def _model(model: str | None, base_url: str | None, api_key: str | None) -> Model:
    if not model:
        raise ConfigError(
            "this tier asks a model: pass `--model`, and `--base-url` for a local one"
        )
    if base_url:
        return HttpModel(base_url=base_url, model=model, api_key=api_key or "")
    return LiteLLMModel(model)


def _work(steps: Sequence[Step], records: Records) -> None:
    left = [each for each in steps if not records.is_finished(each[0], each[1])]
    if not _is_watched():
        for _, _, do in left:
            records.add(do())
        return
    with click.progressbar(left, label="evals", file=sys.stderr) as bar:
        for _, _, do in bar:
            records.add(do())


def _is_watched() -> bool:
    """Whether somebody looks at a bar; a log or a pipe would only be cluttered by it."""
    return sys.stderr.isatty()


def _finish(outcomes: Sequence[Outcome], run: WireObject) -> None:
    """Show the table, and leave with 1 when a row fails or when there is none."""
    seed = run.get("seed")
    rows = figures.rows(outcomes, seed=seed if isinstance(seed, int) else 0)
    show = figures.check_table if run.get("tier") == 0 else figures.model_table
    click.echo(show(rows))
    if not rows or not all(row.passes for row in rows):
        sys.exit(1)
