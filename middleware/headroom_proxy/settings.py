"""The settings of the proxy: one frozen value that checks itself when it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Literal, get_args
from urllib.parse import SplitResult, urlsplit

from headroom_core.errors import ConfigError
from headroom_core.settings import Settings
from headroom_core.store.settings import MEMORY

AccessLog = Literal["off", "text", "json"]

DEFAULT_PORT = 8787
LEAST_TOKEN = 16
"""Characters of a token: a shorter one could be guessed over the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """Where the proxy listens, where it sends to, and what it may do. Wrong values raise.

    The upstreams are base URLs as an SDK takes them, or just origins.
    """

    host: str = "127.0.0.1"
    """The address to listen on. Any but a loopback address needs a `token`."""
    port: int = DEFAULT_PORT
    """The port to listen on; 0 takes a free one."""
    upstream_openai: str = "https://api.openai.com"
    """Where requests in OpenAI's shapes go, and all that have no shape we know."""
    upstream_anthropic: str = "https://api.anthropic.com"
    """Where requests in Anthropic's shape go."""
    via: str = ""
    """An HTTP proxy on the way to the upstreams, such as `http://proxy.example:3128`."""
    token: str = field(default="", repr=False)
    """What every request has to show, on every route. Empty: nothing."""
    allow_hosts: tuple[str, ...] = ()
    """Names that clients may use for this proxy, besides those of the loopback address."""
    allow_origins: tuple[str, ...] = ()
    """Origins of web pages that may send requests. None by default."""
    compression: Settings = field(default_factory=Settings)
    """What may be done to which parts of a request, and where originals are kept."""
    retrieval: bool = True
    """Whether requests with tools get the retrieve tool, whose calls are answered here."""
    max_body_bytes: int = 512 * 2**20
    """Larger requests are refused with 413."""
    max_rewrite_bytes: int = 32 * 2**20
    """Larger requests are passed on as they are, without being held in memory."""
    max_concurrency: int = 1024
    """Requests at a time, for each worker; more are refused with 503."""
    max_rounds: int = 5
    """How often a model may ask for originals within one request."""
    connect_seconds: float = 10.0
    """How long to wait for a connection to an upstream. Answers may take as long as they like."""
    grace_seconds: int = 60
    """How long streams may go on after the proxy was told to stop."""
    workers: int = 1
    """Processes that share the port and the store."""
    access_log: AccessLog = "text"
    """How each request is logged, without any of its content."""

    def __post_init__(self) -> None:
        for name in ("upstream_openai", "upstream_anthropic"):
            _require_url(name, getattr(self, name))
        if self.via:
            _require_url("via", self.via)
        _require_between("port", self.port, 0, 65_535)
        for name in ("max_body_bytes", "max_concurrency", "max_rounds", "grace_seconds", "workers"):
            _require_between(name, getattr(self, name), 1, None)
        _require_between("max_rewrite_bytes", self.max_rewrite_bytes, 0, None)
        if not self.connect_seconds > 0:
            raise ConfigError(f"`connect_seconds` must be above 0, got {self.connect_seconds!r}")
        if self.access_log not in get_args(AccessLog):
            raise ConfigError(
                f"`access_log` must be one of {get_args(AccessLog)}, got {self.access_log!r}"
            )
        self._check_access()
        self._check_store()

    @property
    def is_open(self) -> bool:
        """Whether others than this machine can reach the proxy."""
        return not _is_loopback(self.host)

    def _check_access(self) -> None:
        if self.is_open and not self.token:
            raise ConfigError(
                f"`host` is {self.host!r}, which other machines can reach, so a `token` is needed:"
                " set `--token` or `HEADROOM_PROXY_TOKEN`, or listen on 127.0.0.1"
            )
        if self.token and (len(self.token) < LEAST_TOKEN or not _is_plain(self.token)):
            raise ConfigError(
                f"`token` must have at least {LEAST_TOKEN} letters, digits, `-` or `_`; try"
                " `openssl rand -hex 16`"
            )
        for origin in self.allow_origins:
            if origin == "*":
                raise ConfigError("`allow_origins` must name each origin; `*` would let any in")

    def _check_store(self) -> None:
        if self.workers > 1 and self.compression.store_settings().url.startswith(MEMORY):
            raise ConfigError("`workers` share originals through a file; `store` is in memory")


PROXY_SETTING_NAMES = tuple(each.name for each in fields(ProxySettings))


def parse_url(name: str, url: str) -> SplitResult:
    """Read a base URL. Raises `ConfigError` for what is none."""
    try:
        parsed = urlsplit(url)
        named = parsed.scheme in {"http", "https"} and bool(parsed.hostname)
        named = named and (parsed.port or 1) > 0
    except ValueError:
        named, parsed = False, urlsplit("")
    if not named:
        raise ConfigError(f"`{name}` must be a URL such as 'https://host/v1', got {url!r}")
    return parsed


def _require_url(name: str, url: str) -> None:
    parsed = parse_url(name, url)
    if name != "via" and (parsed.query or parsed.fragment or parsed.username or parsed.password):
        raise ConfigError(f"`{name}` must have no credentials, `?` or `#`, got {url!r}")


def _require_between(name: str, value: object, least: int, most: int | None) -> None:
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
    if not fits or (most is not None and isinstance(value, int) and value > most):
        upper = "" if most is None else f" and at most {most}"
        raise ConfigError(
            f"`{name}` must be a whole number of at least {least}{upper}, got {value!r}"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_plain(token: str) -> bool:
    return token.isascii() and token.replace("-", "").replace("_", "").isalnum()
