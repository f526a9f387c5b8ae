"""Seeded chunks of documents, and a question that shares no word with the one that answers it."""

from __future__ import annotations

from headroom.evals.items import Item, seeded
from headroom.evals.material import SERVICES, WORDS

SAYS_NOTHING = "Please look at this output and tell me what matters."
_IN_OTHER_WORDS = (
    ("The strongroom opens with the number {}.", "Which combination unlocks our safe?"),
    ("The ferry sails from the old quay at {}.", "When does a boat depart?"),
    ("Guests pay {} crowns for a night.", "How expensive might lodging get?"),
    ("Its great bell was cast in the year {}.", "How ancient could that chime be?"),
)


def passages_item(seed: str) -> Item:
    """Numbered chunks, in one of which a sentence answers in other words than were asked for."""
    rng = seeded(seed)
    said, question = rng.choice(_IN_OTHER_WORDS)
    answer = str(rng.randrange(1_000, 10_000))
    needle = said.format(answer)
    chunks = [
        [
            f"Visitor {rng.randrange(10_000)} wrote a {rng.choice(WORDS)} letter about the"
            f" {rng.choice(WORDS)} and sent it to {rng.choice(SERVICES)}."
            for _ in range(rng.randrange(5, 9))
        ]
        for _ in range(rng.randrange(40, 60))
    ]
    chunk = rng.choice(chunks)
    chunk.insert(rng.randrange(len(chunk)), needle)
    return Item(
        category="passages",
        name=seed,
        tool="search_documents",
        arguments='{"limit": 60}',
        text="\n\n".join(
            f"[{number}] {rng.choice(WORDS).title()}, source: guide-{number}.md\n{' '.join(chunk)}"
            for number, chunk in enumerate(chunks, 1)
        ),
        question=question,
        answers=(answer,),
        score="number",
        needles=(needle,),
    )
