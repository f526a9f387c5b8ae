"""A conversation to try things on: an on-call agent that looks for orders that were not charged."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import cast


def conversation() -> list[dict[str, object]]:
    """The bundled example, in the format of OpenAI's Chat Completions."""
    text = files("headroom.demo").joinpath("conversation.json").read_text(encoding="utf-8")
    return cast("list[dict[str, object]]", json.loads(text))  # the file ships with the package
