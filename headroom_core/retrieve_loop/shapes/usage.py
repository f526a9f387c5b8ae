"""Add up what the responses of several rounds say that they used."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from headroom_core.formats.wire import is_object

if TYPE_CHECKING:
    from headroom_core.formats.wire import WireObject


def add_usage(total: WireObject, usage: object) -> WireObject:
    """Add the figures of one response to those of the ones before it, at every depth."""
    out = dict(total)
    for key, value in usage.items() if is_object(usage) else ():
        before = out.get(key)
        if is_object(value):
            out[key] = add_usage(before if is_object(before) else {}, value)
        elif _is_figure(value) and _is_figure(before):
            out[key] = before + value
        elif value is not None or key not in out:
            out[key] = value
    return out


def _is_figure(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
