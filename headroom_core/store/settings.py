"""The settings of a store: one frozen value that checks itself when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from headroom_core.errors import ConfigError
from headroom_core.store.base import DEFAULT_MAX_BYTES, Durability
from headroom_core.store.redact import Redactor, redact_secrets

MEMORY = "memory://"
SQLITE = "sqlite:///"
LEAST_BYTES = 1024**2

Redaction = Literal["off", "secrets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where originals are kept, and how. Wrong values raise `ConfigError`."""

    url: str = ""
    """`sqlite:///PATH` (so four slashes for an absolute path), `memory://` for a store of this
    handle's own, `memory://NAME` for one that a process shares. Empty: a file in the user's data
    directory."""
    namespace: str = ""
    """The tenant or project; refs of another namespace do not resolve."""
    max_bytes: int = DEFAULT_MAX_BYTES
    """The size cap, above which the least recently used originals are evicted."""
    durability: Durability = "normal"
    """`normal`: stored texts survive the death of the process. `full`: also a loss of power."""
    key_file: str = ""
    """A file that holds the key to encrypt the namespace with. Empty: not encrypted, unless a key
    is given otherwise."""
    redact: Redaction | Redactor = "off"
    """`secrets`: texts with what looks like a credential are never stored, hence never
    shortened lossily. A callable: the same for texts that it would change."""

    def __post_init__(self) -> None:
        for name in ("url", "namespace", "key_file"):
            if not isinstance(value := getattr(self, name), str):
                raise ConfigError(f"`store.{name}` must be a string, got {value!r}")
        if not self.namespace.isprintable():
            raise ConfigError(f"`store.namespace` must be printable, got {self.namespace!r}")
        if self.url and not self.url.startswith((MEMORY, SQLITE)):
            raise ConfigError(
                f"`store.url` must start with `{SQLITE}` or `{MEMORY}`, got {self.url!r}"
            )
        if self.url == SQLITE:
            raise ConfigError(f"`store.url` names no file, such as `{SQLITE}/var/headroom.db`")
        if self.durability not in get_args(Durability):
            raise ConfigError(f"`store.durability` must be normal or full, got {self.durability!r}")
        if not callable(self.redact) and self.redact not in get_args(Redaction):
            raise ConfigError(
                f"`store.redact` must be off, secrets or a callable, got {self.redact!r}"
            )
        self._check_max_bytes(self.max_bytes)

    def redactor(self) -> Redactor | None:
        """The callable that `redact` names, or `None`."""
        if callable(self.redact):
            return self.redact
        return redact_secrets if self.redact == "secrets" else None

    @staticmethod
    def _check_max_bytes(value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < LEAST_BYTES:
            raise ConfigError(
                f"`store.max_bytes` must be a whole number of at least {LEAST_BYTES}, got {value!r}"
            )
