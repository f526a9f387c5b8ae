"""What generated tool results are made of: names, tables and lines of logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

Row = dict[str, object]

SERVICES = ("api", "billing", "cart", "search", "auth", "mail")
WORDS = "anchor basin cedar delta ember fjord grove harbor inlet jetty knoll lagoon meadow".split()


def orders(rng: Random) -> list[Row]:
    """Orders with few regions and states, and a customer of its own each."""
    customers = rng.sample(range(100_000, 1_000_000), rng.randrange(120, 260))
    return [
        {
            "order": 1_000 + index,
            "customer": f"c-{customer}",
            "region": rng.choice(("eu", "us", "apac")),
            "amount": rng.randrange(100, 99_999),
            "status": rng.choice(("paid",) * 9 + ("open",)),
        }
        for index, customer in enumerate(customers)
    ]


def log_lines(rng: Random, count: int) -> list[str]:
    """So many requests, one a second, of all services."""
    return [
        f"2026-03-01T{index // 3600 + 8:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z"
        f" {rng.choice(SERVICES)} INFO request {rng.randrange(16**8):08x}"
        f" served in {rng.randrange(2, 90)} ms"
        for index in range(count)
    ]
