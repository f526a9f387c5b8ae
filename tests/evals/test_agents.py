"""Tier 2: agents that do whole jobs, with the original results and with ours."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from headroom.evals.agents import WORLDS, repair
from headroom.evals.agents.desk import Desk
from headroom.evals.agents.jobs import MOST_STEPS, Job, do_twice
from headroom.evals.agents.repair import Repair
from headroom.evals.calls import Prices
from headroom.evals.models import CallError
from headroom_core.formats.wire import is_object
from headroom_core.notes import find_notes
from tests.evals.server import calls, says, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from headroom.evals.agents.world import World
    from headroom_core.formats.wire import WireObject

DESK = Job(category="service desk", seed="0/1", make=Desk)
REPAIR = Job(category="code repair", seed="0/1", make=Repair)


class Agent:
    """A model that works: a function of all that it has been told."""

    def __init__(self, work: Callable[[str, list[str]], WireObject]) -> None:
        self._work = work
        self.requests: list[str] = []

    def complete(self, messages: Sequence[object], tools: Sequence[object]) -> WireObject:
        self.requests.append(seen({"messages": list(messages)}))
        told = [str(each["content"]) for each in messages if is_object(each) and is_result(each)]
        task = next(each for each in messages if is_object(each) and each["role"] == "user")
        return self._work(str(task["content"]), told)


def is_result(message: WireObject) -> bool:
    return message["role"] == "tool"


def serve(task: str, told: list[str]) -> WireObject:
    """Do what a customer wants, from whatever the results look like."""
    email = task.split(" ")[2].rstrip(".")
    label = re.search(r"(?:with|refund) the (.*? no\. \d+)", task)
    assert label is not None
    if not told:
        return calls("find_customer", email=email)
    if len(told) == 1:
        return calls("list_orders", customer_id=told[0])
    if told[-1] == "ok":
        return says("done")
    lines = [line for text in told[1:] for line in rows_of(text) if label[1] in line]
    order = re.search(r"W\d{8}", lines[0]) if lines else None
    if order is None:
        (note,) = find_notes(told[1])
        return calls("headroom_retrieve", ref=note.ref, query=label[1])
    return act(task, label[1], order[0], lines[0])


def act(task: str, label: str, order: str, row: str) -> WireObject:
    """The one change that the task asks for."""
    if "cancel" in task:
        return calls("cancel_order", order_id=order)
    if "refund" in task:
        item = re.search(rf"(I\d{{8}})\W+(?:product\W+)?{re.escape(label)}", row)
        assert item is not None
        return calls("refund_item", order_id=order, item_id=item[1])
    address = task.partition(label)[2].removeprefix(" to ").partition(" instead")[0]
    return calls("change_address", order_id=order, address=address)


def rows_of(text: str) -> list[str]:
    """One line for each order, whether the text is JSON or one of our forms."""
    try:
        return [json.dumps(each) for each in json.loads(text)]
    except ValueError:
        return text.split("\n")


def mend(task: str, told: list[str]) -> WireObject:
    """Find the failing function by the tests, and its fault by its neighbours."""
    del task
    if not told:
        return calls("run_tests")
    failed = re.search(r"FAIL: test_(\w+?_(\w+?)_\d+) ", told[0])
    assert failed is not None
    if len(told) == 1:
        return calls("read_file", path=f"{failed[2]}.py")
    if len(told) == 2:
        line = next(each for each in told[1].split("\n") if re.search(r"weight \* \d+ - \d+", each))
        old = line.split("\t")[-1].strip()
        return calls(
            "replace_in_file", path=f"{failed[2]}.py", old=old, new=old.replace(" - ", " + ")
        )
    return says("done")


@pytest.mark.parametrize("seed", ["0/0", "0/1", "0/2", "0/3", "0/4", "0/5"])
def test_an_agent_at_the_desk_does_its_job_with_both_results(seed: str) -> None:
    agent = Agent(serve)

    outcome = do_twice(Job(category="service desk", seed=seed, make=Desk), agent)

    assert (outcome.baseline, outcome.ours, outcome.wrong) == (1.0, 1.0, "")
    assert outcome.after < outcome.before / 2


def test_an_agent_mends_a_program_with_both_results() -> None:
    outcome = do_twice(REPAIR, Agent(mend))

    assert (outcome.baseline, outcome.ours, outcome.wrong) == (1.0, 1.0, "")
    assert outcome.after < outcome.before


def rest(task: str, told: list[str]) -> WireObject:
    return says("done")


def look(task: str, told: list[str]) -> WireObject:
    return calls("list_orders", customer_id="C001")


def test_an_agent_that_does_nothing_has_done_nothing() -> None:
    outcome = do_twice(DESK, Agent(rest))

    assert (outcome.baseline, outcome.ours, outcome.wrong) == (0.0, 0.0, "")


def test_an_agent_that_never_ends_is_stopped() -> None:
    agent = Agent(look)

    outcome = do_twice(DESK, agent)

    assert len(agent.requests) == 2 * MOST_STEPS
    assert outcome.ours == 0.0


@pytest.mark.parametrize(("fails_at", "which"), [(1, "baseline"), (2, "ours")])
def test_a_call_that_failed_is_a_failed_job(fails_at: int, which: str) -> None:
    def work(task: str, told: list[str]) -> WireObject:
        if len(agent.requests) >= fails_at:
            raise CallError("gone")
        return says("done")

    agent = Agent(work)

    outcome = do_twice(DESK, agent, prices=Prices(read=1.0, written=1.0))

    assert outcome.wrong == f"{which}: gone"
    assert outcome.ours == 0.0


def test_calls_that_make_no_sense_are_told_so() -> None:
    broken = {"tool_calls": ["odd", {"id": "1", "function": {"name": "x", "arguments": "{"}}]}
    odd: WireObject = {"choices": [{"message": {"role": "assistant", **broken}}]}
    script = iter([odd, says("done")] * 2)

    def stumble(task: str, told: list[str]) -> WireObject:
        return next(script)

    agent = Agent(stumble)
    do_twice(DESK, agent)

    assert "Error: there is no tool 'x'" in agent.requests[1]


@pytest.mark.parametrize("category", WORLDS)
def test_a_world_is_the_same_from_the_same_seed(category: str) -> None:
    one, same, other = (WORLDS[category](seed) for seed in ("7", "7", "8"))

    assert opened(one) == opened(same)
    assert opened(one) != opened(other)
    for world in (one, same, other):
        assert not world.is_done()
        world.close()


def opened(world: World) -> str:
    if isinstance(world, Desk):
        return world.call("list_orders", {"customer_id": "C003"}) + world.task
    return world.call("read_file", {"path": "stock.py"})


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("find_customer", {"email": "nobody@mail.example"}, "Error: no such customer"),
        ("list_orders", {"customer_id": "C999"}, "Error: no such customer"),
        ("cancel_order", {"order_id": "W0"}, "Error: no such order"),
        ("cancel_order", {}, "Error: no such order"),
        ("fly", {}, "Error: there is no tool 'fly'"),
    ],
)
def test_the_desk_tells_what_is_wrong(name: str, arguments: dict[str, object], answer: str) -> None:
    assert Desk("1").call(name, arguments) == answer


def test_the_desk_keeps_its_rules() -> None:
    desk = Desk("1")
    by_status = {str(order["status"]): name for name, order in desk.orders.items()}

    shipped, delivered = by_status["shipped"], by_status["delivered"]
    told = desk.call("cancel_order", {"order_id": shipped})
    item = desk.call("refund_item", {"order_id": delivered, "item_id": 7})

    assert told == "Error: the order is shipped, not pending"
    assert item == "Error: no such item in this order"


@pytest.fixture
def program() -> Iterator[Repair]:
    world = Repair("1")
    yield world
    world.close()


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("read_file", {"path": "../secret.py"}, "Error: no such file"),
        ("read_file", {"path": "/etc/passwd"}, "Error: no such file"),
        ("read_file", {}, "Error: no such file"),
        ("replace_in_file", {"path": "test_stock.py"}, "Error: no such file, or one of the tests"),
        ("replace_in_file", {"path": "stock.py", "old": ""}, "Error: `old` occurs 0 times"),
        ("replace_in_file", {"path": "./stock.py", "old": "def "}, "Error: `old` occurs 30 times"),
        ("fly", {}, "Error: there is no tool 'fly'"),
    ],
)
def test_a_repair_stays_within_its_folder_and_its_rules(
    program: Repair, name: str, arguments: dict[str, object], answer: str
) -> None:
    assert program.call(name, arguments) == answer


def test_a_repair_lists_its_files(program: Repair) -> None:
    assert program.call("list_files", {}).split("\n")[0] == "billing.py"


def test_tests_that_never_end_are_stopped(program: Repair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "SECONDS", 0.2)
    (program.root / "stock.py").write_text("while True:\n    pass\n", encoding="utf-8")

    assert "did not end within" in program.call("run_tests", {})


def test_changed_tests_are_no_repair(program: Repair) -> None:
    for path in program.root.glob("test_*.py"):
        path.write_text("import unittest\n", encoding="utf-8")

    assert not program.is_done()
