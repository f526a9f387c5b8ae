"""Where settings come from when nobody passes them: environment, file, defaults, in this order.

This is the one place that reads the environment. The file is TOML: `HEADROOM_CONFIG`, or
`config.toml` in the user's configuration directory.
"""

from __future__ import annotations

import logging
import os
import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_config_path

from headroom_core.errors import ConfigError
from headroom_core.formats.wire import is_array, is_object
from headroom_core.model_settings import ModelSettings
from headroom_core.settings import Settings
from headroom_core.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

logger: logging.Logger = logging.getLogger(__name__)

PREFIX = "HEADROOM_"
CONFIG_VARIABLE = "HEADROOM_CONFIG"
KEY_VARIABLE = "HEADROOM_STORE_KEY"
PROXY_PREFIX = "HEADROOM_PROXY_"
"""The options of `headroom proxy`, which it reads itself."""

Value = str | int | bool | tuple[str, ...]

_GROUPS: Mapping[str, type[StoreSettings | ModelSettings]] = {
    "store": StoreSettings,
    "models": ModelSettings,
}
"""The settings that are a value with settings of its own, each named with this in front."""
_PLAIN = {each.name: str(each.type) for each in fields(Settings) if each.name not in _GROUPS}
_GROUPED = {
    f"{group}_{each.name}": str(each.type) for group, of in _GROUPS.items() for each in fields(of)
}
_TYPES = {**_PLAIN, **_GROUPED}
_ALIASES = {
    "store": "store_url",
    "kompress": "models_kompress",
    "relevance": "models_relevance",
}
_WORDS_FOR_BOOL = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and for each of them where its value came from."""

    settings: Settings
    sources: Mapping[str, str]


def load(environ: Mapping[str, str] | None = None, **call: Any) -> Loaded:  # noqa: ANN401
    """Lay the call's settings over the environment, the file and the defaults.

    Names are those of `Settings`; those of `StoreSettings` have `store_` in front, and those of
    `ModelSettings` have `models_`. `Any` because each setting has a type of its own, which
    `Settings` checks.
    """
    environ = os.environ if environ is None else environ
    path = _path(environ)
    layers: list[tuple[str, dict[str, Any]]] = [
        ("call", _with_groups_taken_apart(call)),
        *_from(environ),
        (str(path), _from_file(path)),
    ]
    values: dict[str, Any] = {}
    sources = dict.fromkeys(_TYPES, "default")
    for source, layer in layers:
        for given, value in layer.items():
            name = _ALIASES.get(given, given)
            if name not in values:
                _require_known(name, source)
                values[name] = value
                sources[name] = source
    return Loaded(_settings(values), sources)


def store_key(environ: Mapping[str, str] | None = None) -> str | None:
    """The key for encryption at rest, when the environment holds one."""
    return (os.environ if environ is None else environ).get(KEY_VARIABLE) or None


def _settings(values: dict[str, Any]) -> Settings:
    plain = {name: value for name, value in values.items() if name in _PLAIN}
    return Settings(
        **plain,
        store=StoreSettings(**_of_group("store", values)),
        models=ModelSettings(**_of_group("models", values)),
    )


def _of_group(group: str, values: dict[str, Any]) -> dict[str, Any]:
    start = f"{group}_"
    return {
        name.removeprefix(start): value
        for name, value in values.items()
        if name in _GROUPED and name.startswith(start)
    }


def _with_groups_taken_apart(call: dict[str, Any]) -> dict[str, Any]:
    """The call's settings; a whole `StoreSettings` counts as each setting that it holds."""
    apart = dict(call)
    for group, of in _GROUPS.items():
        whole = call.get(group)
        if isinstance(whole, of):
            del apart[group]
            apart |= {f"{group}_{each.name}": getattr(whole, each.name) for each in fields(of)}
    return apart


def _path(environ: Mapping[str, str]) -> Path:
    named = environ.get(CONFIG_VARIABLE)
    return Path(named) if named else user_config_path("headroom") / "config.toml"


def _from(environ: Mapping[str, str]) -> list[tuple[str, dict[str, Value]]]:
    """Each variable that is ours, and the setting that it holds."""
    found: list[tuple[str, dict[str, Value]]] = []
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable.startswith(PROXY_PREFIX):
            continue
        if variable in {CONFIG_VARIABLE, KEY_VARIABLE}:
            continue
        given = variable.removeprefix(PREFIX).lower()
        name = _ALIASES.get(given, given)
        kind = _TYPES.get(name)
        if kind is None:
            _warn_unknown(variable)
        else:
            found.append((variable, {name: _parsed(variable, environ[variable], kind)}))
    return found


def _parsed(variable: str, text: str, kind: str) -> Value:
    if kind.startswith("int"):
        try:
            return int(text)
        except ValueError as exc:
            raise ConfigError(f"`{variable}` must be a whole number, got {text!r}") from exc
    if kind.startswith("bool"):
        if text.lower() not in _WORDS_FOR_BOOL:
            raise ConfigError(f"`{variable}` must be true or false, got {text!r}")
        return _WORDS_FOR_BOOL[text.lower()]
    if kind.startswith(("tuple", "frozenset")):
        return tuple(word.strip() for word in text.split(",") if word.strip())
    return text


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise ConfigError(f"cannot read the configuration file {str(path)!r}: {exc}") from exc
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if name in _GROUPS and is_object(value):
            flat |= {f"{name}_{inner}": each for inner, each in value.items()}
        else:
            flat[name] = value
    return {name: tuple(value) if is_array(value) else value for name, value in flat.items()}


def _require_known(name: str, source: str) -> None:
    if name not in _TYPES:
        raise ConfigError(f"unknown setting `{name}` ({source}){_suggestion(name, _TYPES)}")


@lru_cache(maxsize=1024)
def _warn_unknown(variable: str) -> None:
    """Other tools use the prefix too, so an unknown variable is no error; it is told once."""
    names = [PREFIX + name.upper() for name in _TYPES]
    logger.warning("unknown variable `%s` is ignored%s", variable, _suggestion(variable, names))


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""
