"""The engines that `headroom.compress` and the adapters share: one for each settings."""

from __future__ import annotations

from functools import lru_cache

from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError
from headroom_core.settings import Settings


def shared_engine(settings: Settings | None = None) -> Headroom:
    """The engine of these settings, made once, so that its memo and its store serve every caller.

    `None` stands for the environment, the configuration file and the defaults.
    """
    return _kept(settings)


def forget_engines() -> None:
    """Let go of the shared engines, so that the next caller gets new ones: for tests."""
    _kept.cache_clear()


@lru_cache(maxsize=16)
def _kept(settings: Settings | None) -> Headroom:
    return _made(settings)


def _made(settings: Settings | None) -> Headroom:
    """A new engine; a seam for tests, which close what they have made."""
    return Headroom(settings)


def engine_of(
    settings: Settings | None, engine: Headroom | None, *, retrieval: bool | None = None
) -> Headroom:
    """The engine that an adapter works with: the one it was given, or the shared one.

    Checks what every adapter's constructor takes; what is wrong is a `ConfigError` at once.
    """
    if not (retrieval is None or isinstance(retrieval, bool)):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise ConfigError(f"`retrieval` must be a bool, got {retrieval!r}")
    if engine is None:
        return shared_engine(_checked(settings))
    if settings is not None:
        raise ConfigError("`engine` has settings of its own: give it or `settings`, not both")
    if not isinstance(engine, Headroom):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise ConfigError(f"`engine` must be a `Headroom`, got {engine!r}")
    return engine


def _checked(settings: Settings | None) -> Settings | None:
    """The settings, before they become the key of a cache: what has no hash would fail there."""
    if settings is not None and not isinstance(settings, Settings):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
        raise ConfigError(f"`settings` must be a `Settings`, got {settings!r}")
    return settings
