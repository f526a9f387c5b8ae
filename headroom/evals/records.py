"""The outcomes of a run: one JSON line each, so that a run that was cut off goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from headroom_core.errors import ConfigError
from headroom_core.formats.wire import is_object, string

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_core.formats.wire import WireObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one item went, with the original text and with ours."""

    category: str
    name: str
    baseline: float = 1.0
    ours: float
    before: int = 0
    """Tokens that the model read with the original text."""
    after: int = 0
    """Tokens that it read with ours, its retrievals included."""
    cost_baseline: float | None = None
    cost_ours: float | None = None
    wrong: str = ""
    """What a check found, or why a call failed. It is never a pass."""


class Records:
    """The outcomes in a folder, or in memory when there is none.

    The folder says which run it holds: another one is refused, since its figures would mix.
    """

    def __init__(self, folder: Path | None, run: WireObject) -> None:
        self.done: dict[tuple[str, str], Outcome] = {}
        self._path = folder / "items.jsonl" if folder else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            _claim(folder / "run.json", run)
            for outcome in read(folder):
                self.done[outcome.category, outcome.name] = outcome
            self._rewrite(folder / "items.jsonl")

    def is_finished(self, category: str, name: str) -> bool:
        """Whether an item need not be done again; one whose call has failed must be."""
        found = self.done.get((category, name))
        return found is not None and not found.wrong

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome; it is on disk when this returns."""
        self.done[outcome.category, outcome.name] = outcome
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(outcome)) + "\n")

    def _rewrite(self, path: Path) -> None:
        """Write the outcomes anew: without repeats, and without a line that was cut off."""
        lines = [json.dumps(asdict(each)) + "\n" for each in self.done.values()]
        path.write_text("".join(lines), encoding="utf-8")


def read(folder: Path) -> list[Outcome]:
    """The outcomes in a folder in order, the last of each item; a line cut off is left out."""
    path = folder / "items.jsonl"
    found: dict[tuple[str, str], Outcome] = {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        try:
            value: object = json.loads(line)
        except ValueError:
            continue
        if is_object(value):
            outcome = _outcome(value)
            found[outcome.category, outcome.name] = outcome
    return list(found.values())


def read_run(folder: Path) -> WireObject:
    """What the folder says about its run."""
    try:
        value: object = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{str(folder)!r} holds no run; make one with `suite -o`") from exc
    return value if is_object(value) else {}


def _claim(path: Path, run: WireObject) -> None:
    if not path.exists():
        path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    elif read_run(path.parent) != run:
        raise ConfigError(f"{str(path.parent)!r} holds another run; choose another folder with -o")


def _outcome(value: WireObject) -> Outcome:
    return Outcome(
        category=string(value, "category"),
        name=string(value, "name"),
        baseline=_figure(value.get("baseline")) or 0.0,
        ours=_figure(value.get("ours")) or 0.0,
        before=int(_figure(value.get("before")) or 0),
        after=int(_figure(value.get("after")) or 0),
        cost_baseline=_figure(value.get("cost_baseline")),
        cost_ours=_figure(value.get("cost_ours")),
        wrong=string(value, "wrong"),
    )


def _figure(value: object) -> float | None:
    return value if isinstance(value, (int, float)) else None
