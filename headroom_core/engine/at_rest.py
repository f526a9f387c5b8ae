"""The quick way through a short conversation in which no part is long enough to be worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.messages import Message, Part, Text, ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headroom_core.settings import Settings
    from headroom_core.tokens import TokenCounter

MOST_CHARS = 4_096
"""Up to here, counting all texts anew takes less time than finding out what they came to before."""


def tokens_at_rest(
    messages: Iterable[Message | None],
    settings: Settings,
    deciding: TokenCounter,
    counter: TokenCounter,
) -> int | None:
    """The tokens of a conversation that is certain to stay as it is; `None` where it may not.

    A tool's result below the least size is never worked on, wherever it stands: the whole pass
    would say the same. `counter` gives the figure, `deciding` knows what is long. A message that
    could not be read is passed over.
    """
    left = MOST_CHARS
    tokens = 0
    for message in messages:
        if message is None:
            continue
        for part in message.parts:
            texts = readable(part)
            left -= sum(map(len, texts))
            if left < 0 or (isinstance(part, Text) and message.role in settings.roles):
                return None
            counts = counter.count_many(texts)
            if isinstance(part, ToolResult):
                own = counts if counter is deciding else deciding.count_many(texts)
                if own[0] >= settings.min_tokens:
                    return None
            tokens += sum(counts)
    return tokens


def readable(part: Part) -> list[str]:
    """The texts of a part that a model reads as text."""
    match part:
        case Text() | ToolResult():
            return [part.text]
        case ToolCall():
            return [part.name, part.arguments]
        case _:
            return []
