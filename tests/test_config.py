"""Where settings come from: call, environment, file, default, in this order."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from headroom_core import config
from headroom_core.config import load, store_key
from headroom_core.errors import ConfigError
from headroom_core.model_settings import ModelSettings
from headroom_core.settings import Settings
from headroom_core.store.settings import StoreSettings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "headroom.toml"


@pytest.fixture(autouse=True)
def nothing_was_told_yet() -> None:
    config._warn_unknown.cache_clear()


def environ(file: Path, **variables: str) -> dict[str, str]:
    """An environment of a test's own, with unrelated variables in it."""
    return {"PATH": "/bin", "HEADROOM_CONFIG": str(file), **variables}


def test_without_anything_the_defaults_hold(file: Path) -> None:
    loaded = load(environ(file))

    assert loaded.settings == Settings()
    assert set(loaded.sources.values()) == {"default"}


def test_each_place_wins_over_those_after_it(file: Path) -> None:
    file.write_text('mode = "max"\nmin_tokens = 10\nresult_budget = 500\n', encoding="utf-8")
    variables = environ(file, HEADROOM_MODE="lossless", HEADROOM_MIN_TOKENS="20")

    loaded = load(variables, mode="balanced")

    settings = loaded.settings
    assert (settings.mode, settings.min_tokens, settings.result_budget) == ("balanced", 20, 500)
    assert loaded.sources["mode"] == "call"
    assert loaded.sources["min_tokens"] == "HEADROOM_MIN_TOKENS"
    assert loaded.sources["result_budget"] == str(file)
    assert loaded.sources["surface"] == "default"


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("HEADROOM_MODE", "max", "mode", "max"),
        ("HEADROOM_RETRIEVAL", "Yes", "retrieval", True),
        ("HEADROOM_RETRIEVAL", "0", "retrieval", False),
        ("HEADROOM_RESULT_BUDGET", "700", "result_budget", 700),
        ("HEADROOM_ROLES", "tool,user", "roles", frozenset({"tool", "user"})),
        ("HEADROOM_EXCLUDE_TOOLS", " a* , b,", "exclude_tools", ("a*", "b")),
        ("HEADROOM_EXCLUDE_TOOLS", "", "exclude_tools", ()),
        ("HEADROOM_STORE", "memory://", "store", StoreSettings(url="memory://")),
        ("HEADROOM_STORE_URL", "memory://", "store", StoreSettings(url="memory://")),
        ("HEADROOM_STORE_MAX_BYTES", "2000000", "store", StoreSettings(max_bytes=2_000_000)),
        ("HEADROOM_STORE_REDACT", "secrets", "store", StoreSettings(redact="secrets")),
        ("HEADROOM_QUERY_ECHO", "on", "query_echo", True),
        ("HEADROOM_KOMPRESS", "a/b", "models", ModelSettings(kompress="a/b")),
        ("HEADROOM_MODELS_RELEVANCE", "a/b", "models", ModelSettings(relevance="a/b")),
        ("HEADROOM_MODELS_MAX_BYTES", "9", "models", ModelSettings(max_bytes=9)),
        ("HEADROOM_MODELS_DOWNLOAD", "yes", "models", ModelSettings(download=True)),
    ],
)
def test_the_environment_is_read_by_the_type_of_the_setting(
    file: Path, variable: str, text: str, name: str, value: object
) -> None:
    assert getattr(load(environ(file, **{variable: text})).settings, name) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("HEADROOM_RESULT_BUDGET", "many"),
        ("HEADROOM_RETRIEVAL", "maybe"),
        ("HEADROOM_STORE_MAX_BYTES", "1e9"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_variable(
    file: Path, variable: str, text: str
) -> None:
    with pytest.raises(ConfigError, match=f"`{variable}` must be .* got {text!r}"):
        load(environ(file, **{variable: text}))


def test_a_value_that_is_wrong_names_its_setting(file: Path) -> None:
    with pytest.raises(ConfigError, match="`mode` must be one of"):
        load(environ(file, HEADROOM_MODE="fast"))


def test_the_file_has_a_table_for_the_store(file: Path) -> None:
    file.write_text(
        'exclude_tools = ["a", "b"]\n[store]\nurl = "memory://"\nnamespace = "n"\n',
        encoding="utf-8",
    )

    loaded = load(environ(file))

    assert loaded.settings.exclude_tools == ("a", "b")
    assert loaded.settings.store == StoreSettings(url="memory://", namespace="n")
    assert loaded.sources["store_namespace"] == str(file)


def test_the_file_has_a_table_for_models(file: Path) -> None:
    file.write_text('relevance = "a/b"\n[models]\nkompress = "c/d"\n', encoding="utf-8")

    loaded = load(environ(file), models=ModelSettings(download=True))
    without = load(environ(file))

    assert loaded.settings.models == ModelSettings(download=True)
    assert loaded.sources["models_kompress"] == "call"
    assert without.settings.models == ModelSettings(kompress="c/d", relevance="a/b")
    assert without.sources["models_kompress"] == str(file)


def test_the_file_may_name_just_the_url_of_the_store(file: Path) -> None:
    file.write_text('store = "memory://"\n', encoding="utf-8")

    assert load(environ(file)).settings.store == StoreSettings(url="memory://")


@pytest.mark.parametrize(
    "text", [b"mode = ", b"\xff\xfe", b"mode = 'a'\nmode = 'b'"], ids=["half", "binary", "twice"]
)
def test_a_file_that_cannot_be_read_is_an_error(file: Path, text: bytes) -> None:
    file.write_bytes(text)

    with pytest.raises(ConfigError, match="cannot read the configuration file"):
        load(environ(file))


def test_a_directory_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration file"):
        load(environ(tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('mdoe = "max"', "unknown setting `mdoe` .*; did you mean `mode`"),
        ('[store]\nnamspace = "x"', "`store_namspace` .*; did you mean `store_namespace`"),
        ("zzzzzz = 1", r"unknown setting `zzzzzz` \(.*\)$"),
    ],
)
def test_an_unknown_name_in_the_file_is_an_error(file: Path, text: str, told: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=told):
        load(environ(file))


def test_an_unknown_name_in_a_call_is_an_error(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"`resultbudget` \(call\); did you mean `result_budget`"):
        load(environ(file), resultbudget=5)


def test_an_unknown_variable_is_told_once_with_a_suggestion(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    variables = environ(file, HEADROOM_MODES="max", HEADROOM_STORE_KEY="k", HEADROOM_PROXY_PORT="1")

    with caplog.at_level(logging.WARNING):
        load(variables)
        load(variables)

    (message,) = caplog.messages
    assert message == (
        "unknown variable `HEADROOM_MODES` is ignored; did you mean `HEADROOM_MODE`?"
    )


def test_a_whole_store_of_the_call_wins_with_each_of_its_settings(file: Path) -> None:
    call = StoreSettings(url="memory://", namespace="mine")
    variables = environ(file, HEADROOM_STORE_MAX_BYTES="2000000")

    loaded = load(variables, store=call)

    assert loaded.settings.store == call
    assert loaded.sources["store_max_bytes"] == "call"


@pytest.mark.parametrize("name", ["store", "store_url"])
def test_a_store_of_the_call_may_be_a_url(file: Path, name: str) -> None:
    loaded = load(environ(file, HEADROOM_STORE_NAMESPACE="n"), **{name: "memory://"})

    assert loaded.settings.store == StoreSettings(url="memory://", namespace="n")


def test_a_source_is_the_variable_that_was_set(file: Path) -> None:
    assert load(environ(file, HEADROOM_STORE="memory://")).sources["store_url"] == "HEADROOM_STORE"


def test_the_key_comes_from_the_environment_only(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store_key(environ(file, HEADROOM_STORE_KEY="k")) == "k"
    assert store_key(environ(file, HEADROOM_STORE_KEY="")) is None

    monkeypatch.setenv("HEADROOM_STORE_KEY", "from the process")
    assert store_key() == "from the process"


def test_the_file_of_the_user_is_read_when_no_other_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def folder(name: str) -> Path:
        return tmp_path / name

    monkeypatch.setattr(config, "user_config_path", folder)
    (tmp_path / "headroom").mkdir()
    (tmp_path / "headroom" / "config.toml").write_text('mode = "max"', encoding="utf-8")
    nowhere: dict[str, Any] = {}

    assert load(nowhere).settings.mode == "max"
