"""Which upstream a request goes to: decided by its path and its shape, fixed by the settings.

No header and no part of a path can name a host: a client chooses between the upstreams that the
operator has set, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import httpx2

from headroom_core.errors import ConfigError
from headroom_proxy.headers import value_of
from headroom_proxy.routes import route_name
from headroom_proxy.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_proxy.settings import ProxySettings

Provider = Literal["openai", "anthropic"]

_PREFIX = b"/v1"
_ANTHROPIC_PATHS = (b"/messages", b"/complete")
_ANTHROPIC_HEADERS = frozenset({b"anthropic-version", b"anthropic-beta"})
_ANTHROPIC_CLIENTS = (b"claude", b"anthropic")
"""What the user agents of Anthropic's own clients start with, in lower case."""
_PROBE = (b"/", b"bun/")
"""Claude Code asks for `HEAD /` before anything else, with the user agent of what it runs on."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """One provider: its origin, and the path that its base URL has."""

    provider: Provider
    url: str
    """Scheme, host and port."""
    host: bytes
    """What the `host` header says."""
    origin: httpx2.URL
    """The same, read once for all requests."""
    base: bytes
    """The path in front of every other path, without a slash at its end."""

    def target(self, path: bytes, query: bytes) -> bytes:
        """The path and query to ask for: the client's own bytes behind the base.

        A base URL stands for what an SDK has in front of `/chat/completions`, so it replaces the
        client's `/v1` where it has a path of its own and the API is OpenAI's.
        """
        base = self.base
        under_v1 = path == _PREFIX or path.startswith(_PREFIX + b"/")
        if base and under_v1 and (self.provider == "openai" or base.endswith(_PREFIX)):
            path = path[len(_PREFIX) :]
        return base + path + (b"?" + query if query else b"")


class Upstreams:
    """The upstreams of the settings."""

    def __init__(self, settings: ProxySettings) -> None:
        self.openai: Upstream = _upstream("openai", settings.upstream_openai)
        self.anthropic: Upstream = _upstream("anthropic", settings.upstream_anthropic)

    def choose(self, path: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Upstream:
        """The upstream of a request. What looks like none of them goes to the OpenAI one."""
        under = path.removeprefix(_PREFIX)
        for known in _ANTHROPIC_PATHS:
            if under == known or under.startswith(known + b"/"):
                return self.anthropic
        if any(name in _ANTHROPIC_HEADERS for name, _ in headers):
            return self.anthropic
        is_of_an_api = path.startswith(_PREFIX + b"/") or route_name(path) != "other"
        if not is_of_an_api and _is_from_anthropic_client(path, headers):
            return self.anthropic
        return self.openai


def _is_from_anthropic_client(path: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a request that is about no API of a model comes from who speaks to Anthropic.

    Its key or its name says so. Paths of an API are left to say it themselves, since servers with
    OpenAI's API may take such a key too.
    """
    if value_of(headers, b"x-api-key") is not None:
        return True
    agent = (value_of(headers, b"user-agent") or b"").lower()
    is_probe = path == _PROBE[0] and agent.startswith(_PROBE[1])
    return is_probe or agent.startswith(_ANTHROPIC_CLIENTS)


def _upstream(provider: Provider, url: str) -> Upstream:
    parsed = parse_url(f"upstream_{provider}", url)
    origin = f"{parsed.scheme}://{parsed.netloc}"
    try:
        read = httpx2.URL(origin)
    except httpx2.InvalidURL as exc:
        raise ConfigError(f"`upstream_{provider}` must be a URL, got {url!r}: {exc}") from exc
    return Upstream(
        provider,
        origin,
        parsed.netloc.encode("idna" if not parsed.netloc.isascii() else "ascii"),
        read,
        parsed.path.rstrip("/").encode(),
    )
