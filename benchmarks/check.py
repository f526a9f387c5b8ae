"""The gate: what the sample gives now against what it gave when the baseline was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from benchmarks import bill, blind, savings
from benchmarks.sample import sample_conversations, sample_items

BASELINE = Path(__file__).parent / "baseline.json"
_OF_THE_MACHINE = frozenset({"p50_ms", "p95_ms", "mb_per_s"})

Tree = dict[str, "Tree | float"]


def stable() -> Tree:
    """What no machine changes: savings, evidence, reach, counts and bills on the sample."""
    items = sample_items()
    measured: object = {
        "savings": savings.run(items),
        "blind": blind.run(items),
        "bill": bill.run(sample_conversations()),
    }
    kept = _without_times(json.loads(json.dumps(measured)))
    return cast("Tree", kept)  # objects of objects of numbers, as they were made


def _without_times(value: object) -> object:
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, object]", value)  # the keys of a JSON object are strings
    return {key: _without_times(each) for key, each in fields.items() if key not in _OF_THE_MACHINE}


def differences(before: Tree, now: Tree, at: str = "") -> list[str]:
    """Each figure that is not the one of the baseline, with its place."""
    out: list[str] = []
    for key in sorted({*before, *now}):
        place = f"{at}{key}"
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            out.extend(differences(old, new, f"{place} / "))
        elif old != new:
            out.append(f"{place}: {_said(old)} in the baseline, {_said(new)} now")
    return out


def _said(value: Tree | float | None) -> str:
    if value is None:
        return "absent"
    return "a group" if isinstance(value, dict) else str(value)


def check() -> list[str]:
    """What differs from the committed baseline."""
    before: Tree = json.loads(BASELINE.read_text(encoding="utf-8"))
    return differences(before, stable())


def record() -> None:
    """Write the baseline anew, after a change of the forms that is meant."""
    BASELINE.write_text(json.dumps(stable(), indent=1) + "\n", encoding="utf-8")
