"""An upstream that sends bytes as they are written here, wrong ones too."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

Script = Callable[["Conversation"], None]


@dataclass(slots=True)
class RawUpstream:
    """What came in, byte for byte."""

    url: str
    requests: list[bytes] = field(default_factory=list[bytes], repr=False)
    was_left: Event = field(default_factory=Event)
    """Set when the other side has closed a connection in the middle of an answer."""


class Conversation:
    """One request on one connection."""

    def __init__(self, conn: socket.socket, request: bytes, upstream: RawUpstream) -> None:
        self.request = request
        self._conn = conn
        self._upstream = upstream

    def send(self, raw: bytes) -> None:
        self._conn.sendall(raw)

    def send_json(self, raw: bytes, status: bytes = b"200 OK", *headers: bytes) -> None:
        lines = [b"HTTP/1.1 " + status, b"content-type: application/json", *headers]
        lines.append(b"content-length: %d" % len(raw))
        self.send(b"\r\n".join([*lines, b"", raw]))

    def send_chunk(self, raw: bytes) -> None:
        self.send(b"%x\r\n%s\r\n" % (len(raw), raw))

    def wait_until_left(self) -> None:
        """Wait for the other side to close."""
        self._conn.settimeout(20)
        with suppress(OSError):
            if self._conn.recv(1) == b"":
                self._upstream.was_left.set()

    def reset(self) -> None:
        """Close as a machine does that has crashed."""
        self._conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._conn.close()


@contextmanager
def raw_serving(script: Script) -> Generator[RawUpstream]:
    """Serve until the block ends: one thread a connection, kept open between requests."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    upstream = RawUpstream(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def accept() -> None:
        with suppress(OSError):
            while True:
                conn, _ = listener.accept()
                Thread(target=_talk, args=(conn, script, upstream), daemon=True).start()

    Thread(target=accept, daemon=True).start()
    try:
        yield upstream
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _talk(conn: socket.socket, script: Script, upstream: RawUpstream) -> None:
    with suppress(OSError), conn:
        while request := read_request(conn):
            upstream.requests.append(request)
            script(Conversation(conn, request, upstream))


def read_request(conn: socket.socket) -> bytes:
    """One request, its body as it was framed; nothing when the other side has closed."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        chunk = conn.recv(65_536)
        if not chunk:
            return b""
        raw += chunk
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    fields = {name.strip(): value.strip() for name, _, value in lines}
    if fields.get(b"transfer-encoding") == b"chunked":
        while not (b"\r\n" + body).endswith(b"\r\n0\r\n\r\n"):
            body += _more(conn)
    else:
        while len(body) < int(fields.get(b"content-length", b"0")):
            body += _more(conn)
    return head + b"\r\n\r\n" + body


def _more(conn: socket.socket) -> bytes:
    chunk = conn.recv(65_536)
    if not chunk:
        raise OSError("the request broke off")
    return chunk


def head_and_body(raw: bytes) -> tuple[list[bytes], bytes]:
    """The lines of a head, and the body behind it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body
