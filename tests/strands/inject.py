"""A pytest plugin that puts Headroom into every agent of another suite: the framework's own tests.

    cd strands_agents-1.62.0    # the source distribution, which carries its tests
    PYTHONPATH=…/integrations:…/headroom:…/tests/strands INJECT=middleware \
        python -m pytest -p inject tests/strands

`INJECT` is `plugin`, `hooks` or `model`, and `RETRIEVAL=0` leaves the retrieve tool out; without
`INJECT` the suite runs bare. What fails only with it is what Headroom breaks.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from strands import Agent
from strands.models import BedrockModel, Model

from headroom_strands import HeadroomHooks, HeadroomModel, HeadroomPlugin

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

HOW = os.environ.get("INJECT", "")
RETRIEVAL = os.environ.get("RETRIEVAL", "1") == "1"
PLUGIN = HeadroomPlugin(retrieval=RETRIEVAL)
HOOKS = HeadroomHooks(retrieval=RETRIEVAL)
models: list[HeadroomModel] = []
counts: Counter[str] = Counter()
_init: Callable[..., None] = Agent.__init__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - typed in part


def _with_headroom(self: Agent, *args: Any, **given: Any) -> None:
    counts["agents"] += 1
    if HOW == "plugin":
        given["plugins"] = [*(given.get("plugins") or ()), PLUGIN]
    elif HOW == "hooks":
        given["hooks"] = [*(given.get("hooks") or ()), HOOKS]
    elif args:
        args = (_wrapped(args[0]), *args[1:])
    else:
        given["model"] = _wrapped(given.get("model"))
    _init(self, *args, **given)


def _wrapped(model: object) -> object:
    """The model in our wrapper, once. Names and routers are resolved by the agent itself."""
    if model is None:
        model = BedrockModel()  # what an agent takes that is given none
    if not isinstance(model, Model) or isinstance(model, HeadroomModel):
        return model
    models.append(HeadroomModel(model, retrieval=RETRIEVAL))
    return models[-1]


if HOW:
    setattr(Agent, "__init__", _with_headroom)  # noqa: B010 - type checkers know it as fixed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ledgers = models if HOW == "model" else [HOOKS if HOW == "hooks" else PLUGIN]
    requests = sum(each.savings.requests for each in ledgers)
    edited = sum(each.savings.compressed for each in ledgers)
    terminalreporter.write_line(
        f"headroom: {HOW or 'bare'}, retrieval={RETRIEVAL}, {counts['agents']} agents,"
        f" {requests} requests, {edited} parts shortened"
    )
    for each in ledgers:
        if each.savings.warnings:
            terminalreporter.write_line(f"headroom: {dict(each.savings.warnings)}")
