"""Seeded tool results with questions whose answers are known, because they were put there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom.evals.items import Item, seeded
from headroom.evals.material import SERVICES, WORDS, Row, log_lines, orders

if TYPE_CHECKING:
    from collections.abc import Callable

_LABELS = ("bug", "docs", "question", "feature")


def needle_item(seed: str) -> Item:
    """A log with one line that says what was asked for."""
    rng = seeded(seed)
    lines = log_lines(rng, rng.randrange(200, 500))
    word, code = rng.choice(WORDS), f"{rng.choice(WORDS)}-{rng.randrange(1_000, 10_000)}"
    at = rng.randrange(len(lines))
    needle = f"FATAL worker {word} stopped with code {code}"
    lines[at] = f"{lines[at][:20]} {rng.choice(SERVICES)} {needle}"
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


def search_item(seed: str) -> Item:
    """The hits of a search in code; asked for is where a function is defined."""
    rng = seeded(seed)
    wanted = f"load_{rng.choice(WORDS)}_{rng.choice(WORDS)}"
    files = [f"src/{rng.choice(SERVICES)}/{word}.py" for word in WORDS]
    hits = [
        (
            name,
            line,
            f"    value = {rng.choice(WORDS)}.{rng.choice(('get', 'call', 'read'))}({line})",
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
            "service": f"{rng.choice(SERVICES)}-{rng.choice(WORDS)}",
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
            "title": f"{rng.choice(WORDS)} {rng.choice(WORDS)} on page {rng.choice(SERVICES)}",
            "state": "open",
            "labels": [rng.choice(_LABELS)],
            "comments": rng.randrange(12),
            "user": {"login": f"u{rng.randrange(1_000)}", "type": "User"},
            "body": f"After the update the {rng.choice(WORDS)} looks {rng.choice(WORDS)}.",
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
            f"pkg/{rng.choice(SERVICES)}/{rng.choice(WORDS)}/{rng.choice(WORDS)}_{number}.py"
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
        lines = log_lines(rng, 120)
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
