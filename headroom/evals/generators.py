"""Seeded tool results with questions whose answers are known, because they were put there."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from headroom.evals.items import Ask, Item, seeded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

Row = dict[str, object]

_SERVICES = ("api", "billing", "cart", "search", "auth", "mail")
_WORDS = "anchor basin cedar delta ember fjord grove harbor inlet jetty knoll lagoon meadow".split()
_ERRORS = (
    "ERROR pool of shard {} is exhausted",
    "ERROR handshake with peer {} was reset",
    "ERROR checksum of segment {} differs",
    "ERROR lease {} was taken over",
    "ERROR webhook {} gave no answer",
    "ERROR quota of tenant {} is used up",
)
_LABELS = ("bug", "docs", "question", "feature")


def orders(rng: Random) -> list[Row]:
    """Orders with few regions and states, and a customer of its own each."""
    customers = rng.sample(range(100_000, 1_000_000), rng.randrange(120, 260))
    return [
        {
            "order": 1_000 + index,
            "customer": f"c-{customer}",
            "region": rng.choice(("eu", "us", "apac")),
            "amount": rng.randrange(100, 99_999),
            "status": rng.choice(("paid",) * 9 + ("open",)),
        }
        for index, customer in enumerate(customers)
    ]


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
    lines = _log(rng, rng.randrange(200, 500))
    shown: list[str] = []
    for template in errors:
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(lines))
            lines[at] = (
                f"{lines[at][:20]} {rng.choice(_SERVICES)} {template.format(rng.randrange(99))}"
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


def needle_item(seed: str) -> Item:
    """A log with one line that says what was asked for."""
    rng = seeded(seed)
    lines = _log(rng, rng.randrange(200, 500))
    word, code = rng.choice(_WORDS), f"{rng.choice(_WORDS)}-{rng.randrange(1_000, 10_000)}"
    at = rng.randrange(len(lines))
    needle = f"FATAL worker {word} stopped with code {code}"
    lines[at] = f"{lines[at][:20]} {rng.choice(_SERVICES)} {needle}"
    return Item(
        category="needle-in-logs",
        name=seed,
        tool="read_log",
        arguments='{"service": "all"}',
        text="\n".join(lines),
        question=f"With which code did worker {word} stop?",
        answers=(code,),
        score="exact",
        needles=(lines[at],),
    )


def tests_item(seed: str) -> Item:
    """A verbose test run; asked for are all tests that failed."""
    rng = seeded(seed)
    names = [
        f"tests/test_{module}.py::test_{rng.choice(_WORDS)}_{number}"
        for module in rng.sample(_WORDS, 6)
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


def search_item(seed: str) -> Item:
    """The hits of a search in code; asked for is where a function is defined."""
    rng = seeded(seed)
    wanted = f"load_{rng.choice(_WORDS)}_{rng.choice(_WORDS)}"
    files = [f"src/{rng.choice(_SERVICES)}/{word}.py" for word in _WORDS]
    hits = [
        (
            name,
            line,
            f"    value = {rng.choice(_WORDS)}.{rng.choice(('get', 'call', 'read'))}({line})",
        )
        for name in files
        for line in sorted(rng.sample(range(1, 900), rng.randrange(5, 14)))
    ]
    at = rng.randrange(len(hits))
    name, line, _ = hits[at]
    hits[at] = (name, line, f"def {wanted}(path: str) -> bytes:")
    return Item(
        category="code search",
        name=seed,
        tool="grep",
        arguments='{"pattern": "load|value"}',
        text="\n".join(f"{path}:{number}:{code}" for path, number, code in hits),
        question=f"In which file is {wanted} defined? Give its path.",
        answers=(name,),
        score="exact",
        needles=(hits[at][2],),
    )


def incident_item(seed: str) -> Item:
    """Deployments of many services; one of them has broken something."""
    rng = seeded(seed)
    rows: list[Row] = [
        {
            "service": f"{rng.choice(_SERVICES)}-{rng.choice(_WORDS)}",
            "version": f"{rng.randrange(1, 9)}.{rng.randrange(20)}.{index}",
            "minute": index,
            "state": "healthy",
            "p99_ms": rng.randrange(20, 90),
            "note": "rolled out",
        }
        for index in range(rng.randrange(100, 200))
    ]
    bad = rng.choice(rows)
    bad.update(state="failing", p99_ms=rng.randrange(4_000, 9_000), note="error budget exhausted")
    return Item(
        category="SRE incident",
        name=seed,
        tool="list_deployments",
        arguments='{"last": "3h"}',
        text=json.dumps(rows, indent=2),
        question="Customers see timeouts. Which version, once deployed, is failing?",
        answers=(str(bad["version"]),),
        score="exact",
        needles=("error budget exhausted", str(bad["p99_ms"])),
    )


def issue_item(seed: str) -> Item:
    """Issues of a project; one of them reports lost data."""
    rng = seeded(seed)
    rows: list[Row] = [
        {
            "number": 4_000 - index,
            "title": f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} on page {rng.choice(_SERVICES)}",
            "state": "open",
            "labels": [rng.choice(_LABELS)],
            "comments": rng.randrange(12),
            "user": {"login": f"u{rng.randrange(1_000)}", "type": "User"},
            "body": f"After the update the {rng.choice(_WORDS)} looks {rng.choice(_WORDS)}.",
        }
        for index in range(rng.randrange(60, 120))
    ]
    urgent = rng.choice(rows)
    urgent["body"] = "All uploads of last night vanished: data loss after the migration."
    return Item(
        category="issue triage",
        name=seed,
        tool="list_issues",
        arguments='{"state": "open"}',
        text=json.dumps(rows),
        question="Which issue reports data loss? Give its number.",
        answers=(str(urgent["number"]),),
        score="number",
        needles=(str(urgent["body"]),),
    )


def exploration_item(seed: str) -> Item:
    """A tree of files; asked for is where something is."""
    rng = seeded(seed)
    paths = sorted(
        {
            f"pkg/{rng.choice(_SERVICES)}/{rng.choice(_WORDS)}/{rng.choice(_WORDS)}_{number}.py"
            for number in range(rng.randrange(250, 400))
        }
    )
    at = rng.randrange(len(paths))
    folder = paths[at].rsplit("/", 1)[0]
    paths[at] = f"{folder}/quarantine.py"
    return Item(
        category="codebase exploration",
        name=seed,
        tool="bash",
        arguments='{"command": "find pkg -name \'*.py\'"}',
        text="\n".join(paths),
        question="In which folder is the quarantine module? Give the folder's path.",
        answers=(folder, f"{folder}/"),
        score="exact",
        needles=("quarantine.py",),
    )


def form_item(seed: str) -> Item:
    """A table or a log in its lossless form, which is to be read as well as the raw text."""
    rng = seeded(seed)
    if rng.randrange(2):
        lines = _log(rng, 120)
        at = rng.randrange(len(lines))
        stamp, took = lines[at][:20], lines[at].split()[-2]
        return Item(
            category="form reading",
            name=seed,
            tool="read_log",
            arguments="{}",
            text="\n".join(lines),
            question=f"How many ms did the request logged at {stamp} take?",
            answers=(took,),
            score="number",
            mode="lossless",
        )
    rows = orders(rng)[:80]
    row = rng.choice(rows)
    return Item(
        category="form reading",
        name=seed,
        tool="list_orders",
        arguments="{}",
        text=json.dumps(rows),
        question=f"What is the amount of the order of customer {row['customer']}?",
        answers=(str(row["amount"]),),
        score="number",
        mode="lossless",
    )


GENERATORS: dict[str, Callable[[str], Item]] = {
    "needle-in-logs": needle_item,
    "code search": search_item,
    "SRE incident": incident_item,
    "issue triage": issue_item,
    "codebase exploration": exploration_item,
    "form reading": form_item,
}
"""The categories of tier 1 that are made and not loaded."""


def _log(rng: Random, count: int) -> list[str]:
    return [
        f"2026-03-01T{index // 3600 + 8:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z"
        f" {rng.choice(_SERVICES)} INFO request {rng.randrange(16**8):08x}"
        f" served in {rng.randrange(2, 90)} ms"
        for index in range(count)
    ]


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
