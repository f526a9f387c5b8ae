"""The retrieve tool: its one description in the shape of every wire format, and its answers."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeGuard, assert_never

from headroom_core.errors import EvictedError, HeadroomError, NotFoundError, RetrieveError
from headroom_core.fail_open import fail_open
from headroom_core.notes import find_notes
from headroom_core.retrieval.cursor import SELECTORS
from headroom_core.retrieve import LEAST_TOKENS, retrieve
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_core.formats import WireFormat
    from headroom_core.store.base import Store

ToolShape = Literal["openai_chat", "openai_responses", "anthropic", "mcp", "json_schema"]

NAME = "headroom_retrieve"
DEFAULT_TOKENS = 1_500
MOST_TOKENS = 20_000
DESCRIPTION = (
    "Read what a `[headroom REF: ... shown; more: ...]` note left out of a tool result. Call it"
    " when the shown lines do not answer; not for text without a note. Ask narrowly: `ref` and at"
    " most one selector."
)
PARAMETERS: dict[str, object] = {
    "type": "object",
    "properties": {
        "ref": {"type": "string", "description": "The note's REF"},
        "query": {"type": "string", "description": "Words, e.g. connection reset"},
        "lines": {"type": "string", "description": "e.g. 120-180"},
        "where": {
            "type": "string",
            "description": "Rows or figures of JSON, CSV, tables, logs, e.g. status>=500 and"
            " service='api'; count by status; sum(amount) where paid=true",
        },
        "path": {"type": "string", "description": "JSON path, e.g. $.items[3].name"},
        "symbol": {"type": "string", "description": "e.g. Parser.parse"},
        "cursor": {"type": "string", "description": "To go on; from an answer's end"},
    },
    "required": ["ref"],
}
_QUALIFIED = (f"__{NAME}", f".{NAME}", f"/{NAME}", f":{NAME}")
_EXAMPLE = f"an example is {NAME}(ref='3fa9c1d27b04e6d5', query='connection reset')"


def is_retrieve_tool(name: str) -> bool:
    """Whether a tool is ours, also under a qualified name such as `mcp__headroom__…`."""
    return name == NAME or name.endswith(_QUALIFIED)


def tools_for(shape: WireFormat | Literal["mcp"]) -> list[dict[str, object]]:
    """The tool as an entry of a request's `tools`."""
    return [tool_in(shape)]


def tool_in(shape: ToolShape) -> dict[str, object]:
    """The tool in one shape. `json_schema` is the schema of its arguments alone."""
    tool: dict[str, object] = {"name": NAME, "description": DESCRIPTION}
    match shape:
        case "openai_chat":
            return {"type": "function", "function": {**tool, "parameters": PARAMETERS}}
        case "openai_responses":
            return {"type": "function", **tool, "parameters": PARAMETERS}
        case "anthropic":
            return {**tool, "input_schema": PARAMETERS}
        case "mcp":
            return {**tool, "inputSchema": PARAMETERS}
        case "json_schema":
            return {"title": NAME, "description": DESCRIPTION, **PARAMETERS}
        case _:
            assert_never(shape)


RETRIEVE_TOOL: dict[ToolShape, dict[str, object]] = {
    shape: tool_in(shape)
    for shape in ("openai_chat", "openai_responses", "anthropic", "mcp", "json_schema")
}
"""The tool in every shape, by the name of the shape."""


@lru_cache(maxsize=8)
def tool_cost(shape: WireFormat) -> int:
    """The tokens that the tool adds to a request which did not have it."""
    return deciding_counter().count(json.dumps(tool_in(shape), separators=(",", ":")))


def answer_tool_call(
    name: str,
    arguments: Mapping[str, object] | str | None,
    *,
    store: Store,
    conversation: object = None,
    max_tokens: int = DEFAULT_TOKENS,
) -> str:
    """Answer a call of the retrieve tool. What is wrong with the call is told to the model.

    `arguments` are an object or its JSON text, `hash` stands for `ref` as well. `conversation` is
    any JSON-like value with the notes that the model has seen; an unknown ref is answered with
    theirs. Never raises.
    """
    with fail_open("answer of a retrieval"):
        return _answer(name, arguments, store, conversation, max_tokens)
    return "Error: the original could not be read; run the tool that printed it again"


def _answer(
    name: str,
    arguments: Mapping[str, object] | str | None,
    store: Store,
    conversation: object,
    max_tokens: int,
) -> str:
    if not is_retrieve_tool(name):
        return f"Error: there is no tool {name[:80]!r} here; this is {NAME}"
    try:
        given = _read(arguments)
        ref = _ref(given)
        room = _room(given.get("max_tokens"), max_tokens)
        asked = {key: _as_text(given.get(key)) for key in (*SELECTORS, "cursor")}
        found = retrieve(store, ref, **asked, max_tokens=room)
    except NotFoundError as exc:
        return f"Error: {exc}.{_known(conversation, but_not=exc, store=store)}"
    except RetrieveError as exc:
        return f"Error: {exc}"
    except HeadroomError as exc:
        return f"Error: {exc}; run the tool that printed it again"
    return found.text


def _read(arguments: Mapping[str, object] | str | None) -> Mapping[str, object]:
    """The arguments as an object; models and frameworks hand over both."""
    value: object = arguments
    if isinstance(arguments, str):
        try:
            value = json.loads(arguments)
        except (ValueError, RecursionError) as exc:
            raise RetrieveError(f"the arguments are not JSON ({exc}); {_EXAMPLE}") from exc
    if not _is_object(value):
        raise RetrieveError(f"the arguments must be an object; {_EXAMPLE}")
    return value


def _ref(given: Mapping[str, object]) -> str:
    """The ref, however it is named; a model may copy the note's bracket or the whole note."""
    for key in ("ref", "hash"):
        value = given.get(key)
        if isinstance(value, str) and value.strip():
            notes = find_notes(value)
            return notes[0].ref if notes else value.strip().strip("[]").removeprefix("headroom ")
    raise RetrieveError(f"`ref` is missing: the 16 hex digits of a note; {_EXAMPLE}")


def _room(asked: object, default: int) -> int:
    """The tokens of an answer: what the model asks for, within reason."""
    if isinstance(asked, str) and asked.strip().isdecimal() and len(asked) < 10:
        asked = int(asked)
    if not isinstance(asked, (int, float)) or isinstance(asked, bool):
        asked = default
    return int(max(LEAST_TOKENS, min(MOST_TOKENS, asked)))


def _as_text(value: object) -> str | None:
    """A selector as text: models pass line numbers as numbers and unused ones empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value if value.strip() else None
    if value is None:
        return None
    raise RetrieveError(f"selectors must be strings, got {value!r:.80}; {_EXAMPLE}")


def _known(conversation: object, *, but_not: NotFoundError, store: Store) -> str:
    """What the notes of the conversation offer instead of a ref that does not resolve."""
    if isinstance(but_not, EvictedError):
        return ""
    refs = dict.fromkeys(note.ref for note in find_notes(conversation))
    held = [ref for ref in refs if store.contains(ref)]
    if not held:
        return " There is no other note to ask for; run the tool that printed it again."
    return f" The notes of this conversation are: {', '.join(held[-20:])}."


def _is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)
