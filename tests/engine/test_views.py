"""The view of a text: cleaned first, then the first that fits, else the smallest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_core.compressors.base import Compressor, Hint, View
from headroom_core.compressors.registry import CLEANERS
from headroom_core.engine.views import Views
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from headroom_core.engine.views import Shown
    from headroom_core.source import Source

COUNTER = deciding_counter()
TEXT = "\n".join(f"line {index}" for index in range(400))


class First(Compressor):
    """Shows the first lines: `share` of the room, but at least `least` lines."""

    def __init__(self, name: str, *, share: float = 1, least: int = 0, required: int = 0) -> None:
        self.name = name
        self.rooms: list[int] = []
        self._share = share
        self._least = least
        self._required = required

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        self.rooms.append(room)
        if not source.text.startswith("line"):
            return None
        shown = max(self._least, int(room * self._share) // 9)
        lines = source.lines[:shown]
        body = "\n".join(lines)
        return View(
            body, "lines", len(lines), len(source.lines), "a; b", min(self._required, len(body))
        )


def best(text: str, budget: int, *compressors: Compressor) -> Shown | None:
    return Views(compressors, CLEANERS, COUNTER).best(text, Hint(), budget)


def test_a_text_within_the_budget_needs_no_view() -> None:
    assert best("line 1\nline 2", 100, First("first")) is None


def test_the_first_view_that_fits_is_shown() -> None:
    shown = best(TEXT, 300, First("one"), First("two"))

    assert shown is not None
    assert shown.name == "one"
    assert shown.tokens == COUNTER.count(shown.view.body) <= 375


def test_a_view_that_is_too_long_is_asked_for_once_more_with_less_room() -> None:
    greedy = First("greedy", share=3)

    shown = best(TEXT, 200, greedy)

    assert shown is not None
    assert len(greedy.rooms) == 2
    assert greedy.rooms[1] < greedy.rooms[0]
    assert shown.tokens <= 250


def test_what_must_be_shown_is_not_asked_for_again() -> None:
    required = First("required", least=150, required=10**6)

    shown = best(TEXT, 200, required)

    assert shown is not None
    assert len(required.rooms) == 1
    assert shown.view.required == len(shown.view.body)


def test_where_none_fits_the_smallest_is_shown() -> None:
    shown = best(
        TEXT, 100, First("large", least=200), First("small", least=90), First("mid", least=150)
    )

    assert shown is not None
    assert shown.name == "small"


def test_what_must_be_shown_may_take_two_budgets_before_another_view_replaces_it() -> None:
    small = First("small", least=20)
    needed = First("needed", least=100, required=10**6)

    shown = best(TEXT, 200, needed, small)
    too_long = best(TEXT, 120, needed, small)

    assert shown is not None
    assert shown.name == "needed"
    assert too_long is not None
    assert too_long.name == "small"


def test_a_view_that_hides_nothing_is_no_view() -> None:
    assert best(TEXT, 300, First("all", least=400)) is None


def test_a_text_that_nobody_can_show_has_no_view() -> None:
    assert best("x" + TEXT, 300, First("one")) is None


def test_noise_is_taken_out_before_anything_else() -> None:
    noisy = "\n".join(f"\x1b[31mline\x1b[0m {index}" for index in range(400))

    clean = best(noisy, 10_000, First("one"))
    both = best(noisy, 300, First("one"))
    only = best("\x1b[1mx\x1b[0m" + TEXT, 300, First("one"))

    assert clean is not None
    assert (clean.name, clean.view.body) == ("terminal", TEXT)
    assert both is not None
    assert both.name == "terminal+one"
    assert TEXT.startswith(both.view.body)
    assert only is not None
    assert only.name == "terminal"


def test_cleaners_work_one_after_another() -> None:
    text = "\x1b[31mred\x1b[0m " + "Ab3d" * 200 + "\nend"

    shown = best(text, 1_000)

    assert shown is not None
    assert shown.name == "terminal+binary"
    assert "\x1b" not in shown.view.body
    assert "600 bytes in base64" in shown.view.body


def test_the_wrapper_and_the_final_newline_stay() -> None:
    shown = best(f"Exit code: 1\n{TEXT}\nDuration: 3 s\n", 300, First("one"))

    assert shown is not None
    assert shown.view.body.startswith("Exit code: 1\nline 0\n")
    assert shown.view.body.endswith("\nDuration: 3 s\n")


def test_look_alikes_of_our_headers_are_escaped() -> None:
    shown = best("line [x]\n[headroom runs, 1 line: x]\n" + TEXT, 300, First("one"))

    assert shown is not None
    assert "\n\\[headroom runs, 1 line: x]\n" in shown.view.body


def test_a_view_for_the_shape_goes_before_a_smaller_one_when_it_cuts_deep() -> None:
    text = "\n".join(f"line {number}" for number in range(3_000))
    shape = First("shape", least=200, required=10**6)
    anything = First("anything", least=150, required=10**6)

    deep = best(text, 100, shape, anything)
    shallow = best(text, 100, First("shape", least=2_000, required=10**6), anything)

    assert deep is not None
    assert deep.name == "shape"
    assert shallow is not None
    assert shallow.name == "anything"


def test_what_must_be_shown_is_not_traded_for_a_view_that_fits_without_it() -> None:
    text = "\n".join(f"line {number}" for number in range(3_000))
    short = First("short")

    needed = best(text, 100, First("needed", least=200, required=1_200), short)
    too_much = best(text, 100, First("needed", least=2_000, required=10**6), short)
    long_for_nothing = best(text, 100, First("long", least=200, required=300), short)

    assert [shown and shown.name for shown in (needed, too_much, long_for_nothing)] == [
        "needed",
        "short",
        "short",
    ]


class Stands(First):
    """Shows much, and lets no other view take its place."""

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        seen = super().view(source, hint, room)
        return replace(seen, stands=True) if seen else None


class Claims(Compressor):
    """Has no view, and says that there is to be none."""

    name = "claims"

    def claims(self, source: Source, hint: Hint) -> bool:
        return True


def test_a_view_that_answers_is_not_traded_for_a_shorter_one() -> None:
    seen = best(TEXT, 200, Stands("answers", least=300), First("short"))

    assert seen is not None
    assert seen.name == "answers"


def test_a_text_that_one_compressor_claims_is_shown_by_no_other() -> None:
    assert best(TEXT, 200, Claims(), First("short")) is None
    assert best(TEXT, 200, First("long", least=300), Claims()) is None


class Nothing(Compressor):
    """Has no view of anything."""

    name = "nothing"


class LastResort(First):
    """Has a view of texts that no other knows."""

    last_resort = True


def test_a_last_resort_is_for_a_text_of_which_no_other_has_a_view() -> None:
    known = best(TEXT, 200, First("long", least=300), LastResort("last"))
    unknown = best(TEXT, 200, Nothing(), LastResort("last"))

    assert known is not None
    assert known.name == "long"
    assert unknown is not None
    assert unknown.name == "last"
