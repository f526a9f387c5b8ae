"""Run the tests of a framework itself, bare and with Headroom put into them, and compare.

    nox -s suites    # installs what they need; `nox -s "suites(name='strands')"` runs one

What fails with Headroom and not without it must be listed in `expected.toml`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from provider import provider

HERE = Path(__file__).parent
LIMIT = 90 * 60
"""How many seconds one run may take; a suite that hangs ends as an error."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one framework: which of them, and how Headroom is put in."""

    plugin: str
    forms: tuple[str, ...]
    tests: tuple[str, ...]
    """Files and directories, in patterns."""


SUITES = {
    # The endpoints that `provider` does not know answer 404 in all forms, so their tests fail bare.
    "anthropic": Suite("inject_sdk", ("client",), ("tests",)),
    "openai": Suite("inject_sdk", ("client",), ("tests",)),
    "strands": Suite(
        "inject_strands",
        ("plugin", "hooks", "model"),
        ("tests/strands",),
    ),
}


@dataclass(frozen=True, slots=True)
class Run:
    """The outcome of one run of a suite."""

    collected: int
    passed: int
    skipped: int
    failed: frozenset[str]


def main() -> int:
    """Run one suite in all forms; 1 if something fails that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SUITES)
    parser.add_argument("place", type=Path, help="where the source distribution lies, and stays")
    parser.add_argument("tests", nargs="*", help="files and directories, instead of all of them")
    given = parser.parse_args()
    name: str = given.name
    place: Path = given.place.resolve()
    suite, root = SUITES[name], unpacked(place)
    suite = replace(suite, tests=tuple(given.tests) or suite.tests)
    expected = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))[name]
    with ExitStack() as stack:
        if suite.plugin == "inject_sdk":
            stack.enter_context(provider())
        bare = run(suite, name, root, "", retrieval=True)
        say(f"{name}, {root.name}, bare", bare)
        bad = 0
        for form in suite.forms:
            for retrieval in (True, False):
                new = run(suite, name, root, form, retrieval=retrieval)
                tool = "with the retrieve tool" if retrieval else "without the retrieve tool"
                say(f"{name}, {form}, {tool}", new)
                known: list[str] = expected.get(form, []) if retrieval else []
                bad += tell(new.failed - bare.failed, known)
                bad += new.collected != bare.collected
    return 1 if bad else 0


def unpacked(place: Path) -> Path:
    """The directory of the source distribution, afresh."""
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(place, filter="data")
    return place / archive.name.removesuffix(".tar.gz")


def run(suite: Suite, name: str, root: Path, form: str, *, retrieval: bool) -> Run:
    """Run a suite in one form, with a home and a store of its own."""
    home = root.parent / f"{form or 'bare'}-{retrieval:d}"
    home.mkdir(exist_ok=True)
    report = home / "report.xml"
    told = home / "injected.txt"
    told.unlink(missing_ok=True)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("HEADROOM_")},
        "HOME": str(home),
        "HEADROOM_STORE": f"sqlite:///{home / 'store.db'}",
        "HEADROOM_CONFIG": str(home / "config.toml"),
        "PYTHONPATH": str(HERE),
        "SUITE": name,
        "INJECT": form,
        "RETRIEVAL": f"{retrieval:d}",
        "INJECTED": str(told),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", suite.plugin, "--tb=no"]
    # A module that cannot be imported counts as one failure: not all frameworks are installed.
    command += ["--continue-on-collection-errors", f"--junit-xml={report}"]
    command += [str(path) for tests in suite.tests for path in sorted(root.glob(tests))]
    subprocess.run(
        command, cwd=root, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=LIMIT
    )
    if told.exists() and form:
        sys.stdout.write(told.read_text(encoding="utf-8"))
    return read(report)


def read(report: Path) -> Run:
    """What a report in the format of JUnit says."""
    failed: set[str] = set()
    passed = skipped = collected = 0
    for case in ET.parse(report).iter("testcase"):
        collected += 1
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed.add(f"{case.get('classname')}::{case.get('name')}")
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return Run(collected, passed, skipped, frozenset(failed))


def say(what: str, of: Run) -> None:
    """Write one line of the table."""
    failed = of.collected - of.passed - of.skipped
    sys.stdout.write(
        f"{what}: {of.collected} collected, {of.passed} passed, {failed} failed,"
        f" {of.skipped} skipped\n"
    )
    sys.stdout.flush()


def tell(new: frozenset[str], known: list[str]) -> int:
    """Write what fails with Headroom alone; the number of those that are not expected."""
    unknown = sorted(test for test in new if test.partition("[")[0] not in known)
    sys.stdout.write(f"    {len(new)} fail with Headroom alone, {len(unknown)} not expected\n")
    sys.stdout.writelines(f"    {test}\n" for test in unknown)
    return len(unknown)


if __name__ == "__main__":
    raise SystemExit(main())
