from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core import frame
from headroom_core.compressors.base import Earlier, Encoded, Hint
from headroom_core.compressors.reread import Reread
from headroom_core.errors import DecodeError
from headroom_core.source import Source

REREAD = Reread()
FILE = [f"    value_{k} = compute({k})" if k % 5 else "" for k in range(80)]


def numbered(lines: list[str], first: int = 1, form: str = "{n:>6}\t{t}") -> str:
    return "\n".join(form.format(n=first + k, t=line) for k, line in enumerate(lines))


def read(text: str, path: str = "/app/src/mod.py", *, whole: bool = True) -> Earlier:
    return Earlier(text, path=path, whole=whole)


def encoded(text: str, *earlier: Earlier, path: str = "/app/src/mod.py") -> Encoded | None:
    return REREAD.encode(Source(text), Hint(path=path, earlier=earlier))


def shown(text: str, *earlier: Earlier) -> Encoded:
    form = encoded(text, *earlier)
    assert form is not None
    context = [each.original for each in earlier]
    assert REREAD.decode(form.legend, form.body, context) == text
    assert frame.header_of(frame.frame("reread", form)) is not None
    return form


def test_a_file_that_did_not_change_is_one_line() -> None:
    text = "\n".join(FILE)

    form = shown(text, read("other", "x"), read(text + "\n"))

    assert form.body == "(no line differs)"
    assert form.legend.startswith("mod.py as in tool result 2 of this conversation; sha256 ")


def test_a_changed_line_is_a_hunk_with_a_line_around_it() -> None:
    after = [*FILE]
    after[41] = "    value_41 = other()"

    form = shown("\n".join(after), read("\n".join(FILE)))

    assert form.body.split("\n") == [
        "@@ -41 +41 @@",
        " ",
        "-    value_41 = compute(41)",
        "+    value_41 = other()",
        "     value_42 = compute(42)",
    ]
    assert "except for these hunks" in form.legend


def test_changes_that_stand_close_share_a_hunk() -> None:
    after = [*FILE]
    after[41], after[43] = "one", "two"

    assert shown("\n".join(after), read("\n".join(FILE))).body.count("@@ -") == 1


def test_line_numbers_of_hunks_are_those_of_the_file() -> None:
    after = [*FILE[:41], "    inserted()", *FILE[41:]]

    form = shown(numbered(after, 101), read("Result:\n" + numbered(FILE, 101)))

    assert "@@ -141 +141 @@" in form.body
    assert '; lines 1-81 numbered "   101<tab>"' in form.legend


def test_another_gutter_does_not_hide_that_nothing_changed() -> None:
    text = numbered(FILE, form="{n} | {t}") + "\n\nend of file"

    form = shown(text, read(numbered(FILE)))

    assert "+end of file" in form.body
    assert '"1 | "' in form.legend


def test_trimmed_blank_lines_come_back_trimmed() -> None:
    text = "\n".join(
        line.rstrip() for line in numbered(["top", *FILE], form="{n} | {t}").split("\n")
    )

    form = shown(text, read("\n".join(["top", *FILE])))

    assert '"1 | ", blank lines trimmed' in form.legend


def test_a_range_that_is_read_again_names_its_lines() -> None:
    form = shown("\n".join(FILE[20:60]), read("\n".join(FILE)))

    assert ", its lines 21-60;" in form.legend
    assert form.body == "(no line differs)"


def test_a_whole_file_after_a_range_shows_what_is_new() -> None:
    form = shown("\n".join(FILE), read("\n".join(FILE[11:70])))

    assert form.body.startswith("@@ -1 +1 @@\n+\n+    value_1 = compute(1)\n")


def test_lines_at_the_start_and_the_end_may_go() -> None:
    form = shown("\n".join(FILE[2:-2]), read("\n".join(FILE)))

    assert form.body.startswith("@@ -1 +1 @@\n-\n-    value_1")


def test_the_first_read_is_the_base_when_it_serves_as_well() -> None:
    text = "\n".join(FILE)

    assert "tool result 1 " in shown(text, read(text), read(text), read(text)).legend


def test_a_nearer_read_is_the_base_when_the_first_one_is_far() -> None:
    after = [f"{line} # {k}" if k % 3 else line for k, line in enumerate(FILE)]
    text = "\n".join(after)

    assert "tool result 2 " in shown(text, read("\n".join(FILE)), read(text)).legend


