"""The engines that adapters share, and what their constructors refuse."""

from __future__ import annotations

from typing import Any, cast

import pytest

from headroom_core.engine.headroom import Headroom
from headroom_core.engine.shared import engine_of, shared_engine
from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_core.tool import tool_cost


def test_equal_settings_share_an_engine() -> None:
    assert engine_of(Settings(mode="max"), None) is shared_engine(Settings(mode="max"))
    assert engine_of(None, None) is shared_engine()


def test_an_engine_that_is_given_is_used() -> None:
    engine = Headroom(store=MemoryStore())

    assert engine_of(None, engine, retrieval=True) is engine


@pytest.mark.parametrize(
    ("settings", "engine", "retrieval", "wrong"),
    [
        ({"mode": "max"}, None, False, "`settings` must be a `Settings`"),
        (None, "engine", False, "`engine` must be a `Headroom`"),
        (Settings(), "engine", False, "give it or `settings`, not both"),
        (None, None, "yes", "`retrieval` must be a bool, got 'yes'"),
    ],
)
def test_wrong_choices_fail_at_once(
    settings: object, engine: object, retrieval: object, wrong: str
) -> None:
    given: dict[str, Any] = {"retrieval": retrieval}

    with pytest.raises(ConfigError, match=wrong):
        engine_of(cast("Settings", settings), cast("Headroom", engine), **given)


def test_what_the_tool_costs_is_known() -> None:
    assert 0 < tool_cost("anthropic") <= 250
    assert 0 < tool_cost("openai_chat") <= 250
