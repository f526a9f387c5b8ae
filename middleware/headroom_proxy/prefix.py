"""Why a conversation's prefix changed, so that a prompt cache was missed, if the client did it.

Providers cache a prompt from its start: tools, system text, messages. Each request is compared
with the one before it of the same conversation, by digests; no text is kept. Marks for caches are
not part of what is cached, so moving one is no change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

from headroom_asgi.rewrite import NO_NAMES, Names
from headroom_proxy.fingerprint import Fingerprint, Fingerprints

if TYPE_CHECKING:
    from headroom_core.formats import WireFormat
    from headroom_core.formats.wire import WireObject

Outcome = Literal["new", "extended", "changed"]

MOST_REQUESTS = 512
MOST_BYTES = 16 * 2**20
"""Memory for the digests of those requests."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What became of a prefix."""

    outcome: Outcome
    reason: str = ""
    """Why it changed: one of a few fixed words."""
    place: str = ""
    """Where: the name of a tool, a line of the system text, the number of a message."""
    kept: int = 0
    """How many messages at the start are as they were."""

    def __str__(self) -> str:
        if self.outcome != "changed":
            return self.outcome
        where = f" ({self.place})" if self.place else ""
        return f"changed: {self.reason.replace('_', ' ')}{where}"


class Prefixes:
    """Remembers the latest requests, and compares each with the one that it goes on from."""

    def __init__(self, *, most: int = MOST_REQUESTS, max_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = max_bytes
        self._bytes = 0
        self._fingerprints = Fingerprints()
        self._requests: OrderedDict[int, tuple[str, Fingerprint]] = OrderedDict()
        self._holding: dict[tuple[str, bytes], int] = {}
        self._count = 0
        self._lock = Lock()

    def look(
        self,
        shape: WireFormat,
        body: WireObject,
        namespace: str,
        names: Names = NO_NAMES,
    ) -> Diagnosis:
        """Compare a request with the one that it goes on from, and remember it.

        What of it has a name is known again by that.
        """
        with self._lock:
            new = self._fingerprints.of(shape, body, names)
            found = [
                (compare(self._requests[each][1], new), each)
                for each in self._before(new, namespace)
            ]
            # What was extended, if anything was; else what the most of is still there.
            found.sort(key=lambda pair: (pair[0].outcome == "extended", pair[0].kept, pair[1]))
            diagnosis = Diagnosis("new")
            if found:
                diagnosis, number = found[-1]
                if diagnosis.kept == len(self._requests[number][1].messages):
                    self._forget(number)  # this one says all that the earlier one said
            self._remember(new, namespace)
        return diagnosis

    def _before(self, new: Fingerprint, namespace: str) -> set[int]:
        """The requests that this one may go on from: the latest with each of its messages."""
        holding = [self._holding.get((namespace, digest)) for digest in new.messages]
        return {number for number in holding if number is not None}

    @property
    def max_bytes(self) -> int:
        """What may be remembered of requests, and of their parts."""
        return self._most_bytes + self._fingerprints.max_bytes

    @property
    def bytes_used(self) -> int:
        """What is remembered of them."""
        return self._bytes + self._fingerprints.bytes_used

    def _remember(self, new: Fingerprint, namespace: str) -> None:
        if new.size > self._most_bytes:
            return
        self._count += 1
        self._bytes += new.size
        self._requests[self._count] = (namespace, new)
        for digest in new.messages:
            self._holding[namespace, digest] = self._count
        while len(self._requests) > self._most or self._bytes > self._most_bytes:
            self._forget(next(iter(self._requests)))

    def _forget(self, number: int) -> None:
        namespace, old = self._requests.pop(number)
        self._bytes -= old.size
        for digest in old.messages:
            if self._holding.get((namespace, digest)) == number:
                del self._holding[namespace, digest]


def compare(old: Fingerprint, new: Fingerprint) -> Diagnosis:
    """Tell what of the earlier request is not the start of the later one. The first counts."""
    kept = next(
        (
            at
            for at, (one, other) in enumerate(zip(old.messages, new.messages, strict=False))
            if one != other
        ),
        min(len(old.messages), len(new.messages)),
    )
    reason, place = _of_head(old, new)
    if not reason and kept < len(old.messages):
        shorter = len(new.messages) < len(old.messages)
        reason, place = "messages_removed" if shorter else "message_edited", str(kept)
    return Diagnosis("changed" if reason else "extended", reason, place, kept)


def _of_head(old: Fingerprint, new: Fingerprint) -> tuple[str, str]:
    if old.model != new.model:
        return "model", ""
    if old.tools != new.tools:
        return _of_tools(dict(old.tools), dict(new.tools))
    if old.system.exact != new.system.exact:
        return _of_system(old, new)
    return "", ""


def _of_tools(old: dict[str, bytes], new: dict[str, bytes]) -> tuple[str, str]:
    if gone := [name for name in old if name not in new]:
        return "tools_removed", gone[0]
    if come := [name for name in new if name not in old]:
        return "tools_added", come[0]
    if edited := [name for name, digest in old.items() if new[name] != digest]:
        return "tools_edited", edited[0]
    return "tools_order", ""


def _of_system(old: Fingerprint, new: Fingerprint) -> tuple[str, str]:
    one, other = old.system, new.system
    pairs = enumerate(zip(one.lines, other.lines, strict=False), 1)
    line = next((at for at, (a, b) in pairs if a != b), min(len(one.lines), len(other.lines)) + 1)
    if one.but_dates == other.but_dates:
        return "system_date", f"line {line}"
    if one.but_ids == other.but_ids:
        return "system_id", f"line {line}"
    return "system_text", f"line {line}"
