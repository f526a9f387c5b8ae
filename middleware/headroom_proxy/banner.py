"""What the proxy says when it starts: where to point clients, and what is degraded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_proxy.access import TOKEN_HEADER
from headroom_proxy.status import degraded

if TYPE_CHECKING:
    from headroom_proxy.settings import ProxySettings

_WILDCARDS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - compared with, not listened on


def banner(settings: ProxySettings, *, room: int) -> str:
    """The text. `room` is how many requests at a time the open-files limit allows."""
    at = address(settings)
    lines = [
        f"Headroom proxy on {at}",
        "",
        *_table(
            [
                ("OpenAI", f"{at}/v1  ->  {settings.upstream_openai}"),
                ("Anthropic", f"{at}  ->  {settings.upstream_anthropic}"),
                ("mode", _mode(settings)),
                ("workers", str(settings.workers)),
            ]
        ),
        "",
        "Point clients here:",
        *(f"  export {line}" for line in variables(at)),
        *_about_token(settings),
        "",
        f"See what it does: curl {at}/demo      What it has done: curl {at}/stats",
        *[f"! {each}" for each in _wrong(settings, room)],
    ]
    return "\n".join(lines)


def address(settings: ProxySettings) -> str:
    """Where clients reach the proxy."""
    host = "127.0.0.1" if settings.host in _WILDCARDS else settings.host.strip("[]")
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def variables(at: str) -> list[str]:
    """The environment variables that the common clients read."""
    return [f"OPENAI_BASE_URL={at}/v1", f"ANTHROPIC_BASE_URL={at}"]


def _mode(settings: ProxySettings) -> str:
    mode = settings.compression.mode
    if not settings.retrieval:
        return f"{mode}, lossless forms only"
    return f"{mode}, originals served to models that ask for them"


def _about_token(settings: ProxySettings) -> list[str]:
    if not settings.token:
        return []
    return [
        "",
        f"Every request needs the token: as the header `{TOKEN_HEADER.decode()}`, as",
        f"`Proxy-Authorization: Bearer TOKEN`, or in the URL: {address(settings)}/token/TOKEN/v1",
    ]


def _wrong(settings: ProxySettings, room: int) -> list[str]:
    found = degraded(settings)
    if room < settings.max_concurrency:
        found.append(
            f"the limit of open files has room for {room} requests at a time"
            f" and not for {settings.max_concurrency}; see `ulimit -n`"
        )
    return found


def _table(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"  {name:{width}}  {value}" for name, value in rows]
