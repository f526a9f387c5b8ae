"""Faults on either side: nothing hangs, nothing is mixed up, and the client sees what it would."""

from __future__ import annotations

import asyncio
import json
import socket
from threading import Barrier
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.proxy.raw import Conversation, RawUpstream, raw_serving
from tests.proxy.running import eventually, exchanged, proxying

if TYPE_CHECKING:
    from collections.abc import Callable

EVENT_STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
)
ASK = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
PATHS = ("/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/embeddings")


@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"500 Oh", b"529 Overloaded"])
@pytest.mark.parametrize("path", PATHS)
def test_errors_of_the_upstream_are_passed_on(path: str, status: bytes) -> None:
    body = b'{"type": "error",  "error": {"type": "x", "message": "\\u00e9 1.0"}}'

    def script(conversation: Conversation) -> None:
        conversation.send_json(body, status, b"retry-after: 3", b"request-id: r1")

    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        response = httpx2.post(proxy.url + path, json=ASK)

    assert response.status_code == int(status[:3])
    assert response.content == body
    assert (response.headers["retry-after"], response.headers["request-id"]) == ("3", "r1")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("path", PATHS)
def test_an_upstream_that_is_not_there_is_an_error_in_the_shape_of_the_api(path: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with proxying(f"http://127.0.0.1:{port}") as proxy:
        response = httpx2.post(proxy.url + path, json=ASK)

    assert response.status_code == 502
    assert response.headers["x-headroom-error"] == "true"
    assert (
        "headroom proxy: no answer from the upstream"
        in json.loads(response.content)["error"]["message"]
    )


@pytest.mark.parametrize("answer", [b"", b"not http at all\r\n\r\n", b"HTTP/1.1 20"])
def test_an_upstream_that_speaks_no_http_is_an_error(answer: bytes) -> None:
    def script(conversation: Conversation) -> None:
        conversation.send(answer)
        conversation.reset()

    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        assert httpx2.post(f"{proxy.url}/v1/chat/completions", json=ASK).status_code == 502


def reset(conversation: Conversation) -> None:
    conversation.reset()


def close(conversation: Conversation) -> None:
    raise OSError


@pytest.mark.parametrize("end", [reset, close])
@pytest.mark.parametrize("path", PATHS)
def test_a_stream_that_breaks_off_breaks_off_for_the_client(
    path: str, end: Callable[[Conversation], None]
) -> None:
    half = b'event: message_start\ndata: {"type": "mess'

    def script(conversation: Conversation) -> None:
        conversation.send(EVENT_STREAM + b"\r\n")
        conversation.send_chunk(b"data: 1\n\n")
        conversation.send_chunk(half)
        end(conversation)

    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        raw = json.dumps(ASK).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        got = exchanged(proxy.port, head.encode() + b"content-length: %d\r\n\r\n" % len(raw) + raw)

    assert b"data: 1\n\n" in got
    assert half in got
    assert not got.endswith(b"0\r\n\r\n")


def test_a_response_shorter_than_it_said_is_one_for_the_client() -> None:
    def script(conversation: Conversation) -> None:
        conversation.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        conversation.reset()

    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        got = exchanged(proxy.port, b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n")

    assert b"content-length: 100" in got


@pytest.mark.parametrize("after", [b"", EVENT_STREAM + b"\r\n8\r\ndata: 1\n\r\n"])
def test_a_client_that_leaves_closes_the_upstream(after: bytes) -> None:
    """Before the answer has begun, and in the middle of it."""

    def script(conversation: Conversation) -> None:
        conversation.send(after)
        conversation.wait_until_left()

    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        raw = json.dumps(ASK).encode()
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
        head += b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(raw)
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as conn:
            conn.sendall(head + raw)
            eventually(lambda: upstream.requests)
            if after:
                assert conn.recv(5) == b"HTTP/"
        assert upstream.was_left.wait(20)
        faults = proxy.stats()["faults"]

    assert faults == {"client_left": 1}


def test_a_client_that_leaves_in_its_upload_closes_the_upstream() -> None:
    with (
        raw_serving(lambda conversation: conversation.send_json(b"{}")) as upstream,
        proxying(upstream.url) as proxy,
    ):
        head = b"POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as conn:
            conn.sendall(head + b"x" * 70_000)
        eventually(lambda: "client_left" in proxy.stats()["faults"])

    assert upstream.requests == []


def test_a_slow_client_slows_the_upstream_and_loses_nothing() -> None:
    size, piece = 400, b"x" * 65_536
    sent: list[int] = []

    def script(conversation: Conversation) -> None:
        conversation.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (size * len(piece)))
        for number in range(size):
            conversation.send(piece)
            sent.append(number)

    with (
        raw_serving(script) as upstream,
        proxying(upstream.url) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as conn,
    ):
        conn.sendall(b"GET /v1/files/f HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        got = len(conn.recv(1))
        before = -1
        while len(sent) > before:  # until nothing moves: all buffers on the way are full
            before = len(sent)
            httpx2.get(f"{proxy.url}/livez")
        held_back = before < size
        while chunk := conn.recv(1_000_000):
            got += len(chunk)

    assert held_back
    assert got > size * len(piece)


@pytest.mark.parametrize("route", ["/v1/files", "/v1/chat/completions"])
def test_too_large_is_refused_and_the_upstream_left_alone(route: str) -> None:
    with (
        raw_serving(lambda conversation: conversation.send_json(b"{}")) as upstream,
        proxying(upstream.url, max_body_bytes=10_000) as proxy,
    ):
        headers = {"content-type": "application/json"}
        refused = httpx2.post(proxy.url + route, content=b"[" * 10_001, headers=headers)
        fits = httpx2.post(proxy.url + route, content=b"[" * 10_000, headers=headers)

    assert (refused.status_code, fits.status_code) == (413, 200)
    assert [len(each.partition(b"\r\n\r\n")[2]) for each in upstream.requests] == [10_000]


def wait_for(upstream: RawUpstream, requests: int) -> None:
    while len(upstream.requests) < requests:
        pass


def test_more_requests_at_a_time_than_allowed_are_refused() -> None:
    def script(conversation: Conversation) -> None:
        conversation.wait_until_left()

    async def ask(url: str) -> int:
        async with httpx2.AsyncClient(base_url=url, timeout=20) as client:
            waiting = [asyncio.create_task(client.post(PATHS[0], json=ASK)) for _ in range(2)]
            await asyncio.to_thread(wait_for, upstream, 2)
            response = await client.post(PATHS[0], json=ASK)
            for each in waiting:
                each.cancel()
            assert response.headers["retry-after"] == "1"
            return response.status_code

    with raw_serving(script) as upstream, proxying(upstream.url, max_concurrency=2) as proxy:
        assert asyncio.run(ask(proxy.url)) == 503


STREAMS = 1_000
FILES = 5 * STREAMS
"""Both ends of both connections of each stream are in this process."""


@pytest.fixture
def many_files() -> None:
    """Room for as many open files as the test needs, where the system allows it."""
    resource = pytest.importorskip("resource", reason="there is no such limit on Windows")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY not in {soft, hard} and hard < FILES:
        pytest.skip(f"the limit of open files is {hard}")
    if soft != resource.RLIM_INFINITY and soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


@pytest.mark.usefixtures("many_files")
def test_a_thousand_streams_at_a_time_are_not_mixed_up() -> None:
    all_have_begun = Barrier(STREAMS)

    def script(conversation: Conversation) -> None:
        name = conversation.request.partition(b"x-name: ")[2].partition(b"\r\n")[0]
        conversation.send(EVENT_STREAM + b"\r\n")
        conversation.send_chunk(b"data: %s 0\n\n" % name)
        all_have_begun.wait(300)
        for number in range(1, 3):
            conversation.send_chunk(b"data: %s %d\n\n" % (name, number))
        conversation.send(b"0\r\n\r\n")

    async def ask(port: int, name: str) -> bytes:
        body = json.dumps(ASK).encode()
        head = (
            f"POST {PATHS[0]} HTTP/1.1\r\nhost: localhost\r\nx-name: {name}\r\n"
            "connection: close\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
        return answer

    async def ask_all(port: int) -> list[bytes]:
        asking = (ask(port, f"n{number}") for number in range(STREAMS))
        return await asyncio.wait_for(asyncio.gather(*asking), 300)

    with raw_serving(script) as upstream, proxying(upstream.url) as proxy:
        answers = asyncio.run(ask_all(proxy.port))

    for number, answer in enumerate(answers):
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        events = [f"data: n{number} {at}\n\n".encode() for at in range(3)]
        assert unchunked(body) == b"".join(events)


def unchunked(body: bytes) -> bytes:
    """A body without the sizes of its chunks, which has to have an end."""
    out = b""
    while not body.startswith(b"0\r\n\r\n"):
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        out, body = out + rest[:length], rest[length + 2 :]
    return out
