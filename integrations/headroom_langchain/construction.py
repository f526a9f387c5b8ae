"""What the constructors of this package have in common: their settings, checked at once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_core.errors import ConfigError
from headroom_core.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_BYTE_DEPENDS_ON = frozenset({"store", "memo_bytes", "retrieval"})


def checked(name: str, value: object) -> bool:
    """A keyword that must be a bool."""
    if not isinstance(value, bool):
        raise ConfigError(f"`{name}` must be a bool, got {value!r}")
    return value


@lru_cache(maxsize=16)
def deciding_settings(settings: Settings) -> Mapping[str, object]:
    """The settings that differ from the defaults and may change what a model is sent."""
    plain = Settings()
    return {
        name: value
        for name in SETTING_NAMES
        if name not in _NO_BYTE_DEPENDS_ON
        and (value := getattr(settings, name)) != getattr(plain, name)
    }
