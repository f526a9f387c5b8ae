"""A pytest plugin that puts Headroom into every agent that a suite makes.

`INJECT` is `plugin`, `hooks` or `model`, and `RETRIEVAL=0` leaves the retrieve tool out; without
`INJECT` the suite runs bare.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from strands import Agent
from strands.models import Model

from headroom_core.engine.headroom import Headroom
from headroom_core.fail_open import raising
from headroom_strands import HeadroomHooks, HeadroomModel, HeadroomPlugin
from injected import report

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

HOW = os.environ.get("INJECT", "")
RETRIEVAL = os.environ.get("RETRIEVAL", "1") == "1"
ENGINE = Headroom()  # made here, because suites change the environment
PLUGIN = HeadroomPlugin(retrieval=RETRIEVAL, engine=ENGINE)
HOOKS = HeadroomHooks(retrieval=RETRIEVAL, engine=ENGINE)
models: list[HeadroomModel] = []
own: list[Model] = []
counts: Counter[str] = Counter()


class _Injected(HeadroomModel):
    """A class of its own, because tests patch the class of a model and clear up after it."""


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
    if HOW == "model" and not isinstance(self.model, HeadroomModel):
        own.append(self.model)


def _wrapped(model: object) -> object:
    """The model in our wrapper, once. Names and routers are resolved by the agent itself.

    A model that an agent made for itself stays as it is where it is handed on to another.
    """
    if not isinstance(model, Model) or isinstance(model, HeadroomModel):
        return model
    if any(model is each for each in own):
        return model
    models.append(_Injected(model, retrieval=RETRIEVAL, engine=ENGINE))
    return models[-1]


if HOW:
    setattr(Agent, "__init__", _with_headroom)  # noqa: B010 - type checkers know it as fixed
    # What goes wrong in Headroom shall fail the test in which it does.
    raising().__enter__()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say what was put in, each worker for itself."""
    del session
    ledgers = models if HOW == "model" else [HOOKS if HOW == "hooks" else PLUGIN]
    report(counts["agents"], "agents", [each.savings for each in ledgers])
