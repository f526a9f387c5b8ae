"""The recorded bytes of every form and of every view: a change is a decision, not an accident.

`tests/golden/NAME/CASE.in` is a text, `.out` its framed lossless form and `.view` a view of it.
`.earlier` is an earlier result of the conversation. `pytest --record` writes them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors.base import Compressor, Earlier, Hint
from headroom_core.compressors.registry import REGISTRY
from headroom_core.decoding import decode_text
from headroom_core.frame import frame
from headroom_core.json_equal import same_json
from headroom_core.source import Source
from tests.conftest import GOLDEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BY_NAME = {each.name: each for each in REGISTRY}
CASES = [path for path in sorted(GOLDEN.glob("*/*.in")) if path.parent.name in BY_NAME]
EACH_CASE = pytest.mark.parametrize(
    "case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)
QUERY = "What failed, and when?"
ROOM = 1_200


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogatepass")


def prepared(case: Path) -> tuple[Compressor, Source, Hint]:
    """The compressor of a case, its text as the engine passes it, and what stands before it."""
    before = case.with_suffix(".earlier")
    path = f"src/{case.stem}"
    earlier = (Earlier(text_of(before), "call_1", "Read", path),) if before.exists() else ()
    hint = Hint(query=QUERY, path=path if earlier else "", earlier=earlier)
    return BY_NAME[case.parent.name], Source(text_of(case).removesuffix("\n")), hint


@pytest.mark.requirement("api.golden")
@pytest.mark.parametrize("name", BY_NAME)
def test_every_compressor_has_a_recorded_case(name: str) -> None:
    cases = [case for case in CASES if case.parent.name == name]

    assert any(case.with_suffix(end).exists() for case in cases for end in (".out", ".view"))


@pytest.mark.requirement("api.golden")
@EACH_CASE
def test_a_form_is_the_recorded_one_and_decodes(
    case: Path, check_golden: Callable[[str, str], None]
) -> None:
    compressor, source, hint = prepared(case)
    encoded = compressor.encode(source, hint)

    if encoded is None:
        assert not case.with_suffix(".out").exists()
        return
    newline = "\n" if text_of(case).endswith("\n") else ""  # which the engine sets aside
    framed = frame(compressor.name, encoded) + newline
    check_golden(f"{compressor.name}/{case.stem}.out", framed)
    decoded = decode_text(framed, [each.original for each in hint.earlier])
    assert decoded == text_of(case) if encoded.exact else same_json(decoded, text_of(case))


@pytest.mark.requirement("api.golden")
@EACH_CASE
def test_a_view_is_the_recorded_one(case: Path, check_golden: Callable[[str, str], None]) -> None:
    compressor, source, hint = prepared(case)
    if missing := compressor.unavailable():
        pytest.skip(missing)
    view = compressor.view(source, hint, ROOM)

    if view is None:
        assert not case.with_suffix(".view").exists()
        return
    shown = f"{view.shown} of {view.total} {view.unit}; {view.required} required; {view.hides}"
    check_golden(f"{compressor.name}/{case.stem}.view", f"{shown}\n{view.body}")
