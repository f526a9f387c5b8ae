"""Every error that Headroom raises on purpose.

HeadroomError
├── ConfigError            a setting, keyword or file is wrong; raised at construction
│   └── MissingExtraError  an optional package is not installed; names the extra
├── MessagesError          the messages are not a list of messages at all
├── DecodeError            a text claims to be one of our forms but cannot be read as it
├── StoreError             an original could not be stored or read
│   ├── NotFoundError      no original with this ref was ever stored here
│   │   └── EvictedError   there was one, and the size cap removed it
│   └── CorruptedError     the stored bytes are not the ones that were stored
└── RetrieveError          a selector of a retrieval is wrong; the message says how to mend it
"""

from __future__ import annotations


class HeadroomError(Exception):
    """The root of all errors of this project."""


class ConfigError(HeadroomError, ValueError):
    """A setting is wrong. Raised at construction, never in the middle of a request."""


class MissingExtraError(ConfigError, ImportError):
    """An optional package is not installed."""

    def __init__(self, package: str, *, extra: str) -> None:
        super().__init__(
            f"`{package}` is not installed; run `pip install 'headroom-gateway[{extra}]'`"
        )
        self.package = package
        self.extra = extra


class MessagesError(HeadroomError, TypeError):
    """What was passed as messages is not a list of messages."""


class DecodeError(HeadroomError, ValueError):
    """A text that starts like one of our forms cannot be decoded as it."""


class StoreError(HeadroomError):
    """An original could not be stored or read."""


class NotFoundError(StoreError, LookupError):
    """No original with this ref is in this store."""


class EvictedError(NotFoundError):
    """The original was stored once; the size cap has removed it since."""


class CorruptedError(StoreError):
    """The stored bytes do not match their digest and are not handed out."""


class RetrieveError(HeadroomError, ValueError):
    """A selector of a retrieval is wrong; the message says what would be right."""
