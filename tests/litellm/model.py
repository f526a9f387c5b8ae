"""A scripted model that asks for what a note hides, and answers with what it was given."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from headroom_core.notes import find_notes
from headroom_core.tool import NAME
from tests.conversations import log
from tests.upstream import Asked, Turn, say

if TYPE_CHECKING:
    from tests.upstream import Received

LOG = log(200)
FACT = "id=150 took"
"""In a line that no view of the log shows."""
HIDDEN = next(line for line in LOG.splitlines() if FACT in line)
ASKS = 100
ANSWERS = 50


def asking_model(received: Received) -> Turn:
    """Ask once for the line with the fact; then repeat it."""
    text = received.raw.decode()
    if found := re.search(r"\S+Z INFO request id=150 took \d+ms", text):
        return Turn(text=f"It says: {found[0]}", input_tokens=ANSWERS)
    notes = find_notes(received.json)
    if not notes:
        return say("There is nothing to ask for.")
    arguments = json.dumps({"ref": notes[0].ref, "query": "id=150"})
    call = Asked(NAME, arguments, f"call_{notes[0].ref}")
    return Turn(text="Let me look.", calls=(call,), input_tokens=ASKS)
