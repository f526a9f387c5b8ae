"""What the constructors of this package have in common: their settings, checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from headroom_core.errors import ConfigError
from headroom_core.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.engine.headroom import Headroom

_NO_BYTE_DEPENDS_ON = frozenset({"store", "memo_bytes", "retrieval"})


def checked(name: str, value: object) -> bool:
    """A keyword that must be a bool."""
    if not isinstance(value, bool):
        raise ConfigError(f"`{name}` must be a bool, got {value!r}")
    return value


_decide: WeakKeyDictionary[Headroom, Mapping[str, object]] = WeakKeyDictionary()


def deciding_settings(engine: Headroom) -> Mapping[str, object]:
    """The settings that differ from the defaults and may change what a model is sent.

    They are asked for at each call of a model, and comparing them all takes a while.
    """
    known = _decide.get(engine)
    if known is None:
        known = _decide[engine] = _differing(engine.settings)
    return known


def _differing(settings: Settings) -> Mapping[str, object]:
    plain = Settings()
    return {
        name: value
        for name in SETTING_NAMES
        if name not in _NO_BYTE_DEPENDS_ON
        and (value := getattr(settings, name)) != getattr(plain, name)
    }
