"""Bodies: encoded, broken, too long, too short, and clients that leave before their end."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from headroom_asgi import CompressionMiddleware, Rewriter
from tests.asgi.apps import a_scope, call, parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Message, Receive, Scope, Send

    from headroom_core.formats import WireFormat
from tests.asgi.test_middleware import JSON, LONG, Echo, an_engine


def deflated(raw: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        (b"gzip", gzip.compress),
        (b"GZIP", gzip.compress),
        (b"deflate", zlib.compress),
        (b"deflate", deflated),
        (b"identity", bytes),
    ],
)
async def test_a_body_may_be_encoded(encoding: bytes, pack: Callable[[bytes], bytes]) -> None:
    echo = Echo()
    digests = [(b"digest", b"x"), (b"content-md5", b"x"), (b"content-digest", b"x")]
    headers = [JSON, (b"content-encoding", encoding), (b"transfer-encoding", b"chunked"), *digests]

    await call(CompressionMiddleware(echo, engine=an_engine()), parts(pack(LONG)), headers=headers)

    assert len(echo.body) < len(LONG)
    assert json.loads(echo.body)["model"] == "m"
    assert echo.headers == {JSON[0]: JSON[1], b"content-length": b"%d" % len(echo.body)}


@pytest.mark.parametrize(
    "raw", [b"garbage", gzip.compress(LONG)[:-9], gzip.compress(LONG) + b"more", b""]
)
async def test_an_encoded_body_that_is_broken_arrives_as_it_came(raw: bytes) -> None:
    echo = Echo()
    headers = [JSON, (b"content-encoding", b"gzip")]

    called = await call(
        CompressionMiddleware(echo, engine=an_engine()), parts(raw), headers=headers
    )

    assert called.body == raw
    assert echo.scopes[0]["headers"] == headers


async def test_a_bomb_is_not_unpacked() -> None:
    echo = Echo()
    raw = gzip.compress(b" " * 10_000_000)
    app = CompressionMiddleware(echo, engine=an_engine(), maximum_size=1_000_000)

    called = await call(app, parts(raw), headers=[JSON, (b"content-encoding", b"deflate")])
    again = await call(app, parts(raw), headers=[JSON, (b"content-encoding", b"gzip")])

    assert called.body == raw
    assert again.body == raw * 2


async def test_a_body_beyond_the_limit_streams_through() -> None:
    echo = Echo()
    messages = parts(LONG, 1_000, 2_000, 3_000)
    app = CompressionMiddleware(echo, engine=an_engine(), maximum_size=1_500)

    called = await call(app, messages)

    assert called.body == LONG
    assert all(a is b for a, b in zip(echo.received, messages, strict=True))


async def test_a_small_body_may_be_left_alone() -> None:
    echo = Echo()
    app = CompressionMiddleware(echo, engine=an_engine(), minimum_size=len(LONG) + 1)

    called = await call(app, parts(LONG))

    assert called.body == LONG
    assert app.savings.requests == 0


@pytest.mark.requirement("asgi.disconnect")
async def test_a_client_that_leaves_in_the_middle_of_its_body_is_seen_to_leave() -> None:
    echo = Echo()
    [first, _] = parts(LONG, 100)

    called = await call(CompressionMiddleware(echo, engine=an_engine()), [first])

    assert echo.saw_disconnect
    assert echo.received == [first]
    assert called.sent == []


async def test_a_client_that_leaves_later_is_seen_to_leave() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"

    await call(CompressionMiddleware(app, engine=an_engine()), parts(LONG))


async def test_what_receive_raises_passes() -> None:
    class TooLargeError(Exception):
        pass

    async def receive() -> Message:
        raise TooLargeError

    async def send(message: Message) -> None: ...

    with pytest.raises(TooLargeError):
        await CompressionMiddleware(Echo(), engine=an_engine())(a_scope(), receive, send)


@pytest.mark.parametrize("size", [0, 10**9])
async def test_a_long_body_is_rewritten_in_a_thread(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    rewrite = Rewriter.rewrite

    def watched(self: Rewriter, raw: bytes, shape: WireFormat, **how: Any) -> object:
        threads.append(threading.current_thread())
        return rewrite(self, raw, shape, **how)

    monkeypatch.setattr(Rewriter, "rewrite", watched)
    app = CompressionMiddleware(Echo(), engine=an_engine(), thread_minimum_size=size)

    await asyncio.gather(*[call(app, parts(LONG)) for _ in range(3)])

    assert {thread is threading.main_thread() for thread in threads} == {size > 0}
    assert app.savings.requests == 3
