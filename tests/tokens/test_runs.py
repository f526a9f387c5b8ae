from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.tokens import runs
from headroom_core.tokens.runs import MAX_RUN, pieces

SMALL = 5


def reference(text: str) -> list[str]:
    """The rule as it is written, one character at a time."""
    out = [""]
    run = 0
    for char in text:
        run = run + 1 if char.isspace() else 0
        if run > SMALL:
            out.append("")
            run = 1
        out[-1] += char
    return out


@given(text=st.text(st.sampled_from("ab \n\t\u00a0"), max_size=60))
def test_only_long_runs_of_white_space_are_cut(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "MAX_RUN", SMALL)

        assert pieces(text) == reference(text)


@pytest.mark.parametrize("text", ["", "a", " " * MAX_RUN, "x" * (3 * MAX_RUN), "a b\n" * MAX_RUN])
def test_other_texts_are_one_piece(text: str) -> None:
    assert pieces(text) == [text]


def test_a_long_run_is_cut_at_the_same_places_wherever_it_stands() -> None:
    run = " " * (2 * MAX_RUN + 7)

    for before in (0, 1, MAX_RUN - 1, MAX_RUN):
        assert [len(piece) for piece in pieces("x" * before + run + "y")] == [
            before + MAX_RUN,
            MAX_RUN,
            8,
        ]
