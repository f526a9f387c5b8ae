"""What input tokens cost when a provider caches prompts, and a bill for a run of requests."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A provider's terms. Prices are relative: an input token without a cache costs 1."""

    name: str
    read: float = 1.0
    """For a token that the cache holds."""
    write: float = 1.0
    """For a token that it did not hold."""
    seconds: float = 0.0
    """How long a prefix stays after its last use; 0 means that there is no cache."""
    least: int = 1_024
    """A prefix of fewer tokens is not cached."""
    step_tokens: int | None = None
    """A request with more tokens than this costs `step_factor` times as much."""
    step_factor: float = 1.0


TERMS = (
    Terms(name="no cache"),
    Terms(name="read 0.1, write 1.25, 5 min", read=0.1, write=1.25, seconds=300),
    Terms(name="read 0.1, write 2, 1 h", read=0.1, write=2.0, seconds=3600),
    Terms(name="read 0.1, write 1, 5 min", read=0.1, seconds=300),
    Terms(name="read 0.025, write 1.25, 5 min", read=0.025, write=1.25, seconds=300),
    Terms(
        name="read 0.1, write 1.25, 5 min, twice above 128k",
        read=0.1,
        write=1.25,
        seconds=300,
        step_tokens=128_000,
        step_factor=2.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a prompt: what it says, and how many tokens it has."""

    text: str
    tokens: int


@dataclass(slots=True)
class Cache:
    """A provider's cache of one conversation's prefixes, and what was paid so far."""

    terms: Terms
    cost: float = 0.0
    read_tokens: int = 0
    written_tokens: int = 0
    _held: list[Piece] = field(default_factory=list[Piece])
    _until: float = 0.0

    def send(self, prompt: list[Piece], at: float) -> float:
        """What this request costs at this second; the cache then holds its prompt."""
        total = sum(piece.tokens for piece in prompt)
        held = self._shared(prompt) if at <= self._until and self.terms.seconds else 0
        read = held if held >= self.terms.least else 0
        cost = read * self.terms.read + (total - read) * self.terms.write
        if self.terms.step_tokens is not None and total > self.terms.step_tokens:
            cost *= self.terms.step_factor
        self._held, self._until = list(prompt), at + self.terms.seconds
        self.cost += cost
        self.read_tokens += read
        self.written_tokens += total - read
        return cost

    def _shared(self, prompt: list[Piece]) -> int:
        tokens = 0
        for old, new in zip(self._held, prompt, strict=False):
            if old.text != new.text:
                break
            tokens += new.tokens
        return tokens
