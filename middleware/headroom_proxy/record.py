"""What is known of one request when it is over: for the log and the figures. Never any content."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from headroom_proxy.figures import FIRST_BYTE, IN_FLIGHT, REWRITE

if TYPE_CHECKING:
    from headroom_proxy.figures import Figures
    from headroom_proxy.settings import AccessLog

logger: logging.Logger = logging.getLogger("headroom_proxy.access")


class Counted(Protocol):
    """The client's side of a request, which counts."""

    status: int
    bytes_in: int
    bytes_out: int


@dataclass(slots=True)
class Record:
    """One request, from its start to its end."""

    method: str
    route: str
    started: float = field(default_factory=perf_counter)
    upstream: str = ""
    rewrite_seconds: float | None = None
    """How long it took to shorten the request; `None` where that was not tried."""
    first_byte_seconds: float | None = None
    """When the upstream's answer began, counted from the start."""
    tokens_before: int = 0
    tokens_after: int = 0
    retrievals: int = 0
    prefix: str = ""
    guard: str = ""
    """What became of tool calls that carried a note; `left` if one of them could not be mended."""
    fault: str = ""
    """One of a few words for what went wrong."""

    def first_byte(self) -> None:
        """Note that the upstream's answer has begun."""
        if self.first_byte_seconds is None:
            self.first_byte_seconds = perf_counter() - self.started

    def close(self, client: Counted, figures: Figures, style: AccessLog) -> None:
        """Count the request, and log it."""
        figures.add("headroom_requests_total", route=self.route, status=str(client.status))
        figures.add("headroom_bytes_total", client.bytes_in, direction="in")
        figures.add("headroom_bytes_total", client.bytes_out, direction="out")
        figures.add(IN_FLIGHT, -1)
        if self.first_byte_seconds is not None:
            figures.observe(FIRST_BYTE, self.first_byte_seconds)
        if self.rewrite_seconds is not None:
            figures.observe(REWRITE, self.rewrite_seconds)
        if self.fault:
            figures.add("headroom_faults_total", kind=self.fault)
        if style != "off" and logger.isEnabledFor(logging.INFO):
            logger.info("%s", self._line(client, style))

    def _line(self, client: Counted, style: AccessLog) -> str:
        facts: dict[str, object] = {
            "method": self.method,
            "route": self.route,
            "status": client.status,
            "upstream": self.upstream,
            "ms": round((perf_counter() - self.started) * 1000, 1),
            "first_byte_ms": _milliseconds(self.first_byte_seconds),
            "rewrite_ms": _milliseconds(self.rewrite_seconds),
            "bytes_in": client.bytes_in,
            "bytes_out": client.bytes_out,
            "tokens_before": self.tokens_before or None,
            "tokens_after": self.tokens_after or None,
            "retrievals": self.retrievals or None,
            "prefix": self.prefix,
            "write_guard": self.guard,
            "fault": self.fault,
        }
        known = {name: value for name, value in facts.items() if value not in ("", None)}
        if style == "json":
            return json.dumps(known)
        return " ".join(f"{name}={str(value).replace(' ', '_')}" for name, value in known.items())


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