def test_a_relative_path_names_the_same_file() -> None:
    text = "\n".join(FILE)

    assert encoded(text, read(text, "./src/mod.py")) is not None
    assert encoded(text, read(text, "/app/src/mod.py"), path="mod.py") is not None


@pytest.mark.parametrize(
    "earlier",
    [
        [],
        [read("\n".join(FILE), whole=False)],
        [read("\n".join(FILE), "/app/src/other.py")],
        [read("\n".join(FILE), "")],
        [read("something else\n" * 80)],
    ],
)
def test_without_a_base_that_can_be_read_the_text_stays(earlier: list[Earlier]) -> None:
    assert encoded("\n".join(FILE), *earlier) is None


def test_short_text_and_text_without_a_path_stay() -> None:
    assert encoded("short", read("short")) is None
    assert encoded("\n".join(FILE), read("\n".join(FILE), ""), path="") is None


@settings(max_examples=100)
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, 79),
            st.sampled_from(["", "new", "    value_7 = compute(7)", "@@ -1 +1 @@", "\ud800\r"]),
        ),
        max_size=8,
    ),
    cut=st.integers(0, 40),
    before=st.sampled_from(["{t}", "{n:>6}\t{t}", "{n}:{t}"]),
    after=st.sampled_from(["{t}", "{n:>6}\t{t}", "{n}: {t}"]),
    insert=st.booleans(),
)
def test_every_form_decodes_to_its_text(
    edits: list[tuple[int, str]], cut: int, before: str, after: str, insert: bool
) -> None:
    lines = [*FILE]
    for at, line in edits:
        lines[at : at + (not insert)] = [line]
    text = numbered(lines[cut:], cut + 1, after)
    earlier = read(numbered(FILE, form=before) + "\n")

    form = encoded(text, earlier)

    if form is not None:
        assert REREAD.decode(form.legend, form.body, [earlier.original]) == text


def versions(count: int) -> list[str]:
    """A file as it is edited again and again, a few lines here and there."""
    chance = random.Random(7)
    lines = [f"def step_{k}(value): return value + {k}" if k % 4 else "" for k in range(300)]
    texts: list[str] = []
    for version in range(count):
        for edit in range(chance.randrange(1, 5)):
            at, gone = chance.randrange(len(lines)), chance.randrange(3)
            new = [f"    changed_{version}_{edit}_{n}()" for n in range(chance.randrange(4))]
            lines[at : at + gone] = new
        texts.append(numbered(lines))
    return texts


def test_a_long_history_of_versions_takes_a_tenth() -> None:
    history = versions(150)
    size = 0

    for before, after in pairwise(history):
        form = encoded(after, read(before))
        assert form is not None
        assert REREAD.decode(form.legend, form.body, [before]) == after
        size += len(frame.frame("reread", form))

    assert size < sum(map(len, history)) // 10


BASE = "\n".join(FILE)
GOOD = shown("\n".join([*FILE[:40], "x", *FILE[41:]]), read(BASE))


@pytest.mark.parametrize(
    ("legend", "body", "context"),
    [
        ("", GOOD.body, [BASE]),
        (GOOD.legend, GOOD.body, []),
        (GOOD.legend.replace("result 1", "result 0"), GOOD.body, [BASE]),
        (GOOD.legend, GOOD.body, [BASE.replace("value_3", "value_4")]),
        (GOOD.legend, GOOD.body.replace("@@ -40", "@@ -41"), [BASE]),
        (GOOD.legend, GOOD.body.replace("@@ -40", "@@ -999999999"), [BASE]),
        (GOOD.legend, GOOD.body.replace("@@ -40", "@@ --40"), [BASE]),
        (GOOD.legend, "junk", [BASE]),
        (GOOD.legend, "", [BASE]),
        (GOOD.legend.replace(", except", ", its lines 9-999999999, except"), GOOD.body, [BASE]),
        (GOOD.legend.replace("; sha", '; lines 1-999999999 numbered "1:"; sha'), GOOD.body, [BASE]),
        (GOOD.legend.replace("; sha", '; lines 0-9 numbered "1:"; sha'), GOOD.body, [BASE]),
        (GOOD.legend.replace("; sha", '; lines 1-9 numbered "x"; sha'), GOOD.body, [BASE]),
    ],
)
def test_a_forged_form_is_refused(legend: str, body: str, context: list[str]) -> None:
    with pytest.raises(DecodeError):
        REREAD.decode(legend, body, context)
