"""The write guard over a response that comes in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.formats.wire import WireObject, is_array, is_object, string
from headroom_core.tool import is_retrieve_tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_core.formats import WireFormat
    from headroom_proxy.write_guard import WriteGuard


def mended_response(shape: WireFormat, response: WireObject, guard: WriteGuard) -> WireObject:
    """The response with the arguments of its calls mended; the same object if nothing changed."""
    match shape:
        case "openai_chat":
            return _with_each(response, "choices", lambda choice: _choice(choice, guard))
        case "openai_responses":
            return _with_each(response, "output", lambda item: mended_item(item, guard))
        case "anthropic":
            return _with_each(response, "content", lambda block: mended_item(block, guard))


def mended_item(item: WireObject, guard: WriteGuard) -> WireObject:
    """One item or block, or an event of its end, mended if it holds a call's arguments."""
    if is_retrieve_tool(string(item, "name")):
        return item
    key = "arguments" if "arguments" in item else "input"
    before = item.get(key)
    after: object
    if key == "arguments" and isinstance(before, str):
        after = guard.mend_json(before)
    elif string(item, "type") == "tool_use" or isinstance(before, str):
        after = guard.mend_value(before)
    else:
        return item
    return item if after == before else {**item, key: after}


def _choice(choice: WireObject, guard: WriteGuard) -> WireObject:
    message = choice.get("message")
    if not is_object(message):
        return choice
    new = _with_each(message, "tool_calls", lambda call: _call(call, guard))
    return choice if new is message else {**choice, "message": new}


def _call(call: WireObject, guard: WriteGuard) -> WireObject:
    for key in ("function", "custom"):
        if is_object(inner := call.get(key)):
            new = mended_item(inner, guard)
            return call if new is inner else {**call, key: new}
    return call


def _with_each(
    node: WireObject, key: str, change: Callable[[WireObject], WireObject]
) -> WireObject:
    """The object with each object of a list in it changed; the same if none was."""
    before = node.get(key)
    if not is_array(before):
        return node
    after = [change(each) if is_object(each) else each for each in before]
    same = all(new is old for new, old in zip(after, before, strict=True))
    return node if same else {**node, key: after}
