"""What a lossy view of a log shows whatever the budget, and how it says what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core import signals
from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.logs.templates import mask
from headroom_core.compressors.long_lines import shortened
from headroom_core.keep import KeepRules
from headroom_core.source import Source

if TYPE_CHECKING:
    import random

LOG = LogCompressor()
GAP = re.compile(r"\[… (\d+) lines?\]")
ORDER = "[lines in order, others left out]"

QUIET = [
    f"2026-01-05 10:{at // 60:02}:{at % 60:02},{at * 37 % 1000:03} INFO  [pool-{at % 4}]"
    f" c.e.shop.Orders: order {at * 7919} accepted in {at % 9} ms"
    for at in range(600)
]
TRACE = [
    "java.lang.IllegalStateException: no stock",
    "\tat c.e.shop.Orders.accept(Orders.java:91)",
    "\tat c.e.shop.Main.main(Main.java:12)",
]
USERS = [chr(97 + at) + chr(97 + at * 7 % 26) + chr(97 + at * 5 % 26) for at in range(20)]


def view(lines: list[str], room: int = 4000, hint: Hint | None = None) -> View:
    found = LOG.view(Source("\n".join(lines)), hint or Hint(), room)
    assert found is not None
    return found


def shown(found: View) -> list[str]:
    """The source lines and gap marks of a view."""
    lines = found.body.split("\n")
    return lines[lines.index(ORDER) + 1 :]


def patterns(found: View) -> list[str]:
    lines = found.body.split("\n")
    return lines[1 : lines.index(ORDER)]


def assert_in_order(found: View, source: list[str]) -> None:
    """Every shown line is the source line at its place by the gaps before it, cut if very long."""
    whole_or_cut = shortened(source, Hint())
    at = 0
    for line in shown(found):
        gap = GAP.fullmatch(line)
        if gap:
            at += int(gap[1])
        else:
            assert line == whole_or_cut[at]
            at += 1
    assert at == len(source)


def test_a_log_without_problems_says_what_happened() -> None:
    found = view(QUIET)

    head = found.body.split("\n")[0]
    assert head == (
        "[600 lines, 2026-01-05 10:00:00,000 to 2026-01-05 10:09:59,163: 600 INFO;"
        " N x pattern, {} = values]"
    )
    assert patterns(found) == [
        "600 x INFO  [pool-{0..3}] c.e.shop.Orders: order {0..4743481} accepted in {0..8} ms"
    ]
    assert QUIET[0] in shown(found)
    assert QUIET[-1] in shown(found)
    assert found.hides == "no line sounds like an error"
    assert (found.total, found.required) == (600, 0)
    assert len(found.body) < 4200
    assert_in_order(found, QUIET)


def test_numbers_that_come_again_and_leave_others_out_are_named_and_not_a_range() -> None:
    codes = (200, 200, 404, 200, 301, 302)
    lines = [
        f"2026-01-05 10:30:{at:02} INFO answered {at * 7919 % 997} with code {codes[at % 6]}"
        f" by pool {at % 5}"
        for at in range(60)
    ]

    body = view(lines, 2_000).body

    assert "with code {200|404|301|302} by pool {0..4}" in body


def test_answers_of_failed_servers_are_problems() -> None:
    lines = [
        f'10.0.0.{at % 9} - - [05/Jan/2026:10:30:{at % 60:02}] "GET /p{at * 31 % 97} HTTP/1.1"'
        f" {503 if at == 211 else 200} {at * 7919 % 9973}"
        for at in range(400)
    ]

    found = view(lines, 2_000)

    assert lines[211] in shown(found)
    assert found.hides == "every distinct error and warning shown"


def test_distinct_problems_are_shown_first_and_last_with_their_traceback_once() -> None:
    lines = list(QUIET)
    for at in (500, 300, 100):
        lines[at:at] = [
            f"2026-01-05 10:{at // 60:02}:00,001 ERROR [pool-{at % 4}] c.e.shop.Orders: no {at}",
            *TRACE,
        ]
    lines[50:50] = ["2026-01-05 10:00:50,001 WARN  [gc] c.e.shop.Heap: pause of 900 ms"]

    found = view(lines)

    body = found.body
    assert body.count("ERROR [pool-0] c.e.shop.Orders: no 100") == 1
    assert body.count("ERROR [pool-0] c.e.shop.Orders: no 500") == 1
    assert body.count("c.e.shop.Heap: pause of 900 ms") == 1
    assert shown(found).count(TRACE[1]) == 1
    assert found.required > 0
    assert found.hides == "every distinct error and warning shown"
    assert_in_order(found, lines)


def test_problems_that_differ_in_one_word_are_named_together() -> None:
    lines = list(QUIET)
    for at, user in enumerate(USERS):
        lines.insert(
            at * 20,
            f"2026-01-05 10:{at // 3:02}:00,001 ERROR [auth] c.e.Login: no way in for {user} now",
        )

    found = view(lines)

    assert all(user in found.body for user in USERS)
    assert found.body.count("no way in") < 8


def test_very_many_words_of_one_warning_are_cut_with_a_sign_and_of_an_error_they_are_not() -> None:
    warnings = [
        f"10:00:00 WARN  path /{chr(97 + at % 26) * 9}{chr(97 + at // 26) * 9}/ is ignored"
        for at in range(90)
    ]
    errors = [line.replace("WARN ", "ERROR") for line in warnings]

    assert any(row.endswith("…]") for row in patterns(view(warnings)))
    assert errors[-1].split()[3].strip("/") in "\n".join(patterns(view(errors)))


def test_what_explains_problems_has_its_share_of_the_room() -> None:
    lines = [f"step {at} of the build is done" for at in range(200)]
    for at in range(6):
        note = [f"    {name * 12} of {at}" for name in ("some", "more", "words")]
        lines += [f"{'abcdef'[at] * 9} failed: it is broken", *note, f"step {at} of the build"]

    found = shown(view(lines, room=1_500))

    assert sum(line.endswith(" failed: it is broken") for line in found) == 6
    assert 3 <= sum(line.startswith("    ") for line in found) < 18


def test_words_that_begin_sentences_are_no_column() -> None:
    lines = [f"{'installing' if at % 2 else 'loading'} part {at} of it" for at in range(200)]
    lines[20:20] = [f"{word} is what comes next here" for word in USERS]

    assert not set(USERS) <= {line.split()[0] for line in shown(view(lines, room=500))}


def test_level_letters_count_as_levels() -> None:
    lines = [
        f"01-05 10:31:{at % 60:02}.{at:03}  1702  2395 D WindowManager: printing frame {at}"
        for at in range(300)
    ]
    lines[150] = "01-05 10:33:30.150  1702  2395 E Surface: queue of buffers is gone"
    lines[160] = "01-05 10:33:40.160  1702  2395 W Surface: slow frame of a buffer"
    lines[170] = "01-05 10:33:40.160  1702  2395 E Surface: an error by word and by letter"

    found = view(lines, room=1500)

    assert {lines[150], lines[160], lines[170]} <= set(shown(found))


def test_what_was_asked_for_is_shown() -> None:
    lines = list(QUIET)
    lines[300] = lines[300].replace("order", "refund")

    assert lines[300] not in shown(view(lines, room=300))
    assert lines[300] in shown(view(lines, room=300, hint=Hint(query="why was the refund made?")))
    kept = Hint(keep=KeepRules((r"order 1029470 ",)))
    assert lines[130] in shown(view(QUIET, room=300, hint=kept))


def test_a_rare_word_in_a_column_of_few_words_is_shown() -> None:
    lines = [f"- {at} node RAS KERNEL generating core {at * 31} in the spool" for at in range(300)]
    lines[200] = "APPREAD 200 node RAS KERNEL generating core 6200 in the spool"
    lines[201] = "- 200 node RAS KERNEL generating core 6200 in the spool"

    found = view(lines, room=800)

    assert lines[200] in shown(found)


def test_patterns_that_do_not_fit_are_counted() -> None:
    words = ["alpha", "bravo", "delta", "gamma", "kappa", "omega", "sigma", "theta"]
    lines = [
        f"2026-01-05 10:{at // 60:02}:{at % 60:02},001 INFO {words[at % 8]} {words[at % 7]} wrote"
        f" {at} blocks of its very own {words[at % 8]} table"
        for at in range(560)
    ]

    found = view(lines, room=900)

    assert patterns(found)[-1].startswith("[… ")
    assert " more patterns, of " in patterns(found)[-1]
    assert_in_order(found, lines)


def test_many_values_and_long_patterns_are_cut_with_a_sign() -> None:
    lines = [
        f"10:00:{at % 60:02} GET /{chr(97 + at % 26)}x{at:04x} of host{at % 2} {'and more ' * 40}"
        for at in range(100)
    ]

    row = patterns(view(lines, room=2000))[0]

    assert "{ax0000 … 100 different}" in row
    assert "{host0|host1}" in row or "host{0|1}" in row
    assert row.endswith("…")


def test_tracebacks_that_differ_are_all_shown_whole_and_once() -> None:
    lines = list(QUIET)
    for at, method in ((400, "refund"), (300, "accept"), (200, "refund"), (100, "accept")):
        lines[at:at] = [
            "2026-01-05 10:04:00,001 ERROR [pool-1] c.e.shop.Orders: it failed",
            "java.lang.IllegalStateException: no stock",
            f"\tat c.e.shop.Orders.{method}(Orders.java:91)",
            *(f"\tat c.e.shop.Layer{layer}.call(Layer.java:{layer})" for layer in range(9)),
        ]

    found = shown(view(lines))

    assert found.count("\tat c.e.shop.Orders.refund(Orders.java:91)") == 1
    assert found.count("\tat c.e.shop.Orders.accept(Orders.java:91)") == 1
    assert found.count("\tat c.e.shop.Layer8.call(Layer.java:8)") == 2


def test_a_very_long_traceback_keeps_its_ends_and_the_users_own_frames() -> None:
    lines = [
        *QUIET[:300],
        "2026-01-05 10:05:00,001 ERROR [pool-1] c.e.shop.Orders: it failed",
        "java.lang.IllegalStateException: no stock",
        *(f"\tat org.springframework.web.Layer{at}.call(Layer.java:{at})" for at in range(30)),
        "\tat c.e.shop.Orders.accept(Orders.java:91)",
        *(f"\tat org.springframework.web.Layer{at}.call(Layer.java:{at})" for at in range(30, 60)),
        *QUIET[300:],
    ]

    found = shown(view(lines))

    assert {lines[at] for at in (300, 301, 302, 303, 332, 362)} <= set(found)
    assert lines[320] not in found


def test_lines_that_hold_much_of_what_was_asked_for_come_first() -> None:
    lines = [f"Inst lib{at}-server (1.{at} stable [amd64])" for at in range(60)]
    lines[40] = "Inst maria-server (1.10 stable [amd64])"

    found = view(lines, room=600, hint=Hint(query="Which maria-server would it be on amd64?"))

    assert lines[40] in shown(found)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            "src/part{file}.c:{at}:7: warning: unused variable 'x' [-Wunused-variable]",
            "12 x warning: unused variable 'x' [-Wunused-variable] @ src/part0.c:0:7,1:7,2:7,3:7 ",
        ),
        (
            "src/part{file}.ts({at},5): error TS7006: Parameter 'p' has an 'any' type.",
            "12 x error TS7006: Parameter 'p' has an 'any' type. @ src/part0.ts(0,5),(1,5),(2,5)",
        ),
        (
            "src/part{file}.py:{at}: error: Name 'x' is not defined  [name-defined]",
            "12 x error: Name 'x' is not defined  [name-defined] @ src/part0.py:0,1,2,3 src/part1",
        ),
        (
            "src/part{file}.py:{at}:1: F401 `os` imported but unused",
            "12 x F401 `os` imported but unused @ src/part0.py:0:1,1:1,2:1,3:1 src/part1.py:4:1",
        ),
        (
            "/app/part{file}.js\n  {at}:5  error  'x' is not defined  no-undef",
            "12 x error 'x' is not defined no-undef @ /app/part0.js:0:5,1:5,2:5,3:5 /app/part1.js",
        ),
        (
            "warning: unused import: `x`\n  --> src/part{file}.rs:{at}:5\n   |\n",
            "12 x warning: unused import: `x` @ src/part0.rs:0:5,1:5,2:5,3:5 src/part1.rs:4:5,5:5",
        ),
    ],
    ids=["gcc", "tsc", "mypy", "ruff", "eslint", "rustc"],
)
def test_every_place_of_a_diagnostic_is_named(line: str, row: str) -> None:
    text = "\n".join(line.format(file=at // 4, at=at) for at in range(12))
    lines = [*(f"[{at}/200] Building object number {at} of the library" for at in range(200))]
    lines += [*text.split("\n"), "x" * 2000, "  --> src/a.rs:1:1", "done"]

    found = view(lines, room=1200)

    assert any(each.startswith(f"[{row}") for each in patterns(found))
    assert_in_order(found, lines)


def test_prose_and_code_get_no_view_of_a_log() -> None:
    assert LOG.view(Source("a first line\nand a second one\nno more"), Hint(), 100) is None


def test_a_log_without_times_has_no_span() -> None:
    lines = [f"worker {at} is ready to take the next job" for at in range(100)]
    lines[70:70] = ["job failed:", '  File "job.py", line 3', "  in run"]

    found = view(lines, room=600)

    assert found.body.startswith("[103 lines; N x pattern")
    assert {"job failed:", '  File "job.py", line 3', "  in run"} <= set(shown(found))


PROBLEMS = st.sampled_from(
    [
        "2026-01-05 10:05:00,001 ERROR [db] c.e.Pool: connection 7 lost",
        "2026-01-05 10:05:00,001 WARN  [db] c.e.Pool: pool of 9 is full",
        "2026-01-05 10:05:00,001 FATAL [db] c.e.Pool: giving up after 3 tries",
        "Caused by: java.io.IOException: Broken pipe",
        "panic: runtime error: index out of range [5]",
        "\tat c.e.Pool.take(Pool.java:17)",
        "[… 3 lines]",
        "",
    ]
)


@given(st.lists(PROBLEMS, max_size=30), st.randoms(use_true_random=False), st.integers(0, 6000))
def test_every_distinct_problem_is_visible_in_order_at_any_budget(
    problems: list[str], order: random.Random, room: int
) -> None:
    lines = [*QUIET[:100], *problems]
    order.shuffle(lines)

    found = view(lines, room)

    visible = {mask(line) for line in shown(found)}
    assert {mask(lines[at]) for at in signals.problems(lines)} <= visible
    if "[… 3 lines]" not in problems:
        assert_in_order(found, lines)


@pytest.mark.parametrize("room", [0, 10_000_000])
def test_a_view_of_any_room_is_a_view(room: int) -> None:
    found = view(QUIET, room)

    assert_in_order(found, QUIET)
