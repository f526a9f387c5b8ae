"""The settings of learned models: one frozen value that checks itself when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from headroom_core.errors import ConfigError

BY_WORDS = "bm25"
"""The relevance that needs no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which models choose what is shown of prose. Wrong values raise `ConfigError`.

    What a model chose first for a text is frozen in the store, which all workers must share.
    """

    kompress: str = ""
    """A model that leaves words out, by its id, such as `chopratejas/kompress-v2-base`, or its
    folder. Empty: none."""
    relevance: str = BY_WORDS
    """What chooses sentences: `bm25`, or a model of `sentence-transformers` by its id or folder."""
    download: bool = False
    """Whether a model that is not on this machine is downloaded when the engine is made."""
    max_bytes: int = 256 * 1024
    """Texts beyond this size are shown to no model."""

    def __post_init__(self) -> None:
        for name in ("kompress", "relevance"):
            if not isinstance(value := getattr(self, name), str):
                raise ConfigError(f"`models.{name}` must be a string, got {value!r}")
        if not self.relevance:
            raise ConfigError(f"`models.relevance` must be {BY_WORDS!r} or name a model, got ''")
        if not isinstance(self.download, bool):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all typed
            raise ConfigError(f"`models.download` must be a bool, got {self.download!r}")
        self._check_max_bytes(self.max_bytes)

    @staticmethod
    def _check_max_bytes(value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ConfigError(
                f"`models.max_bytes` must be a whole number of at least 1, got {value!r}"
            )
