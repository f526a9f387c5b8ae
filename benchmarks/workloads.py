"""The headline workloads of the field, made by seeded code in the sizes that are published."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from benchmarks import texts
from benchmarks.evidence import Readable
from benchmarks.savings import engine_for, percent
from headroom_core.errors import HeadroomError
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.texts import Native
    from headroom_core.engine.headroom import Headroom
    from headroom_core.settings import Mode

_WORDS = (
    "cache shard replica broker ledger session gateway router index queue tenant worker batch"
    " cursor token bucket lease quota commit snapshot stream socket retry deadline payload"
).split()


@dataclass(frozen=True, slots=True)
class Task:
    """A question and the JSON results of the tools that were called for it."""

    question: str
    results: list[object]
    needles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """A generator, the published size before and after, and the share that varies."""

    make: Callable[[int, random.Random], Task]
    before: int
    after: int


class Outcome(TypedDict):
    """One workload in one mode. Tokens are those of the tool results."""

    pretty: int
    minified: int
    tokens: int
    against_pretty: float
    against_minified: float
    visible: bool
    redeemable: bool
    published: str
    target: int
    reached: bool


def _phrase(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(words))


def logs_regular(count: int, rng: random.Random) -> Task:
    """Log records whose fields repeat or count up, with one FATAL among them."""
    del count
    records: list[object] = [
        _record(index, f"req-{index:06d}", "192.0.2.10", 12 + index % 7, "GET /health ok")
        for index in range(100)
    ]
    return _with_fatal(records, rng)


def logs_random(count: int, rng: random.Random) -> Task:
    """Log records with random ids, addresses, durations and words, and one FATAL."""
    del count
    records: list[object] = [
        _record(
            index,
            f"{rng.getrandbits(48):012x}",
            f"192.0.2.{rng.randrange(255)}",
            rng.randrange(900),
            f"handled {_phrase(rng, 3)}",
        )
        for index in range(100)
    ]
    return _with_fatal(records, rng)


def _record(index: int, request: str, client: str, took: int, message: str) -> Native:
    return {
        "timestamp": f"2026-05-04T10:{index // 60:02d}:{index % 60:02d}Z",
        "level": "INFO",
        "service": "checkout",
        "host": "node-3.eu.example.com",
        "request_id": request,
        "client": client,
        "took_ms": took,
        "status": 200,
        "message": message,
    }


def _with_fatal(records: list[object], rng: random.Random) -> Task:
    message = "connection pool exhausted, code PG-5523, resolved by raising max_connections to 500"
    records[67] = _record(67, "req-000067", "192.0.2.77", 30_000, message) | {
        "level": "FATAL",
        "status": 500 + rng.randrange(3),
    }
    needles = ("FATAL", "PG-5523", "max_connections to 500", "00067")
    return Task("What caused the failure, which code, and what resolved it?", [records], needles)


def code_search(count: int, rng: random.Random) -> Task:
    """Results of a search through code: path, place, score and the lines around the hit."""
    hits: list[object] = []
    for index in range(100):
        name = f"{rng.choice(_WORDS)}_{rng.choice(_WORDS)}"
        path = f"src/{rng.choice(_WORDS)}/{rng.choice(_WORDS)}_{index}.py"
        line = rng.randrange(1, 900)
        body = "\n".join(
            f"    {rng.choice(_WORDS)} = {rng.choice(_WORDS)}.{rng.choice(_WORDS)}({name})"
            for _ in range(count)
        )
        snippet = f"def {name}(self, {rng.choice(_WORDS)}):\n{body}"
        score = round(0.99 - index * 0.005, 3)
        hits.append({"path": path, "line": line, "score": score, "snippet": snippet})
    wanted: Native = {
        "path": "src/auth/tokens_verify.py",
        "line": 412,
        "score": 0.701,
        "snippet": "def verify_signature(self, header):\n    raise ExpiredSignatureError(header)",
    }
    hits[58] = wanted
    needles = ("src/auth/tokens_verify.py", "412", "raise ExpiredSignatureError(header)")
    return Task("Where is ExpiredSignatureError raised?", [hits], needles)


def incident(count: int, rng: random.Random) -> Task:
    """An incident: the logs of services, a metric over time, deployments and alerts."""
    logs: list[object] = [
        _record(index, f"{rng.getrandbits(48):012x}", "192.0.2.9", rng.randrange(90), "served")
        | {"service": rng.choice(["checkout", "cart", "search"])}
        for index in range(count)
    ]
    logs[count // 2] = _record(1, "fa17", "192.0.2.9", 9000, "OOMKilled: limit 512Mi") | {
        "level": "ERROR"
    }
    metrics: list[object] = [
        {"minute": index, "p99_ms": 80 + rng.randrange(9), "rps": 1200 + rng.randrange(40)}
        for index in range(count // 2)
    ]
    metrics[count // 4] = {"minute": count // 4, "p99_ms": 8_450, "rps": 90}
    deploys: list[object] = [
        {"id": f"dep-{index}", "service": rng.choice(_WORDS), "version": f"1.{index}.0"}
        for index in range(30)
    ]
    deploys.append({"id": "dep-777", "service": "checkout", "version": "2.14.1-rc3"})
    needles = ("OOMKilled: limit 512Mi", "8450", "2.14.1-rc3")
    return Task(
        "Why is checkout failing, and since which deployment?", [logs, metrics, deploys], needles
    )


def triage(count: int, rng: random.Random) -> Task:
    """Open issues with their texts, as an API returns them."""
    issues: list[Native] = []
    for index in range(count):
        number = 4000 + index
        login = rng.choice(_WORDS)
        url = f"https://api.example.com/repos/acme/app/issues/{number}"
        issues.append(
            {
                "url": url,
                "comments_url": f"{url}/comments",
                "number": number,
                "title": f"{_phrase(rng, 6)}",
                "user": {"login": login, "id": rng.randrange(10**6), "type": "User"},
                "labels": [{"name": rng.choice(["bug", "docs", "question"]), "color": "d73a4a"}],
                "state": "open",
                "comments": rng.randrange(20),
                "created_at": f"2026-04-{1 + index % 28:02d}T09:00:00Z",
                "body": ". ".join(_phrase(rng, 9).capitalize() for _ in range(8)),
            }
        )
    wanted = issues[count // 3]
    wanted["title"] = "Data loss: rows vanish after failover of replica 9"
    wanted["labels"] = [{"name": "severity-1", "color": "000000"}]
    question = "Which open issue reports data loss, and with which label?"
    return Task(
        question,
        [list[object](issues)],
        ("Data loss: rows vanish", "severity-1", str(wanted["number"])),
    )


def exploration(count: int, rng: random.Random) -> Task:
    """A code base: the tree, some searches, and whole files."""
    files = [f"src/{rng.choice(_WORDS)}/{rng.choice(_WORDS)}_{i}.py" for i in range(200)]
    tree: list[object] = [{"path": path, "type": "file", "size": len(path) * 97} for path in files]
    sources: list[object] = [
        {"path": rng.choice(files), "content": texts.source(3_000, rng.randrange(10**6))}
        for _ in range(count)
    ]
    sources[count // 2] = {
        "path": "src/billing/rounding.py",
        "content": "def round_half_even(amount):\n    return amount.quantize(CENT_3391)",
    }
    found = code_search(4, rng).results
    return Task(
        "Which function rounds amounts, and with which constant?",
        [tree, *found, *sources],
        ("src/billing/rounding.py", "round_half_even", "CENT_3391"),
    )


WORKLOADS: dict[str, Workload] = {
    "100 log records, regular fields": Workload(logs_regular, 10_144, 1_260),
    "100 log records, random fields": Workload(logs_random, 10_144, 1_260),
    "code search, 100 results": Workload(code_search, 17_765, 1_408),
    "SRE incident": Workload(incident, 65_694, 5_118),
    "issue triage": Workload(triage, 54_174, 14_761),
    "codebase exploration": Workload(exploration, 78_502, 41_254),
}


def sized(workload: Workload, seed: int = 1) -> Task:
    """The task whose pretty-printed results come nearest to the published size."""
    low, high = 4, 4_000
    while high - low > 1:
        middle = (low + high) // 2
        if _tokens(workload.make(middle, random.Random(seed)), indent=2) > workload.before:
            high = middle
        else:
            low = middle
    return workload.make(low, random.Random(seed))


def _tokens(task: Task, indent: int | None) -> int:
    return sum(map(deciding_counter().count, _written(task, indent)))


def _written(task: Task, indent: int | None) -> list[str]:
    marks = (",", ":") if indent is None else None
    return [json.dumps(each, indent=indent, separators=marks) for each in task.results]


def outcome(workload: Workload, mode: Mode) -> Outcome:
    """What one mode makes of a workload whose results are pretty-printed."""
    task = sized(workload)
    engine = engine_for(mode)
    messages = _messages(task)
    result = engine.compress(messages)
    texts_sent = [str(each["content"]) for each in result.messages if each["role"] == "tool"]
    refs = [edit.ref for edit in result.edits if edit.ref]
    visible = Readable("\n".join(texts_sent))
    kept = Readable("\n".join(_originals(engine, refs)))
    original = "\n".join(_written(task, 2))
    pretty, minified = _tokens(task, 2), _tokens(task, None)
    after = sum(map(deciding_counter().count, texts_sent))
    told = [visible.tells(each, original) for each in task.needles]
    back = [kept.shows(each) for each in task.needles]
    return Outcome(
        pretty=pretty,
        minified=minified,
        tokens=after,
        against_pretty=percent(pretty - after, pretty),
        against_minified=percent(minified - after, minified),
        visible=all(told),
        redeemable=all(one or other for one, other in zip(told, back, strict=True)),
        published=f"{workload.before:,} to {workload.after:,}",
        target=round(pretty * workload.after / workload.before),
        reached=after * workload.before <= workload.after * pretty,
    )


def _messages(task: Task) -> list[Native]:
    out: list[Native] = [{"role": "user", "content": task.question}]
    for index, text in enumerate(_written(task, 2)):
        function = {"name": "call_api", "arguments": json.dumps({"step": index})}
        call = {"id": f"call_{index}", "type": "function", "function": function}
        out.append({"role": "assistant", "content": None, "tool_calls": [call]})
        out.append({"role": "tool", "tool_call_id": f"call_{index}", "content": text})
    return out


def _originals(engine: Headroom, refs: list[str]) -> list[str]:
    out: list[str] = []
    for ref in refs:
        try:
            out.append(engine.retrieve(ref).text)
        except HeadroomError:
            continue
    return out


def run() -> dict[str, Outcome]:
    """Every workload, lossless and balanced."""
    modes: tuple[Mode, ...] = ("lossless", "balanced")
    return {
        f"{name}, {mode}": outcome(workload, mode)
        for name, workload in WORKLOADS.items()
        for mode in modes
    }
