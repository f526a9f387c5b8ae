"""A client that costs next to nothing: bytes out over a connection that stays open, bytes in."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_END_OF_CHUNKS = b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Target:
    """A server that was started."""

    port: int
    pid: int

    def resident_mb(self) -> float:
        """The resident memory of its process; 0 where the system does not tell."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return 0.0
        (line,) = [each for each in status.read_text().splitlines() if each.startswith("VmRSS")]
        return round(int(line.split()[1]) / 1024, 1)

    def cpu_ms(self) -> float:
        """What its process has used of a processor so far; a busy machine does not change it."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def posted(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A request, ready to be sent."""
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One connection, one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, target: Target) -> Self:
        """Open one."""
        return cls(*await asyncio.open_connection("127.0.0.1", target.port, limit=2**20))

    async def first_byte(self, raw: bytes) -> float:
        """Seconds until the first byte of the body of the answer, which is read to its end."""
        start = time.perf_counter()
        self._writer.write(raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        first = await self._reader.read(1)
        seconds = time.perf_counter() - start
        await self._rest(head, first)
        return seconds

    async def whole(self, raw: bytes, *, ok: bool = True) -> None:
        """Send a request and read its answer, which is an error where it is not `ok`."""
        self._writer.write(raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        await self._rest(head, b"", ok=ok)

    async def got(self, path: str) -> dict[str, object]:
        """The JSON object under a path."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        found: dict[str, object] = json.loads(await self._reader.readexactly(int(length)))
        return found

    async def left(self, raw: bytes, *, answered: bool) -> None:
        """Send a request and leave: at once, or when the answer has begun."""
        self._writer.write(raw)
        await self._writer.drain()
        if answered:
            await self._reader.readuntil(b"\r\n\r\n")
        self._writer.close()

    def close(self) -> None:
        """Close it."""
        self._writer.close()

    async def _rest(self, head: bytes, first: bytes, *, ok: bool = True) -> None:
        lowered = head.lower()
        assert lowered.startswith(b"http/1.1 200") == ok, head
        if b"transfer-encoding: chunked" in lowered:
            body = first
            while not body.endswith(_END_OF_CHUNKS):
                body = (body + await self._reader.read(2**16))[-len(_END_OF_CHUNKS) :]
            return
        length = lowered.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length) - len(first))
