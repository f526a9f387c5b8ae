"""`GET /demo`: what the proxy makes of one request of an agent, shown without asking any model.

The request goes through the same code as every other. Its originals are kept in memory for as long
as the answer takes, and nothing leaves this machine.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom_asgi.rewrite import Rewriter
from headroom_core.engine.headroom import Headroom
from headroom_core.formats import codec_for
from headroom_core.formats.wire import is_array
from headroom_core.messages import ToolResult
from headroom_core.notes import note_of
from headroom_core.savings import Ledger
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.report import CompressResult
    from headroom_core.settings import Mode

SHOWN_LINES = 14
SHOWN_CHARS = 150
_TOOL = {"type": "function", "function": {"name": "run", "parameters": {"type": "object"}}}


def demonstration(messages: Sequence[dict[str, object]], mode: Mode, *, retrieval: bool) -> str:
    """The text. `messages` are a conversation in the format of Chat Completions."""
    if not messages:
        return "This proxy was started without a conversation to show.\n"
    engine = Headroom(Settings(mode=mode), store=MemoryStore())
    rewriter = Rewriter(engine, Ledger(), retrieval=retrieval)
    raw = json.dumps({"model": "gpt-5", "tools": [_TOOL], "messages": messages}).encode()
    request = rewriter.rewrite(raw, "openai_chat")
    result = request.result
    if result is None:
        return "This conversation cannot be read.\n"
    overhead = rewriter.ledger.savings().overhead
    sent = result.tokens_after + overhead
    saved = f"{1 - sent / result.tokens_before:.0%} saved"
    lines = [
        f"A request of an on-call agent, as this proxy would send it on (mode {mode}):",
        "",
        f"  {'':26}{'tokens':>9}{'bytes':>10}",
        f"  {'as the agent sends it':26}{result.tokens_before:>9,}{len(raw):>10,}",
        f"  {'as the model gets it':26}{sent:>9,}{len(request.raw):>10,}   {saved}",
        *_largest(json.loads(request.raw)["messages"], result, engine),
    ]
    return "\n".join(lines) + "\n"


def _largest(sent: object, result: CompressResult[object], engine: Headroom) -> list[str]:
    """How the part reads now that was shortened most, and that its original is still there."""
    edits = sorted(result.edits, key=lambda edit: edit.tokens_after - edit.tokens_before)
    if not edits or not is_array(sent):
        return []
    edit = edits[0]
    parts = codec_for(sent[edit.message]).parse(sent[edit.message]).parts
    part = parts[edit.part]
    text = part.text if isinstance(part, ToolResult) else ""
    shown = text.split("\n")
    lines = [
        "",
        f"The result that was shortened most now begins ({edit.tokens_after:,} tokens):",
        "",
    ]
    lines += [f"  {line[:SHOWN_CHARS]}" for line in shown[:SHOWN_LINES]]
    if len(shown) > SHOWN_LINES:
        lines.append(f"  ... and {len(shown) - SHOWN_LINES} lines more")
    note = note_of(text)
    if note is None:
        return lines
    size = len(engine.store.get(note.ref).encode())
    return [
        *lines,
        "",
        f"The model can ask for the rest: all {size:,} bytes are kept under {note.ref}, and the",
        "proxy answers such calls within the same stream.",
    ]
