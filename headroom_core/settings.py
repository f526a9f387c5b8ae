"""The settings of an engine: one frozen value that checks itself when it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal, cast, get_args

from headroom_core.errors import ConfigError
from headroom_core.keep import KeepRules
from headroom_core.model_settings import ModelSettings
from headroom_core.notes import Surface
from headroom_core.store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

Mode = Literal["lossless", "balanced", "max"]
CompressibleRole = Literal["system", "developer", "user", "assistant", "tool"]
FORMS_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What may be done to which parts of a conversation. Wrong values raise `ConfigError`."""

    mode: Mode = "balanced"
    """`lossless`: no view, ever. `balanced`: views where they can be redeemed. `max`: half the
    budget and legends for long ids."""
    retrieval: bool = False
    """Whether the caller shows the model the retrieve tool and answers its calls."""
    surface: Surface = "tool"
    """How notes tell the model to ask for more: a tool, an MCP tool or a shell command."""
    result_budget: int = 1_000
    """Tokens a tool result may have before a view is made; grows slowly with the result."""
    min_tokens: int = 48
    """Parts below this many tokens are left alone."""
    roles: frozenset[CompressibleRole] = frozenset({"tool"})
    """Whose text may be shortened. Tool results only, unless told otherwise. Of a user's message
    it is what was pasted into it, and the words around that stay."""
    exclude_tools: tuple[str, ...] = ()
    """Globs of tool names whose results are left alone, such as `mcp__docs__*`."""
    must_keep: tuple[str, ...] = ()
    """Regular expressions whose matching lines stay in every view."""
    keep_severities: tuple[str, ...] = ()
    """Further words, such as `notice`, whose lines stay in every view like errors do."""
    query_echo: bool = False
    """Whether long views end with a line that repeats the question."""
    max_bytes: int = 64 * 2**20
    """Parts beyond this size are left alone."""
    memo_bytes: int = 64 * 2**20
    """Memory for outcomes of conversations seen before. Changes speed, never a byte."""
    forms_version: int = FORMS_VERSION
    """The version of the emitted forms. Pin it to keep prompt caches across upgrades."""
    store: StoreSettings | str = field(default_factory=StoreSettings)
    """Where originals are kept: a URL or `StoreSettings`."""
    models: ModelSettings = field(default_factory=ModelSettings)
    """Learned models that choose what is shown of prose; none unless you name one."""

    def __post_init__(self) -> None:
        _require_one_of("mode", self.mode, get_args(Mode))
        _require_one_of("surface", self.surface, get_args(Surface))
        for name in ("retrieval", "query_echo"):
            _require_type(name, getattr(self, name), bool)
        for name in ("result_budget", "max_bytes", "forms_version"):
            _require_count(name, getattr(self, name), least=1)
        for name in ("min_tokens", "memo_bytes"):
            _require_count(name, getattr(self, name), least=0)
        _require_one_of("forms_version", self.forms_version, (FORMS_VERSION,))
        # Lists come from files and from callers who are not typed; what holds one has no hash.
        for name in ("exclude_tools", "must_keep", "keep_severities"):
            object.__setattr__(self, name, _strings(name, getattr(self, name)))
        roles = _strings("roles", self.roles)
        for role in roles:
            _require_one_of("roles", role, get_args(CompressibleRole))
        object.__setattr__(self, "roles", frozenset(roles))
        if isinstance(self.store, str):
            object.__setattr__(self, "store", StoreSettings(url=self.store))
        _require_type("store", self.store, StoreSettings)
        _require_type("models", self.models, ModelSettings)
        self.keep_rules()

    def keep_rules(self) -> KeepRules:
        """The caller's must-keep rules, compiled."""
        return KeepRules(self.must_keep, self.keep_severities)

    def store_settings(self) -> StoreSettings:
        """`store` as what it is after construction."""
        if isinstance(self.store, str):  # pragma: no cover - `__post_init__` has replaced it
            raise ConfigError("`store` is not normalised")
        return self.store


SETTING_NAMES = tuple(each.name for each in fields(Settings))


def _require_one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        names = ", ".join(repr(each) for each in allowed)
        raise ConfigError(f"`{name}` must be one of {names}, got {value!r}")


def _require_type(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise ConfigError(f"`{name}` must be a {kind.__name__}, got {value!r}")


def _require_count(name: str, value: object, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigError(f"`{name}` must be a whole number of at least {least}, got {value!r}")


def _strings(name: str, value: object) -> tuple[str, ...]:
    """The strings of a tuple, list or set; a lone string is more likely a forgotten comma."""
    if isinstance(value, (tuple, list, set, frozenset)):
        items = tuple(cast("Iterable[object]", value))  # the check above says nothing of the items
        strings = tuple(each for each in items if isinstance(each, str))
        if len(strings) == len(items):
            return strings if isinstance(value, (tuple, list)) else tuple(sorted(strings))
    raise ConfigError(f"`{name}` must be a tuple of strings, got {value!r}")
