"""Who may come in: the token, and the checks that keep web pages out.

A web page in the user's browser can send requests to this machine. It cannot set `host` or hide
`origin`, so names that are not ours (DNS rebinding) and origins that nobody allowed are refused.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import TYPE_CHECKING

from headroom_proxy.headers import value_of
from headroom_proxy.routes import own_route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headroom_proxy.settings import ProxySettings

TOKEN_HEADER = b"x-headroom-token"
TOKEN_PATH = b"/token/"
"""For clients that can set nothing but a base URL: `http://HOST:PORT/token/TOKEN/v1`."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FROM_ELSEWHERE = frozenset({b"cross-site", b"same-site"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked for: where, with which headers."""

    method: str
    path: bytes
    """As it was sent, percent signs and all, without a token in front."""
    query: bytes
    headers: list[tuple[bytes, bytes]]
    """In lower case, in their order."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in."""

    status: int
    why: str


class Access:
    """Lets requests in, or says why not."""

    def __init__(self, settings: ProxySettings) -> None:
        self._token = settings.token.encode()
        self._origins = frozenset(each.rstrip("/").encode() for each in settings.allow_origins)
        names = {_bare(name) for name in settings.allow_hosts}
        if not names and self._token:
            self._hosts: frozenset[str] | None = None  # who has the token is no stray web page
        else:
            self._hosts = _LOOPBACK | {_bare(settings.host)} | names

    def check(self, asked: Asked) -> tuple[Asked, Refusal | None]:
        """The request without its token, and why it is refused, if it is."""
        asked, shown = _take_token(asked)
        return asked, self._refusal(asked, shown)

    def _refusal(self, asked: Asked, shown: bytes | None) -> Refusal | None:
        if not asked.path.startswith(b"/"):
            return Refusal(400, "this is a gateway and no forward proxy; set it as a base URL")
        if self._hosts is not None and (host := value_of(asked.headers, b"host")) is not None:
            name = _bare(host.decode("latin-1"))
            if name not in self._hosts:
                return Refusal(403, f"this proxy does not go by the name {name[:100]!r}")
        if not self._is_of_allowed_origin(asked.headers):
            return Refusal(403, "web pages of this origin may not use this proxy")
        own = own_route(asked.path) is not None
        tokens = _tokens(asked.headers, shown, own=own) if self._token else ()
        if self._token and not any(compare_digest(each, self._token) for each in tokens):
            return Refusal(401, "the token of this proxy is missing or wrong")
        return None

    def _is_of_allowed_origin(self, headers: list[tuple[bytes, bytes]]) -> bool:
        origin = value_of(headers, b"origin")
        if origin is not None:
            return origin in self._origins
        return value_of(headers, b"sec-fetch-site") not in _FROM_ELSEWHERE


def _take_token(asked: Asked) -> tuple[Asked, bytes | None]:
    """Split a token off the front of the path."""
    if not asked.path.startswith(TOKEN_PATH):
        return asked, None
    token, slash, rest = asked.path[len(TOKEN_PATH) :].partition(b"/")
    return replace(asked, path=slash + rest or b"/"), token


def _tokens(
    headers: Iterable[tuple[bytes, bytes]], in_path: bytes | None, *, own: bool
) -> Iterable[bytes]:
    """Every token that a request shows, wherever clients are able to put one.

    `authorization` belongs to the upstream, except on routes that never go there.
    """
    if in_path is not None:
        yield in_path
    for name, value in headers:
        if name == TOKEN_HEADER:
            yield value
        elif name == b"proxy-authorization" or (own and name == b"authorization"):
            yield from _credentials(value)


def _credentials(value: bytes) -> Iterable[bytes]:
    """The token of `Bearer TOKEN`, or of `Basic`, where it is the password."""
    scheme, _, rest = value.strip().partition(b" ")
    if scheme.lower() == b"bearer":
        yield rest.strip()
    elif scheme.lower() == b"basic":
        try:
            yield b64decode(rest.strip(), validate=True).partition(b":")[2]
        except ValueError:
            return


def _bare(host: str) -> str:
    """A host without its port, brackets and last dot, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.rstrip(".")
