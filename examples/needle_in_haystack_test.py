"""Find one FATAL among a hundred log records, before and after compression, without a model.

The questions are answered by a program that reads nothing but the text that a model would see.
"""

from __future__ import annotations

import json
import random
import re

from headroom import compress, decode

QUESTIONS = {
    "Which code did the failure have?": r"\bPG-\d+\b",
    "What resolved it?": r"raising max_connections to \d+",
    "Which host was it on?": r"node-9\.eu\.example\.com",
}
ANSWERS = ["PG-5523", "raising max_connections to 500", "node-9.eu.example.com"]


def records() -> list[dict[str, object]]:
    """A hundred records with random ids and durations; the 68th is the one that matters."""
    rng = random.Random(1)  # noqa: S311 - the same haystack each time, not a secret
    made: list[dict[str, object]] = [
        {
            "timestamp": f"2026-05-04T10:{index // 60:02d}:{index % 60:02d}Z",
            "level": "INFO",
            "host": "node-3.eu.example.com",
            "request_id": f"{rng.getrandbits(48):012x}",
            "took_ms": rng.randrange(900),
            "message": "request handled",
        }
        for index in range(100)
    ]
    made[67] |= {
        "level": "FATAL",
        "host": "node-9.eu.example.com",
        "message": "pool exhausted, code PG-5523, resolved by raising max_connections to 500",
    }
    return made


def answers(text: str) -> list[str]:
    """What a reader of this text finds, or an empty string where it is not there."""
    found = [re.search(pattern, text) for pattern in QUESTIONS.values()]
    return [match[0] if match else "" for match in found]


def main() -> None:
    """Compress the records both ways, and answer the questions from what is left."""
    haystack = json.dumps(records(), indent=2)
    messages = [
        {"role": "user", "content": "What caused the failure, and what resolved it?"},
        {"role": "tool", "tool_call_id": "call_1", "content": haystack},
    ]
    for retrieval in (False, True):
        result = compress(messages, retrieval=retrieval)
        text = str(result.messages[-1]["content"])

        if answers(text) != ANSWERS:
            raise SystemExit("the failure can no longer be found")
        if not retrieval and json.loads(decode(text)) != records():
            raise SystemExit("a lossless form did not give the records back")
        name = "with retrieval" if retrieval else "lossless"
        print(f"{name}: {result.tokens_before:,} -> {result.tokens_after:,} tokens, 3 of 3 found")
    print(
        *(f"{question} {answer}" for question, answer in zip(QUESTIONS, ANSWERS, strict=True)),
        sep="\n",
    )


if __name__ == "__main__":
    main()
