"""The best lossless form: the smallest one that decodes and is worth its header."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Compressor, Encoded, Hint
from headroom_core.compressors.blanks import Blanks
from headroom_core.compressors.line_runs import LineRuns
from headroom_core.compressors.registry import REGISTRY
from headroom_core.decoding import BY_NAME, decode_text
from headroom_core.engine.lossless import LosslessForms
from headroom_core.errors import DecodeError
from headroom_core.source import Source
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.engine.lossless import Form

COUNTER = deciding_counter()
RUN = "retrying the connection\n" * 60


class Says(Compressor):
    """Encodes everything as one body, and decodes it to one text."""

    def __init__(self, name: str, body: str, text: str, *, exact: bool = True) -> None:
        self.name = name
        self._body = body
        self._text = text
        self._exact = exact

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        return Encoded("x", self._body, self._exact)

    def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
        return self._text


class Inside(LineRuns):
    """Declines a text that still has its wrapper."""

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        return None if source.text.startswith("Exit") else super().encode(source, hint)


def best(text: str, *compressors: Compressor) -> Form | None:
    by_name = {each.name: each for each in compressors}
    return LosslessForms(compressors, by_name, COUNTER).best(text, Hint(), COUNTER.count(text))


def test_the_smallest_form_wins() -> None:
    text = RUN.removesuffix("\n")
    form = best(text, Says("long", "word " * 80, text), Says("short", "word", text))

    assert form is not None
    assert form.name == "short"
    assert form.tokens == COUNTER.count(form.text)


def test_a_form_that_does_not_decode_gives_way_to_the_next() -> None:
    form = best(RUN, Says("liar", "word", "something else"), LineRuns())

    assert form is not None
    assert form.name == "runs"
    assert decode_text(form.text) == RUN


class Watched(LineRuns):
    """Says whether it was tried."""

    def __init__(self) -> None:
        self.tried = 0

    def encode(self, source: Source, hint: Hint) -> Encoded | None:
        self.tried += 1
        return super().encode(source, hint)


@pytest.mark.parametrize(("body", "tried"), [("word " * 100, 0), ("word " * 200, 1)])
def test_a_form_for_any_text_is_tried_where_no_other_cuts_deep(body: str, tried: int) -> None:
    text = RUN.removesuffix("\n")
    watched = Watched()

    best(text, Says("shape", body, text), watched)

    assert watched.tried == tried


def test_the_same_json_is_enough_where_the_form_says_so() -> None:
    text = '{"numbers": [\n' + ",\n".join(str(number) for number in range(80)) + "]}"
    compact = text.replace("\n", "")

    exact = best(text, Says("table", "word", compact))
    same = best(text, Says("table", "word", compact, exact=False))

    assert exact is None
    assert same is not None
    assert not same.exact


def test_a_form_that_cannot_be_read_back_is_not_used() -> None:
    class Garbled(LineRuns):
        def decode(self, legend: str, body: str, context: Sequence[str] = ()) -> str:
            raise DecodeError("damaged")

    assert best(RUN, LineRuns()) is not None
    assert best(RUN, Garbled()) is None


def test_a_form_that_saves_next_to_nothing_is_not_used() -> None:
    text = "every line of this text is another one " * 40

    assert best(text, Says("same", text, text)) is None
    assert best(text) is None


def test_the_wrapper_of_an_agent_stays_as_it_is() -> None:
    text = f"Exit code: 1\nOutput:\n{RUN}Duration: 3 s"

    form = best(text, Inside())

    assert form is not None
    assert form.name == "runs"
    assert "\nExit code: 1\nOutput:\n[headroom runs" in form.text
    assert form.text.endswith("\nDuration: 3 s")
    assert decode_text(form.text) == text


def test_a_text_that_is_all_wrapper_has_no_form() -> None:
    assert best("Exit code: 1\n" * 24, Blanks()) is None


def test_a_mixed_text_has_to_be_worth_it_as_a_whole() -> None:
    text = "Exit code: 1\n" + "waiting for it\n" * 5 + "done"

    assert best(text, LineRuns()) is None


@pytest.mark.requirement("origin.file_reads")
def test_a_file_that_was_read_is_only_put_into_forms_that_keep_its_lines() -> None:
    text = json.dumps([{"name": f"user-{n}", "plan": "free"} for n in range(60)], indent=2)
    forms = LosslessForms(REGISTRY, {each.name: each for each in REGISTRY}, COUNTER)
    tokens = COUNTER.count(text)

    printed = forms.best(text, Hint(origin="command"), tokens)
    read = forms.best(text, Hint(origin="file_read", path="users.json"), tokens)

    assert printed is not None
    assert printed.name == "json"
    assert read is None or all(BY_NAME[name].keeps_lines for name in read.name.split("+"))


@pytest.mark.parametrize(
    "compressor", [each for each in REGISTRY if each.keeps_lines], ids=lambda each: each.name
)
def test_a_form_that_keeps_lines_shows_each_as_it_stands_in_the_source(
    compressor: Compressor,
) -> None:
    lines = [f"    value_{n} = compute(value_{n}, {n % 7})" for n in range(40)]
    block = ["def run():", *lines, "", "", "", "", "retry()", "retry()", "retry()", "retry()"]
    text = "\n".join([*block, *block])
    encoded = compressor.encode(Source(text), Hint(origin="file_read", path="run.py"))
    if encoded is None:
        return

    known = set(text.split("\n"))
    unknown = [line for line in encoded.body.split("\n") if line not in known]

    assert len(unknown) < len(known)
    for line in unknown:
        assert re.search(r"\(x\d+\)$|^\(.*\)$|\{?\d+[:}]|^ *\[", line), line
