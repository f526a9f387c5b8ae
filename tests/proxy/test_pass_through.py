"""What is not to be touched goes through byte for byte, both ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proxy.raw import Conversation, RawUpstream, head_and_body, raw_serving
from tests.proxy.running import Running, exchanged, proxying

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERS: dict[bytes, bytes] = {}
"""What the upstream answers, by the value of a header of the request."""


def answer(conversation: Conversation) -> None:
    lines, _ = head_and_body(conversation.request)
    key = next((line[7:] for line in lines if line.startswith(b"x-key: ")), b"")
    conversation.send(ANSWERS.get(key, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))


@pytest.fixture(scope="module")
def upstream() -> Iterator[RawUpstream]:
    with raw_serving(answer) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(upstream: RawUpstream) -> Iterator[Running]:
    with proxying(upstream.url) as running:
        yield running


def lines_but_host(raw: bytes) -> list[bytes]:
    return [line for line in head_and_body(raw)[0][1:] if not line.lower().startswith(b"host:")]


def test_the_request_arrives_as_it_was_sent(proxy: Running, upstream: RawUpstream) -> None:
    raw = (
        b"POST /v1/files/a%2Fb%7e//c?x=1&x=2&y=%20+%zz HTTP/1.1\r\nhost: localhost\r\n"
        b"x-twice: b\r\nauthorization: Bearer k\r\nx-twice: a\r\nx-empty: \r\n"
        b"content-length: 5\r\ncontent-type: text/x\r\nuser-agent: one\r\n\r\n\0\xff\r\n!"
    )

    exchanged(proxy.port, raw, until=b"ok")

    got = upstream.requests[-1]
    assert head_and_body(got)[0][0] == b"POST /v1/files/a%2Fb%7e//c?x=1&x=2&y=%20+%zz HTTP/1.1"
    assert lines_but_host(got) == [
        b"x-twice: b",
        b"authorization: Bearer k",
        b"x-twice: a",
        b"x-empty: ",
        b"content-length: 5",
        b"content-type: text/x",
        b"user-agent: one",
    ]
    assert head_and_body(got)[1] == b"\0\xff\r\n!"
    assert f"host: {upstream.url[7:]}".encode() in got


def test_the_response_arrives_as_it_was_sent(proxy: Running) -> None:
    ANSWERS[b"response"] = (
        b"HTTP/1.1 529 \r\nX-Request-Id: r\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"anthropic-ratelimit-tokens-remaining: 5\r\nretry-after: 7\r\ndate: then\r\n"
        b"content-encoding: gzip\r\nserver: theirs\r\ncontent-length: 9\r\n\r\nnot\0gzip!"
    )

    got = exchanged(
        proxy.port, b"GET /v1/x HTTP/1.1\r\nhost: localhost\r\nx-key: response\r\n\r\n", until=b"!"
    )

    lines, body = head_and_body(got)
    assert lines == [
        b"HTTP/1.1 529 ",
        b"X-Request-Id: r",
        b"set-cookie: a=1",
        b"Set-Cookie: b=2",
        b"anthropic-ratelimit-tokens-remaining: 5",
        b"retry-after: 7",
        b"date: then",
        b"content-encoding: gzip",
        b"server: theirs",
        b"content-length: 9",
    ]
    assert body == b"not\0gzip!"


def test_what_belongs_to_one_connection_or_to_us_stays_here(
    proxy: Running, upstream: RawUpstream
) -> None:
    raw = (
        b"GET /v1/x HTTP/1.1\r\nhost: localhost\r\nconnection: x-private, keep-alive\r\n"
        b"x-private: 1\r\nkeep-alive: 5\r\nte: trailers\r\nproxy-authorization: Basic eDp5\r\n"
        b"x-headroom-bypass: true\r\nX-Headroom-Token: t\r\nx-mine: 1\r\n\r\n"
    )

    exchanged(proxy.port, raw, until=b"ok")

    assert lines_but_host(upstream.requests[-1]) == [b"x-mine: 1"]


def test_headers_of_the_upstreams_connection_stay_there(proxy: Running) -> None:
    ANSWERS[b"hops"] = (
        b"HTTP/1.1 200 OK\r\nconnection: x-private\r\nx-private: 1\r\nkeep-alive: 5\r\n"
        b"proxy-authenticate: Basic\r\nx-theirs: 1\r\ntransfer-encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\nx-trailer: 1\r\n\r\n"
    )

    response = httpx2.get(f"{proxy.url}/v1/x", headers={"x-key": "hops"})

    assert dict(response.headers) == {"x-theirs": "1", "transfer-encoding": "chunked"}
    assert response.content == b"abc"


@pytest.mark.requirement("proxy.untouched")
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    headers=st.lists(
        st.tuples(
            st.from_regex(r"x-[a-z0-9!#$%&'*+.^_`|~-]{1,12}", fullmatch=True),
            st.from_regex(r"([!-~]([ -~]{0,20}[!-~])?)?", fullmatch=True),
        ).filter(lambda pair: not pair[0].startswith(("x-headroom-", "x-key"))),
        max_size=8,
    ),
    body=st.binary(max_size=3_000) | st.just(b'{"messages": [}') | st.just(b"{}"),
    path=st.sampled_from(["/v1/chat/completions", "/v1/messages", "/v1/files", "/x/y"]),
    query=st.from_regex(r"[a-z0-9=&%+.~-]{0,20}", fullmatch=True),
    status=st.sampled_from([200, 201, 400, 404, 429, 500, 529, 599]),
    chunked=st.booleans(),
)
def test_anything_goes_through_both_ways(  # noqa: PLR0917 - what a request and a response have
    proxy: Running,
    upstream: RawUpstream,
    headers: list[tuple[str, str]],
    body: bytes,
    path: str,
    query: str,
    status: int,
    chunked: bool,
) -> None:
    fields = [f"{name}: {value}".encode() for name, value in headers]
    framing, framed = _framed(body, chunked=chunked)
    ANSWERS[b"any"] = b"\r\n".join(
        [b"HTTP/1.1 %d " % status, *fields, b"x-last: 1", framing, b"", framed]
    )
    target = f"{path}?{query}" if query else path
    head = [f"POST {target} HTTP/1.1".encode(), b"host: localhost", b"x-key: any", *fields]
    raw = b"\r\n".join([*head, b"content-type: application/json", framing, b"connection: close"])

    got = exchanged(proxy.port, raw + b"\r\n\r\n" + framed)

    lines, sent = head_and_body(upstream.requests[-1])
    assert lines[0] == head[0]
    assert [line for line in lines[2:] if b": any" not in line][: len(fields)] == fields
    assert _unframed(sent, chunked=b"transfer-encoding: chunked" in lines) == body
    lines, returned = head_and_body(got)
    assert lines[0].startswith(b"HTTP/1.1 %d " % status)
    assert lines[1 : len(fields) + 2] == [*fields, b"x-last: 1"]
    assert _unframed(returned, chunked=b"Transfer-Encoding: chunked" in lines) == body


def _framed(body: bytes, *, chunked: bool) -> tuple[bytes, bytes]:
    if not chunked:
        return b"content-length: %d" % len(body), body
    middle = len(body) // 2
    parts = [part for part in (body[:middle], body[middle:]) if part]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"transfer-encoding: chunked", chunks + b"0\r\n\r\n"


def _unframed(raw: bytes, *, chunked: bool) -> bytes:
    body = b""
    while chunked:
        size, _, raw = raw.partition(b"\r\n")
        if size == b"0":
            return body
        body, raw = body + raw[: int(size, 16)], raw[int(size, 16) + 2 :]
    return raw


def test_http_1_0_and_pipelined_requests_are_answered_in_order(proxy: Running) -> None:
    for name in (b"one", b"two"):
        ANSWERS[name] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n" + name
    first = b"GET /v1/x HTTP/1.1\r\nhost: localhost\r\nx-key: one\r\n\r\n"

    piped = exchanged(proxy.port, first + first.replace(b"one", b"two"), until=b"two")
    old = exchanged(proxy.port, b"GET /v1/x HTTP/1.0\r\nx-key: one\r\n\r\n")

    assert piped.count(b"200") == 2
    assert piped.index(b"\r\n\r\none") < piped.index(b"\r\n\r\ntwo")
    assert old.endswith(b"\r\n\r\none")


def test_head_and_empty_answers_have_no_body(proxy: Running) -> None:
    ANSWERS[b"head"] = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n"
    ANSWERS[b"none"] = b"HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n"

    head = httpx2.head(f"{proxy.url}/v1/x", headers={"x-key": "head"})
    none = httpx2.delete(f"{proxy.url}/v1/x", headers={"x-key": "none"})

    assert head.headers["content-length"] == "500"
    assert (none.status_code, none.content) == (204, b"")


def test_a_request_without_accept_encoding_gets_none(proxy: Running, upstream: RawUpstream) -> None:
    exchanged(proxy.port, b"GET /v1/x HTTP/1.1\r\nhost: localhost\r\n\r\n", until=b"ok")

    assert b"accept-encoding" not in upstream.requests[-1].lower()


def test_expect_continue_is_answered_here(proxy: Running, upstream: RawUpstream) -> None:
    raw = b"POST /v1/x HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 2\r\n"

    got = exchanged(proxy.port, raw + b"\r\nhi", until=b"ok")

    assert got.startswith(b"HTTP/1.1 100")
    assert b"expect" not in upstream.requests[-1]
    assert upstream.requests[-1].endswith(b"hi")


def test_a_large_upload_streams_through(proxy: Running, upstream: RawUpstream) -> None:
    body = bytes(range(256)) * 8_000

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(body), 100_000):
            yield body[at : at + 100_000]

    response = httpx2.post(f"{proxy.url}/v1/files", content=pieces())

    assert response.text == "ok"
    assert _unframed(head_and_body(upstream.requests[-1])[1], chunked=True) == body


def test_json_of_ours_is_the_shape_of_the_api(upstream: RawUpstream) -> None:
    with proxying(upstream.url, max_body_bytes=1_000, max_rewrite_bytes=100) as proxy:
        large = {"x": "y" * 2_000}
        chat = httpx2.post(f"{proxy.url}/v1/chat/completions", json=large)
        messages = httpx2.post(f"{proxy.url}/v1/messages", json=large)

    assert (chat.status_code, messages.status_code) == (413, 413)
    assert json.loads(chat.content)["error"]["type"] == "request_too_large"
    assert json.loads(messages.content)["type"] == "error"


def test_what_is_too_large_to_be_rewritten_streams_through(upstream: RawUpstream) -> None:
    body = json.dumps({"messages": [{"role": "tool", "content": "line\n" * 90_000}]}).encode()
    headers = {"content-type": "application/json"}

    with proxying(upstream.url, max_rewrite_bytes=1_000) as proxy:
        response = httpx2.post(f"{proxy.url}/v1/chat/completions", content=body, headers=headers)

    assert response.text == "ok"
    assert head_and_body(upstream.requests[-1])[1] == body
