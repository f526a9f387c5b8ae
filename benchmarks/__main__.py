"""`python -m benchmarks`: run them and print what came out as JSON."""

from __future__ import annotations

import json
import sys

from benchmarks import linear, replay

RUNS = {"replay": replay.run, "linear": linear.run}


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    results = {name: RUNS[name]() for name in names or RUNS}
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


main(sys.argv[1:])
