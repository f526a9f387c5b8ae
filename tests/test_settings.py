"""Settings check themselves when they are made, and an error names the setting."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from headroom_core.errors import ConfigError
from headroom_core.model_settings import ModelSettings
from headroom_core.settings import SETTING_NAMES, Settings
from headroom_core.store.settings import StoreSettings

WRONG: list[tuple[str, Any]] = [
    *[("mode", each) for each in ("fast", "", None, 1, ["max"])],
    *[("retrieval", each) for each in (1, "yes", None)],
    *[("surface", each) for each in ("http", None)],
    *[("result_budget", each) for each in (0, -1, 1.5, "1000", True, None)],
    *[("min_tokens", each) for each in (-1, "48", None)],
    *[("max_bytes", each) for each in (0, 2.0**20, None)],
    *[("memo_bytes", each) for each in (-1, None)],
    *[("forms_version", each) for each in (0, 2, True, 1.0, "1")],
    *[("roles", each) for each in ("user", None, 5, ["tool", "boss"], {"tool", 5})],
    *[("exclude_tools", each) for each in ("mcp__*", None, [1], 5)],
    *[("must_keep", each) for each in ("x", None, (b"x",), ("(",), ("(?=x)",))],
    *[("keep_severities", each) for each in ("notice", None, [None])],
    *[("query_echo", each) for each in (1, "yes", None)],
    *[("store", each) for each in (5, None, "redis://x")],
    *[("models", each) for each in ("kompress", None, 5)],
]


def test_the_defaults_are_right() -> None:
    settings = Settings()

    assert (settings.mode, settings.retrieval, settings.roles) == (
        "balanced",
        False,
        frozenset({"tool"}),
    )
    assert settings.store_settings() == StoreSettings()
    assert not settings.keep_rules()


@pytest.mark.requirement("law.fail_open")
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_names_its_setting(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"`{name}"):
        Settings(**{name: value})


@pytest.mark.requirement("law.fail_open")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("kompress", each) for each in (None, 5, True)],
        *[("relevance", each) for each in (None, 5, "")],
        *[("download", each) for each in (1, "yes", None)],
        *[("max_bytes", each) for each in (0, -1, True, "1", 2.0)],
    ],
)
def test_a_wrong_value_about_models_names_its_setting(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"`models\.{name}`"):
        ModelSettings(**{name: value})


def test_every_setting_was_given_a_wrong_value() -> None:
    assert {name for name, _ in WRONG} == set(SETTING_NAMES)


def test_settings_have_at_most_15_fields() -> None:
    assert len(fields(Settings)) <= 15
    assert len(fields(StoreSettings)) <= 15
    assert len(fields(ModelSettings)) <= 15


def test_lists_and_sets_become_what_has_a_hash() -> None:
    given: dict[str, Any] = {
        "roles": ["tool", "user"],
        "exclude_tools": ["a*", "b"],
        "must_keep": ["x", "y"],
        "keep_severities": {"notice", "audit"},
    }

    settings = Settings(**given)

    assert settings.roles == frozenset({"tool", "user"})
    assert settings.exclude_tools == ("a*", "b")
    assert settings.must_keep == ("x", "y")
    assert settings.keep_severities == ("audit", "notice")
    assert hash(settings) == hash(Settings(**given))


def test_a_store_may_be_a_url() -> None:
    assert Settings(store="memory://").store_settings() == StoreSettings(url="memory://")


def test_settings_do_not_change() -> None:
    settings: Any = Settings()

    with pytest.raises(FrozenInstanceError):
        settings.mode = "max"
