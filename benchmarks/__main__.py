"""`python -m benchmarks`: measure, and write one JSON document and one page of tables."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from benchmarks import (
    alone,
    bill,
    blind,
    check,
    linear,
    litellm_overhead,
    memory,
    originals,
    peers,
    plots,
    proxy,
    replay,
    savings,
    speed,
    start,
    workloads,
)
from benchmarks.corpus import folder_given, read_conversations, read_items
from benchmarks.report import page
from benchmarks.sample import sample_conversations, sample_items

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.corpus import Conversation, Item

NAMES = (
    "savings",
    "blind",
    "bill",
    "workloads",
    "replay",
    "linear",
    "memory",
    "speed",
    "alone",
    "start",
    "originals",
    "langchain",
    "litellm",
    "peers",
    "proxy",
    "proxy-memory",
)


def runs(folder: Path | None) -> dict[str, Callable[[], object]]:
    """What each name measures: on a folder of records, or on the sample."""

    def items() -> list[Item]:
        return read_items(folder) if folder else sample_items()

    def conversations() -> list[Conversation]:
        return read_conversations(folder) if folder else sample_conversations()

    return {
        "savings": lambda: savings.run(items()),
        "blind": lambda: blind.run(items()),
        "bill": lambda: bill.run(conversations()),
        "workloads": workloads.run,
        "replay": replay.run,
        "linear": linear.run,
        "memory": memory.run,
        "speed": speed.run,
        "alone": alone.run,
        "start": start.run,
        "originals": originals.run,
        "langchain": _langchain,
        "litellm": litellm_overhead.run,
        "peers": lambda: peers.run(items()),
        "proxy": proxy.run,
        "proxy-memory": proxy.memory,
    }


def _langchain() -> object:
    """What LangChain's hook adds; its framework is an extra, imported by those who measure it."""
    try:
        from benchmarks import langchain_overhead  # noqa: PLC0415 - see above
    except ImportError as exc:
        return str(exc)
    return langchain_overhead.run()


def main(arguments: Sequence[str]) -> int:
    """Measure what is named, or everything; or compare with the baseline."""
    given = _parser().parse_args(arguments)
    if given.record:
        check.record()
        return 0
    if given.check:
        return _checked()
    measure = runs(folder_given(given.corpus))
    results: dict[str, object] = {}
    for name in given.names or NAMES:
        sys.stderr.write(f"{name} ...\n")
        results[name] = measure[name]()
    text = json.dumps(results, indent=2) + "\n"
    plain = cast("dict[str, object]", json.loads(text))  # a JSON object
    if given.json:
        given.json.write_text(text, encoding="utf-8")
    if given.markdown:
        given.markdown.write_text(page(plain), encoding="utf-8")
    if given.plots:
        plots.draw(plain, given.plots)
    if not given.json and not given.markdown:
        sys.stdout.write(page(plain))
    return 0


def _checked() -> int:
    found = check.check()
    for line in found:
        sys.stdout.write(f"{line}\n")
    if found:
        sys.stdout.write("If this is meant: python -m benchmarks --record\n")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=str(NAMES))
    parser.add_argument("--corpus", help="a folder of records; else HEADROOM_CORPUS or the sample")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--markdown", type=Path, help="where the tables go")
    parser.add_argument("--plots", type=Path, help="the folder where pictures of peers go")
    parser.add_argument("--check", action="store_true", help="compare with the baseline")
    parser.add_argument("--record", action="store_true", help="write the baseline anew")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
