"""A pytest plugin that puts Headroom into every agent of another suite: the framework's own tests.

    cd strands_agents-1.62.0    # the source distribution, which carries its tests
    PYTHONPATH=…/integrations:…/headroom:…/tests/strands INJECT=middleware \
        python -m pytest -p inject tests/strands

`INJECT` is `middleware` (the plugin without its tool), `plugin`, `hooks` or `model`; without
it the suite runs bare. What fails only with it is what Headroom breaks.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from strands import Agent
from strands.models import Model

from headroom_strands import HeadroomHooks, HeadroomModel, HeadroomPlugin

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

HOW = os.environ.get("INJECT", "")
PLUGIN = HeadroomPlugin(retrieval=HOW == "plugin")
HOOKS = HeadroomHooks()
counts: Counter[str] = Counter()
_init: Callable[..., None] = Agent.__init__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - typed in part


def _with_headroom(self: Agent, *args: Any, **given: Any) -> None:
    counts["agents"] += 1
    model = args[0] if args else given.get("model")
    if HOW in {"middleware", "plugin"}:
        given["plugins"] = [*(given.get("plugins") or ()), PLUGIN]
    elif HOW == "hooks":
        given["hooks"] = [*(given.get("hooks") or ()), HOOKS]
    elif isinstance(model, Model):
        wrapped = HeadroomModel(model)
        args = (wrapped, *args[1:]) if args else ()
        given |= {} if args else {"model": wrapped}
    _init(self, *args, **given)


if HOW:
    setattr(Agent, "__init__", _with_headroom)  # noqa: B010 - type checkers know it as fixed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    savings = PLUGIN.savings if HOW != "hooks" else HOOKS.savings
    terminalreporter.write_line(f"headroom: {HOW or 'bare'}, {counts['agents']} agents, {savings}")
    if savings.warnings:
        terminalreporter.write_line(f"headroom: {dict(savings.warnings)}")
