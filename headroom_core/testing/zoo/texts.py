"""Texts and fields that recur in the messages of the zoo."""

from __future__ import annotations

import json

Native = dict[str, object]

LOG = "".join(
    [
        *(
            f"2026-03-01T08:00:{i:02}Z INFO worker[{i % 4}] job {7_000 + i} done in {i} ms\n"
            for i in range(60)
        ),
        "ERROR worker[3] job 7060 failed: disk full\n",
        *["retrying in 5 s\n"] * 40,
        "gave up\n",
    ]
)
"""A log with one error and one run of equal lines in it."""

ROWS = json.dumps(
    [{"id": i, "name": f"item-{i}", "price": 9.5, "in_stock": i != 17} for i in range(40)]
)
"""A JSON document of like rows, one of them different."""

LISTING = "\n".join(f"src/app/views/page_{i}.py:{i + 3}:    return render(page)" for i in range(40))
"""The hits of a search."""

PNG = "iVBORw0KGgo="
"""The first bytes of a picture, in base64."""


def text_block(text: str) -> Native:
    """Return a block of text, as Chat Completions and Anthropic Messages spell it."""
    return {"type": "text", "text": text}


def refusal_block() -> Native:
    """Return a refusal, as both interfaces of OpenAI spell it."""
    return {"type": "refusal", "refusal": "I cannot do that."}


def cache_mark() -> Native:
    """Return a mark for the provider's prompt cache."""
    return {"type": "ephemeral", "ttl": "1h"}
