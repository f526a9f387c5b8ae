from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom.evals import offline, passages
from headroom.evals.generators import GENERATORS
from headroom.evals.items import Ask
from headroom.evals.offline import CHECKS, make_engine
from headroom.evals.reading import answer, error_kinds, failing_tests
from headroom_core.compressors.base import Compressor, Encoded, Hint, View
from headroom_core.compressors.registry import REGISTRY
from headroom_core.engine.headroom import Headroom
from headroom_core.relevance import telling_terms
from headroom_core.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_core.settings import Settings
    from headroom_core.source import Source


class Blind(Compressor):
    """A view of the first three lines, whatever stands below."""

    name = "blind"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        lines = source.text.split("\n")
        shown = source.text[:200] if len(lines) == 1 else "\n".join(lines[:3])
        return View(shown, "lines", min(3, len(lines)), max(4, len(lines)))


class FromMemory(Compressor):
    """A form that only the process that has made it can decode."""

    name = "secret"

    def __init__(self) -> None:
        self._texts: list[str] = []

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        self._texts.append(source.text)
        return Encoded("ask whoever has written this", str(len(self._texts) - 1))

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        return self._texts[int(body)]


class Moody(FromMemory):
    """A form that looks different each time, so that no cache ever knows it."""

    name = "moody"

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        short = super().encode(source, hint)
        return short and Encoded(short.body, source.text[: len(source.text) * 3 // 4])

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        return self._texts[int(legend)]


class Invented(Compressor):
    """A view that gives wrong figures and names a failure that never was."""

    name = "invented"

    def view(self, source: Source, hint: Hint, room: int) -> View | None:
        body = (
            "[region: eu x1, us x1, apac x1]\n[amount: min 1, max 2, sum 3]\ncustomer,amount\n"
            "a ERROR in nothing\nFAILED tests/test_none.py::test_none"
        )
        return View(body, "lines", 5, 100)


class Forgetful(MemoryStore):
    """A store that gives another text back."""

    def get(self, ref: str) -> str:
        return super().get(ref).upper()


def engine_of(*compressors: Compressor) -> Callable[[Settings], Headroom]:
    return lambda settings: Headroom(settings, store=MemoryStore(), compressors=compressors)


def forgetful(settings: Settings) -> Headroom:
    return Headroom(settings, store=Forgetful(), compressors=REGISTRY)


def failures(check: str, make: Callable[[Settings], Headroom]) -> list[str]:
    found = [CHECKS[check](f"0/{number}", make) for number in range(4)]
    return [each for each in found if each]


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_passes_for_the_engine_as_it_is(check: str) -> None:
    assert failures(check, make_engine) == []


@pytest.mark.requirement("evals.can_fail")
@pytest.mark.parametrize(
    ("check", "broken", "message"),
    [
        ("evidence", engine_of(Blind()), "out of sight: "),
        ("round trip", engine_of(FromMemory()), "knows no form called 'secret'"),
        ("round trip", forgetful, "another text came back"),
        ("answers", engine_of(Blind()), " None, not "),
        ("answers", engine_of(Invented()), ", not "),
        ("error listing", engine_of(Blind()), "not in sight: "),
        ("failure listing", engine_of(Blind()), "not in sight: "),
        ("failure listing", engine_of(Invented()), "not in sight: "),
        ("retrieval recall", forgetful, "is not in the answer to"),
        ("blind question", engine_of(Blind()), " is out of reach of "),
        ("prefix purity", engine_of(Moody()), "messages change when more follow"),
        ("bill", engine_of(Moody()), "billed "),
    ],
)
def test_a_check_fails_for_a_broken_compressor_or_store(
    check: str, broken: Callable[[Settings], Headroom], message: str
) -> None:
    found = failures(check, broken)

    assert found
    assert any(message in each for each in found)


def test_what_stays_as_it_is_needs_no_retrieval() -> None:
    assert failures("retrieval recall", engine_of()) == []


def test_what_a_blind_question_hides_may_come_with_one_retrieval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offline, "SAYS_NOTHING", "At which number is the year of a night?")
    monkeypatch.setattr(passages, "_IN_OTHER_WORDS", [("In the year {}, at night.", "Which year?")])

    assert failures("blind question", engine_of(Blind())) == []


def test_no_word_of_a_passage_is_in_the_question_about_it() -> None:
    for number in range(30):
        item = passages.passages_item(f"0/{number}")
        asked = set(telling_terms(f"{item.question} {passages.SAYS_NOTHING}"))

        assert item.text.count(item.needles[0]) == 1
        assert asked.isdisjoint(telling_terms(item.text))


def test_checks_read_texts_that_nobody_has_shortened() -> None:
    for check in ("answers", "error listing", "failure listing"):
        assert failures(check, engine_of()) == []


def test_more_errors_than_there_are_count_as_wrong() -> None:
    class Alarmed(Compressor):
        name = "alarmed"

        def view(self, source: Source, hint: Hint, room: int) -> View | None:
            errors = [line for line in source.text.split("\n") if "ERROR" in line]
            return View("\n".join([*errors, "x ERROR y"]), "lines", len(errors), 1_000)

    assert any("never there: y" in each for each in failures("error listing", engine_of(Alarmed())))


@pytest.mark.parametrize("category", GENERATORS)
def test_an_item_holds_its_own_evidence_and_comes_again(category: str) -> None:
    for number in range(8):
        item = GENERATORS[category](f"0/{number}")

        assert item == GENERATORS[category](f"0/{number}")
        assert all(needle in item.text for needle in item.needles)
        assert item.answers[0] in item.text


NOTE = "[headroom 3fa9c1d27b04e6d5: 2 of 9 rows shown; more: headroom_retrieve(ref, where=)]\n"
LOOKUP = Ask(kind="lookup", column="amount", value="c-1", key="customer")
COUNT = Ask(kind="count", column="region", value="eu")


@pytest.mark.parametrize(
    ("visible", "ask", "expected"),
    [
        (NOTE + "[region: 2 distinct: eu x7, us x2]", COUNT, "7"),
        (NOTE + " region: us x8, eu", COUNT, "1"),
        (NOTE + " region: us x8, apac", COUNT, None),
        (NOTE + "nothing", COUNT, None),
        (NOTE + " amount: 2 to 9, sum 40", Ask(kind="max", column="amount"), "9"),
        (NOTE + "[amount: min 2, max 9, sum 40]", Ask(kind="sum", column="amount"), "40"),
        (NOTE + "[amount: min 2]", Ask(kind="sum", column="amount"), None),
        (NOTE + "customer,amount\nc-2,6\nc-1,5", LOOKUP, "5"),
        (NOTE + "[9 rows: +1|customer|amount=7]\nc-2|6\n3> c-1|", LOOKUP, "7"),
        (NOTE + "customer,amount\nc-2,6", LOOKUP, None),
        (NOTE + "who,amount\nc-1,6", LOOKUP, None),
        ('[{"customer": "c-1", "amount": 5}]', LOOKUP, "5"),
        ('[{"customer": "c-1"}]', LOOKUP, None),
        ('{"customer": "c-1"}', LOOKUP, None),
        ("customer,amount\nc-1,5", LOOKUP, "5"),
        ("order,region\n1,eu\n2,us\n3,eu", COUNT, "2"),
    ],
)
def test_a_question_is_answered_from_what_is_visible(
    visible: str, ask: Ask, expected: str | None
) -> None:
    assert answer(visible, ask) == expected


def test_errors_and_failures_are_read_from_forms_as_well() -> None:
    form = '[headroom runs, 2 lines: "LINE (xN)" stands for N equal lines in a row]\n'

    assert error_kinds(form + "a ERROR lease 5 is lost (x3)\nok (x9)") == {"lease"}
    assert failing_tests(form + "tests/a.py::b FAILED\nok (x9)") == {"tests/a.py::b"}


def test_a_damaged_form_is_read_as_it_stands() -> None:
    assert error_kinds("[headroom runs, 5 lines: x]\na ERROR disk 5") == {"disk"}
