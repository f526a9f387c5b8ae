"""WebSockets: frames, handshakes and closes go through in both directions."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from headroom_proxy.sockets import ClientSocket
from tests.proxy.running import PATIENCE, Running, eventually, proxying
from tests.proxy.sockets import socket_serving

if TYPE_CHECKING:
    from collections.abc import Generator

    from websockets.sync.server import ServerConnection

TOKEN = "s3cret-token-of-the-proxy"


def echo(connection: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        for frame in connection:
            connection.send(frame)


@contextmanager
def opened_for_long(upstream: str) -> Generator[ClientConnection]:
    """A socket that is still open when the proxy has stopped."""
    with ExitStack() as stack:
        with proxying(upstream) as proxy:
            client = stack.enter_context(opened(proxy))
            client.send("x")
            client.recv()
        yield client


def opened(proxy: Running, path: str = "/v1/responses", **headers: str) -> ClientConnection:
    return connect(
        f"ws{proxy.url[4:]}{path}",
        additional_headers={name.replace("_", "-"): value for name, value in headers.items()},
        user_agent_header=None,
        subprotocols=[Subprotocol("b"), Subprotocol("a")],
        max_size=None,
        proxy=None,
        open_timeout=PATIENCE,
    )


def test_frames_of_both_kinds_go_through_as_they_are() -> None:
    frames: list[str | bytes] = [
        "",
        "text é",
        '{"type": "unknown",  "x": 1.0}',
        b"\0\xff",
        "y" * 10**6,
    ]

    with socket_serving(echo) as upstream, proxying(upstream.url) as proxy, opened(proxy) as client:
        for frame in frames:
            client.send(frame)
            assert client.recv() == frame


def test_the_handshake_goes_through_without_what_is_ours() -> None:
    with (
        socket_serving(echo, subprotocols=[Subprotocol("a")]) as upstream,
        proxying(upstream.url, token=TOKEN) as proxy,
        opened(
            proxy,
            "/v1/responses?model=a%20b&x",
            authorization="Bearer k",
            x_headroom_token=TOKEN,
            openai_beta="responses_websockets=2026-02-06",
        ) as client,
    ):
        assert client.response is not None
        assert client.response.headers["x-request-id"] == "r1"
        assert client.response.headers["openai-processing-ms"] == "5"
        assert client.subprotocol == "a"

    (request,) = upstream.handshakes
    assert request.path == "/v1/responses?model=a%20b&x"
    assert request.headers["authorization"] == "Bearer k"
    assert request.headers["openai-beta"] == "responses_websockets=2026-02-06"
    assert request.headers["host"] == upstream.url[7:]
    assert not [name for name in request.headers if "headroom" in name or name == "user-agent"]
    assert TOKEN not in str(request)


@pytest.mark.requirement("proxy.token")
def test_a_socket_wants_the_token_too() -> None:
    with socket_serving(echo) as upstream, proxying(upstream.url, token=TOKEN) as proxy:
        for path, headers, status in [
            ("/v1/responses", {}, 401),
            ("/v1/responses", {"x_headroom_token": "wrong"}, 401),
            ("/token/wrong/v1/responses", {}, 401),
            ("/v1/responses", {"x_headroom_token": TOKEN, "origin": "https://evil.example"}, 403),
        ]:
            with pytest.raises(InvalidStatus) as refused:
                opened(proxy, path, **headers)
            assert refused.value.response.status_code == status
        with opened(proxy, f"/token/{TOKEN}/v1/responses") as client:
            client.send("in")
            assert client.recv() == "in"

    assert [each.path for each in upstream.handshakes] == ["/v1/responses"]


def test_a_denial_of_the_upstream_reaches_the_client() -> None:
    with (
        socket_serving(echo, deny=401) as upstream,
        proxying(upstream.url) as proxy,
        pytest.raises(InvalidStatus) as denied,
    ):
        opened(proxy)

    response = denied.value.response
    assert response.status_code == 401
    assert response.headers["x-request-id"] == "r1"
    assert bytes(response.body or b"") == b'{"error": "no key"}'


def test_an_upstream_that_is_not_there_is_a_denial() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with (
        proxying(f"http://127.0.0.1:{port}") as proxy,
        pytest.raises(InvalidStatus) as denied,
    ):
        opened(proxy)

    assert denied.value.response.status_code == 502
    assert "no answer" in json.loads(bytes(denied.value.response.body or b""))["error"]["message"]


def test_a_close_of_the_upstream_reaches_the_client() -> None:
    def leave(connection: ServerConnection) -> None:
        connection.send("last")
        connection.close(4001, "enough")

    with (
        socket_serving(leave) as upstream,
        proxying(upstream.url) as proxy,
        opened(proxy) as client,
    ):
        assert client.recv() == "last"
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "enough")


def test_an_upstream_that_breaks_off_is_told_from_one_that_closes() -> None:
    def crash(connection: ServerConnection) -> None:
        connection.socket.shutdown(socket.SHUT_RDWR)

    with (
        socket_serving(crash) as upstream,
        proxying(upstream.url) as proxy,
        opened(proxy) as client,
    ):
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        faults = proxy.stats()["faults"]

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    assert faults == {"upstream_broke_off": 1}


@pytest.mark.parametrize("code", [1000, 4002])
def test_a_close_of_the_client_reaches_the_upstream(code: int) -> None:
    with socket_serving(echo) as upstream, proxying(upstream.url) as proxy, opened(proxy) as client:
        client.close(code, "done")
        eventually(lambda: upstream.closes)

    assert upstream.closes == [(code, "done")]


def test_a_client_that_crashes_closes_the_upstream() -> None:
    with socket_serving(echo) as upstream, proxying(upstream.url) as proxy, opened(proxy) as client:
        client.socket.shutdown(socket.SHUT_RDWR)
        eventually(lambda: upstream.closes)
        eventually(lambda: proxy.gateway.worker.in_flight == 0)


def test_a_stop_of_the_proxy_ends_sockets() -> None:
    with (
        socket_serving(echo) as upstream,
        opened_for_long(upstream.url) as client,
        pytest.raises(ConnectionClosed),
    ):
        client.recv()
    eventually(lambda: upstream.closes)
    assert len(upstream.closes) == 1


def test_a_socket_on_another_path_is_not_looked_into() -> None:
    frame = '{"type": "response.create",  "input": []}'

    with (
        socket_serving(echo) as upstream,
        proxying(upstream.url) as proxy,
        opened(proxy, "/v1/realtime") as client,
    ):
        client.send(frame)
        assert client.recv() == frame

    assert upstream.handshakes[0].path == "/v1/realtime"


async def test_a_server_that_cannot_answer_a_handshake_closes_it() -> None:
    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    client = ClientSocket({"type": "websocket"}, receive, send)
    await client.deny(401, [], b"")

    assert sent == [{"type": "websocket.close", "code": 1008}]
