"""Who is let in: the token, the names of this machine, and web pages."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import httpx2
import pytest

from headroom_core.errors import ConfigError
from headroom_proxy import ProxySettings
from tests.proxy.raw import Conversation, RawUpstream, raw_serving
from tests.proxy.running import Running, exchanged, proxying

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "s3cret-token-of-the-proxy"
BASIC = b64encode(f"user:{TOKEN}".encode()).decode()
ROUTES = [
    "/health",
    "/livez",
    "/readyz",
    "/stats",
    "/metrics",
    "/demo",
    "/v1/compress",
    "/v1/retrieve/0123456789abcdef",
    "/v1/models",
    "/anything",
]


def answer(conversation: Conversation) -> None:
    conversation.send_json(b"{}")


@pytest.fixture(scope="module")
def upstream() -> Iterator[RawUpstream]:
    with raw_serving(answer) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(upstream: RawUpstream) -> Iterator[Running]:
    with proxying(upstream.url, token=TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def plain(upstream: RawUpstream) -> Iterator[Running]:
    with proxying(
        upstream.url, allow_hosts=("gateway.internal",), allow_origins=("app://editor",)
    ) as running:
        yield running


@pytest.mark.requirement("proxy.token")
@pytest.mark.parametrize("route", ROUTES)
def test_every_route_wants_the_token(guarded: Running, route: str) -> None:
    for headers in (
        {},
        {"x-headroom-token": TOKEN[:-1]},
        {"x-headroom-token": ""},
        {"proxy-authorization": "Bearer wrong"},
        {"proxy-authorization": "Basic !!!"},
        {"proxy-authorization": TOKEN},
    ):
        assert httpx2.get(guarded.url + route, headers=headers).status_code == 401
    assert httpx2.get(f"{guarded.url}/token/wrong{route}").status_code == 401
    assert httpx2.get(guarded.url + route, headers={"x-headroom-token": TOKEN}).status_code != 401


@pytest.mark.requirement("proxy.token")
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/models", {"x-headroom-token": TOKEN}),
        ("/v1/models", {"proxy-authorization": f"Bearer {TOKEN}"}),
        ("/v1/models", {"proxy-authorization": f"Basic {BASIC}"}),
        (f"/token/{TOKEN}/v1/models", {}),
    ],
)
def test_the_token_travels_where_a_client_can_put_it_and_no_further(
    guarded: Running, upstream: RawUpstream, path: str, headers: dict[str, str]
) -> None:
    key = {"authorization": "Bearer sk-of-the-client"}

    assert httpx2.get(guarded.url + path, headers=headers | key).status_code == 200

    sent = upstream.requests[-1]
    assert sent.startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert b"authorization: Bearer sk-of-the-client" in sent
    assert TOKEN.encode() not in sent
    assert BASIC.encode() not in sent


def test_authorization_is_the_token_only_where_nothing_goes_upstream(guarded: Running) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}

    assert httpx2.get(f"{guarded.url}/stats", headers=headers).status_code == 200
    assert httpx2.get(f"{guarded.url}/v1/models", headers=headers).status_code == 401


@pytest.mark.requirement("proxy.rebinding")
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1:80", "[::2]"])
@pytest.mark.parametrize("route", ["/stats", "/v1/models", "/v1/compress"])
def test_other_names_than_ours_are_refused(plain: Running, host: str, route: str) -> None:
    assert httpx2.get(plain.url + route, headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8787", "[::1]:8787", "gateway.internal."]
)
def test_our_names_are_let_in(plain: Running, host: str) -> None:
    assert httpx2.get(f"{plain.url}/stats", headers={"host": host}).status_code == 200


@pytest.mark.requirement("proxy.rebinding")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_web_pages_are_refused(
    plain: Running, upstream: RawUpstream, headers: dict[str, str]
) -> None:
    before = len(upstream.requests)
    for method in ("GET", "POST", "OPTIONS"):
        response = httpx2.request(method, f"{plain.url}/v1/models", headers=headers)

        assert response.status_code == 403
        assert not [name for name in response.headers if name.startswith("access-control")]
    assert len(upstream.requests) == before


def test_an_origin_that_was_allowed_is_let_in(plain: Running) -> None:
    headers = {"origin": "app://editor", "sec-fetch-site": "cross-site"}

    assert httpx2.get(f"{plain.url}/v1/models", headers=headers).status_code == 200


def test_it_is_no_forward_proxy(plain: Running, upstream: RawUpstream) -> None:
    before = len(upstream.requests)
    for target in (b"http://evil.example/v1/models", b"*"):
        raw = b"OPTIONS " + target + b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"

        assert exchanged(plain.port, raw).startswith(b"HTTP/1.1 400")
    assert len(upstream.requests) == before


@pytest.mark.requirement("proxy.fixed_upstream")
@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example"},
        {"x-headroom-upstream": "http://evil.example"},
        {"x-original-url": "http://evil.example/"},
        {"forwarded": "host=evil.example"},
    ],
)
def test_no_header_chooses_the_upstream(
    plain: Running, upstream: RawUpstream, headers: dict[str, str]
) -> None:
    for path in ("/v1/models", "//evil.example/x", "/v1/%2e%2e/@evil.example"):
        before = len(upstream.requests)

        assert httpx2.get(plain.url + path, headers=headers).status_code == 200
        assert len(upstream.requests) == before + 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "gateway.example"])
def test_a_host_that_others_can_reach_needs_a_token(host: str) -> None:
    with pytest.raises(ConfigError, match="token"):
        ProxySettings(host=host)

    assert ProxySettings(host=host, token=TOKEN).is_open


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost"])
def test_the_loopback_address_needs_none(host: str) -> None:
    assert not ProxySettings(host=host).is_open


def test_the_token_is_not_shown() -> None:
    assert TOKEN not in repr(ProxySettings(token=TOKEN))
