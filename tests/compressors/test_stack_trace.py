"""What the view of stack traces shows: what was raised, the end of each stack, own frames."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core import signals
from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.stack_trace import StackTrace
from headroom_core.compressors.traces.frames import is_frame
from headroom_core.errors import DecodeError
from headroom_core.keep import KeepRules
from headroom_core.source import Source

if TYPE_CHECKING:
    import random

TRACE = StackTrace()
GAP = re.compile(r"\[… (\d+) lines?\]")

PYTHON = [
    "starting the shop",
    "Traceback (most recent call last):",
    '  File "/app/shop.py", line 41, in <module>',
    "    sell(7)",
    *(
        line
        for at in range(40)
        for line in (
            f'  File "/venv/lib/python3.11/site-packages/layers/call.py", line {at}, in call',
            f"    return self.next({at})",
            "           ^^^^^^^^^^^^",
        )
    ),
    '  File "/app/stock.py", line 9, in take',
    "    raise OutOfStock(7)",
    "stock.OutOfStock: nothing left of 7",
]
JAVA = [
    'Exception in thread "main" java.lang.IllegalStateException: nothing left',
    "\tat com.shop.Stock.take(Stock.java:9)",
    *(f"\tat org.springframework.Layer{at}.call(Layer.java:{at})" for at in range(30)),
    "\tat com.shop.Main.main(Main.java:3)",
    "Caused by: java.io.IOException: disk is gone",
    "\tat java.base/java.io.File.open(File.java:1)",
    "\tat com.shop.Disk.read(Disk.java:5)",
    "\t... 31 more",
]
JAVASCRIPT = [
    "TypeError: stock.take is not a function",
    "    at sell (/app/shop.js:4:80)",
    *(f"    at layer{at} (/app/node_modules/express/lib/router.js:{at}:3)" for at in range(30)),
    "    at node:internal/main:17:5",
]
GO = [
    "panic: nothing left",
    "",
    "goroutine 1 [running]:",
    "main.take(0x7)",
    "\t/app/stock.go:9 +0x1d",
    *(
        line
        for at in range(12)
        for line in (
            f"goroutine {at + 2} [chan receive]:",
            "runtime.gopark(0xc000080000?)",
            f"\t/usr/lib/go-1.22/src/runtime/proc.go:363 +0xd6 fp=0x{at}",
            "",
        )
    ),
]
RUST = [
    "thread 'main' panicked at src/stock.rs:9:5:",
    "nothing left",
    "stack backtrace:",
    *(
        line
        for at in range(20)
        for line in (
            f"  {at}: std::panicking::layer{at}",
            f"             at /rustc/5980/library/std/src/panicking.rs:{at}:9",
        )
    ),
    "  20: shop::stock::take",
    "             at ./src/stock.rs:9:5",
    "  21: main",
]
NATIVE = [
    "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010",
    *(f"    #{at} 0x49{at} in layer_{at} /usr/lib/libshop.so" for at in range(20)),
    "    #20 0x4a1 in take /app/stock.c:9",
]
TRACES = [PYTHON, JAVA, JAVASCRIPT, GO, RUST, NATIVE]


def shown(lines: list[str], room: int = 300, hint: Hint | None = None) -> list[str]:
    found = TRACE.view(Source("\n".join(lines)), hint or Hint(), room)
    assert isinstance(found, View)
    body = found.body.split("\n")
    at = 0
    for line in body:
        gap = GAP.fullmatch(line)
        if gap:
            at += int(gap[1])
        else:
            assert line == lines[at]
            at += 1
    assert at == len(lines)
    assert found.shown == sum(not GAP.fullmatch(line) for line in body)
    return body


@pytest.mark.parametrize("lines", TRACES, ids=lambda lines: lines[0][:12])
def test_what_was_raised_and_the_users_own_frames_are_shown(lines: list[str]) -> None:
    body = shown(lines)

    own = [line for line in lines if "/app/" in line and "node_modules" not in line]
    own += [line for line in lines if "com.shop" in line or "src/stock" in line]
    assert set(own) <= set(body)
    assert lines[0] in body
    assert len("\n".join(body)) < 0.7 * len("\n".join(lines))


def test_the_exception_of_python_stands_below_its_innermost_frame() -> None:
    assert shown(PYTHON)[-3:] == PYTHON[-3:]


def test_repeated_stacks_are_shown_once() -> None:
    body = shown(GO, room=0)

    assert sum(line.startswith("runtime.gopark") for line in body) == 1
    assert shown([*JAVA, *JAVA], room=0).count(JAVA[1]) == 1


def test_frames_of_a_recursion_are_shown_once() -> None:
    frame = ['  File "/app/tree.py", line 5, in walk', "    return walk(child)"]
    lines = [PYTHON[1], *frame * 200, "RecursionError: maximum recursion depth exceeded"]

    assert len(shown(lines)) < 12


def test_with_room_what_stands_around_the_stacks_comes_first() -> None:
    lines = ["a first line", "and more", "to read", "of it", *JAVA, "the shop is closed"]

    body = shown(lines, room=1200)

    assert {"of it", "the shop is closed"} <= set(body)
    assert shown(JAVASCRIPT, room=100_000) == JAVASCRIPT


def test_what_was_asked_for_is_shown() -> None:
    hint = Hint(query="what does layer7 do?", keep=KeepRules((r"layer9 ",)))

    assert {JAVASCRIPT[9], JAVASCRIPT[11]} <= set(shown(JAVASCRIPT, room=0, hint=hint))


@pytest.mark.parametrize(
    "lines",
    [["no frame at all"], [*["a log line with one trace"] * 90, *PYTHON[:6]], JAVASCRIPT[:3]],
)
def test_text_that_is_not_mostly_frames_gets_no_view(lines: list[str]) -> None:
    assert TRACE.view(Source("\n".join(lines)), Hint(), 100) is None


def test_frames_that_come_late_are_not_the_shape_of_a_text() -> None:
    lines = [*["a log line"] * 300, *JAVA * 20]

    assert TRACE.view(Source("\n".join(lines)), Hint(), 100) is None


def test_places_without_functions_are_lines_like_others() -> None:
    lines = [f"\t/app/part{at}.go:9" for at in range(30)]

    assert shown(lines)[0] == lines[0]


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("#0  main () at a.c:4", True),
        ("#1  0x00007f in ?? ()", True),
        ("    #1 0x4f in read /src/a.c:4:9", True),
        ("#2 /app/a.php(3): Shop->buy()", True),
        ("#3 {main}", True),
        ("  10: core::ops::call_once", True),
        ("#6 0.604 Get:1 http://a.b/c amd64", False),
        ("#7 DONE 0.1s", False),
        ("12: <div>", False),
    ],
)
def test_a_number_starts_a_frame_only_where_a_function_follows(line: str, *, is_one: bool) -> None:
    assert is_frame(line) == is_one


def test_there_is_no_lossless_form() -> None:
    assert TRACE.encode(Source("\n".join(PYTHON)), Hint()) is None
    with pytest.raises(DecodeError):
        TRACE.decode("", "")


LINES = st.sampled_from([line for trace in TRACES for line in trace])


@given(st.lists(LINES, max_size=30), st.randoms(use_true_random=False), st.integers(0, 5000))
def test_every_distinct_exception_is_visible_in_order_at_any_room(
    others: list[str], order: random.Random, room: int
) -> None:
    lines = [*JAVA, *others]
    order.shuffle(lines)
    lines = [*JAVASCRIPT, *lines]

    body = shown(lines, room)

    assert {mask(lines[at]) for at in signals.problems(lines)} <= set(map(mask, body))
