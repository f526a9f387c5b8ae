"""Show of stack traces what was raised, where, and through which of the user's own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core import signals
from headroom_core.compressors.base import View
from headroom_core.compressors.gaps import filled, gapped
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.traces.frames import Stack, stacks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_core.compressors.base import Hint

_INNERMOST = 2
_NEAR = 3
_HEAD = 3


def view_of(lines: Sequence[str], hint: Hint, room: int) -> View:
    """Show every distinct exception and, of every distinct stack, its end and the user's frames."""
    stacks = list(_distinct(lines))
    framed = {at for stack in stacks_of(lines) for at in stack.lines}
    required = set(_exceptions(lines))
    required.update(at for at in range(_HEAD) if lines[at].strip() and at not in framed)
    for stack in stacks:
        required.update(_said_of(lines, stack, framed))
    required.update(signals.rare_hits(lines, signals.terms(hint)))
    if hint.keep is not None:
        required.update(at for at, line in enumerate(lines) if hint.keep.matches(line))
    for stack in stacks:
        required.update(_that_matter(lines, stack))
    needed = sum(len(lines[at]) + 1 for at in required)
    shown = set(required)
    left = room - needed
    for at in _others(lines, stacks, framed):
        if at not in shown:
            left -= len(lines[at]) + 1
            if left < 0:
                break
            shown.add(at)
    told = filled(lines, shown)
    body = "\n".join(gapped(lines, told))
    hides = "exceptions and own frames shown, repeated stacks once"
    return View(body, "lines", len(told), len(lines), hides, needed)


def _distinct(lines: Sequence[str]) -> Iterator[Stack]:
    """The stacks, without those that repeat an earlier one but for its numbers."""
    seen: set[str] = set()
    for stack in stacks_of(lines):
        key = mask("\n".join(lines[at] for at in stack.lines))
        if key not in seen:
            seen.add(key)
            yield stack


def _exceptions(lines: Sequence[str]) -> Iterator[int]:
    """Every distinct line that says what went wrong, in a frame or outside."""
    seen: set[str] = set()
    for at in signals.problems(lines):
        text = mask(lines[at])
        if text not in seen:
            seen.add(text)
            yield at


def _said_of(lines: Sequence[str], stack: Stack, framed: set[int]) -> Iterator[int]:
    """The lines that say whose stack it is, above it, or in Python what was raised, below it."""
    above, below = stack.lines.start, stack.lines.stop
    near = range(below, min(below + _NEAR, len(lines)))
    if not stack.innermost_last:
        near = range(above - 1, max(-1, above - 1 - _NEAR), -1)
    for at in near:
        if at in framed or not lines[at].strip():
            return
        yield at


def _that_matter(lines: Sequence[str], stack: Stack) -> Iterator[int]:
    """The innermost frames, and each of the user's own once."""
    own: set[str] = set()
    innermost = _INNERMOST if any(frame.own for frame in stack.frames) else 1
    for number, frame in enumerate(stack.inside_out):
        text = mask("\n".join(lines[at] for at in frame.lines))
        if number < innermost or (frame.own and text not in own):
            yield from frame.lines
        own.add(text)


def _others(lines: Sequence[str], stacks: Sequence[Stack], framed: set[int]) -> Iterator[int]:
    """What else is worth its room: what stands around the stacks, then their outer frames."""
    yield from (stack.lines.start - 1 for stack in stacks if stack.lines.start)
    yield from (stack.lines.stop for stack in stacks if stack.lines.stop < len(lines))
    yield from (at for at in range(len(lines)) if at not in framed)
    for stack in stacks:
        yield from stack.inside_out[-1].lines
    for stack in stacks:
        yield from stack.lines
