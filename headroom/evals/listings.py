"""Seeded tool results whose questions a program answers: tables, errors, and failing tests."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from headroom.evals.items import Ask, Item, seeded
from headroom.evals.material import SERVICES, WORDS, Row, log_lines, orders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

_ERRORS = (
    "ERROR pool of shard {} is exhausted",
    "ERROR handshake with peer {} was reset",
    "ERROR checksum of segment {} differs",
    "ERROR lease {} was taken over",
    "ERROR webhook {} gave no answer",
    "ERROR quota of tenant {} is used up",
)


def table_item(seed: str, *, as_csv: bool = False) -> Item:
    """A table with a question about a figure or a cell of it; which one follows from the seed."""
    rng = seeded(seed)
    rows = orders(rng)
    ask, question, answer = _table_question(rng, rows)
    return Item(
        category="tables",
        name=seed,
        tool="list_orders",
        arguments="{}",
        text=_as_csv(rows) if as_csv else json.dumps(rows),
        question=question,
        answers=(answer,),
        score="number",
        ask=ask,
    )


def log_item(seed: str) -> Item:
    """A log in which some templates of errors come up; asked for are all of them."""
    rng = seeded(seed)
    errors = rng.sample(_ERRORS, rng.randrange(2, 6))
    lines = log_lines(rng, rng.randrange(200, 500))
    shown: list[str] = []
    for template in errors:
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(lines))
            lines[at] = (
                f"{lines[at][:20]} {rng.choice(SERVICES)} {template.format(rng.randrange(99))}"
            )
        shown.append(template.removeprefix("ERROR ").split(" {}")[0])
    return Item(
        category="errors",
        name=seed,
        tool="read_log",
        arguments='{"service": "all"}',
        text="\n".join(lines),
        question="Which kinds of error does the log show? Name all of them.",
        answers=tuple(sorted(each for each in shown if any(f" ERROR {each} " in x for x in lines))),
        score="all",
    )


def tests_item(seed: str) -> Item:
    """A verbose test run; asked for are all tests that failed."""
    rng = seeded(seed)
    names = [
        f"tests/test_{module}.py::test_{rng.choice(WORDS)}_{number}"
        for module in rng.sample(WORDS, 6)
        for number in range(rng.randrange(15, 40))
    ]
    failed = sorted(rng.sample(range(len(names)), rng.randrange(1, 6)))
    lines = [f"collected {len(names)} items", ""]
    for index, name in enumerate(names):
        word = "FAILED" if index in failed else "PASSED"
        lines.append(f"{name} {word} [{100 * (index + 1) // len(names):3d}%]")
    lines += ["", "=" * 34 + " FAILURES " + "=" * 34]
    for index in failed:
        number = rng.randrange(100)
        lines += [
            f"____ {names[index].split('::')[1]} ____",
            f"E   assert {number} == {number + 1}",
        ]
    lines.append("=" * 26 + " short test summary info " + "=" * 26)
    lines += [f"FAILED {names[index]} - assert" for index in failed]
    lines.append(f"==== {len(failed)} failed, {len(names) - len(failed)} passed in 2.31s ====")
    return Item(
        category="failing tests",
        name=seed,
        tool="bash",
        arguments='{"command": "pytest -v"}',
        text="\n".join(lines),
        question="Which tests fail? Name all of them.",
        answers=tuple(sorted(names[index] for index in failed)),
        score="all",
        needles=tuple(names[index].split("::")[1] for index in failed),
    )


def _as_csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _table_question(rng: Random, rows: Sequence[Row]) -> tuple[Ask, str, str]:
    amounts = [amount for row in rows if isinstance(amount := row["amount"], int)]
    row = rng.choice(rows)
    match rng.choice(("count", "sum", "max", "lookup")):
        case "count":
            region = str(row["region"])
            found = sum(each["region"] == region for each in rows)
            ask = Ask(kind="count", column="region", value=region)
            return ask, f"How many orders are of region {region}?", str(found)
        case "sum":
            ask = Ask(kind="sum", column="amount")
            return ask, "What is the sum of all amounts?", str(sum(amounts))
        case "max":
            ask = Ask(kind="max", column="amount")
            return ask, "What is the largest amount?", str(max(amounts))
        case _:
            customer = str(row["customer"])
            ask = Ask(kind="lookup", column="amount", value=customer, key="customer")
            question = f"What is the amount of the order of customer {customer}?"
            return ask, question, str(row["amount"])
