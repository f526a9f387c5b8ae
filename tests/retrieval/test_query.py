"""`query`: the stretch that answers a question comes first, from every shape of text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.retrieval.headings import headings
from headroom_core.retrieval.query import select_query
from headroom_core.retrieve import Retrieved, retrieve
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Sequence


def ask(text: str, query: str, max_tokens: int = 300) -> Retrieved:
    store = MemoryStore()
    found = retrieve(store, store.put(text), query=query, max_tokens=max_tokens)
    assert deciding_counter().count(found.text) <= max_tokens
    return found


WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()
LOG = "\n".join(
    f"2024-01-02 03:04:{n % 60:02d} INFO worker-{n % 7} job {n * 7919 % 10007} {WORDS[n % 10]} done"
    if n != 400
    else "2024-01-02 03:06:40 ERROR worker-3 job 1234 connection reset by 10.0.3.17"
    for n in range(800)
)
MANUAL = "\n".join(
    f"## {word.title()} settings\n\nThe {word} module reads its own file.\n\n"
    f"Its limit is {n * 13} entries by default.\n"
    for n, word in enumerate(WORDS)
)


def test_the_line_of_a_log_comes_with_its_neighbours() -> None:
    found = ask(LOG, "Which connections were reset?")

    assert found.shown[0] == (400, 403)
    assert found.text.startswith("[lines 400-403 of 800]\n")
    assert found.unit == "lines"
    assert not found.exact


def test_what_is_quoted_is_looked_for_as_it_stands() -> None:
    assert "10.0.3.17" in ask(LOG, "What happened with `10.0.3.17`?").text
    assert "job 1234 " in ask(LOG, 'Find "job 1234"').text


def test_a_section_is_found_by_its_heading_and_names_it() -> None:
    found = ask(MANUAL * 3, 'What does the section "Zeta settings" say?')

    assert "Its limit is 65 entries" in found.text


def test_a_part_of_a_section_says_what_it_stands_under() -> None:
    long = "# Intro\n\n" + "\n\n".join(f"Plain words number {n}." for n in range(60))
    text = (
        long + "\n\n# Limits [hard]\n\n" + "\n\n".join(f"Rule {n} of the house." for n in range(40))
    )

    found = ask(text, "rule 33")

    assert "Rule 33 of" in found.text
    assert ", under # Limits hard" in found.text


def test_an_indented_entry_is_found_by_the_names_above_it() -> None:
    services = "\n".join(
        f"  {name}:\n    image: registry/{name}\n    build:\n      dockerfile: {name}.docker"
        for name in WORDS
    )

    found = ask(f"services:\n{services}", "What is `services.theta.build.dockerfile`?")

    assert "theta.docker" in found.text.split("\n[")[0]


def test_problems_are_found_without_naming_them_each_kind_first() -> None:
    kinds = ["disk full", "no route to host", "access denied to bucket", "checksum differs"]
    text = "\n".join(
        f"10:00:{n % 60:02d} {'ERROR ' + kinds[n % 4] if n % 9 == 0 else 'INFO fine'} number {n}"
        for n in range(600)
    )

    found = ask(text, "Did anything fail here?", 400)

    assert all(kind in found.text for kind in kinds)


def test_a_value_of_json_is_found_by_its_path() -> None:
    text = json.dumps({"data": [{"id": n, "owner": {"name": f"user{n}"}} for n in range(300)]})

    found = ask(text, "What is the value of `data.217.owner.name`?", 200)

    assert found.text.startswith('[$.data[217].owner.name]\n"user217"')
    assert found.unit == "items"


def test_an_entry_of_json_is_found_by_what_it_holds() -> None:
    rows = [{"name": f"item{n}", "body": "text " * 80, "size": n * 3} for n in range(50)]

    found = ask(
        json.dumps({"rows": rows}), "In `rows`, the one whose `name` is `item31`: its size?", 800
    )

    assert '"size":93' in found.text


def test_two_paths_are_tried_together() -> None:
    text = json.dumps({"deps": {f"lib{n}": {"version": f"1.{n}"} for n in range(400)}})

    found = ask(text, "In `deps`, take `lib77`: which version?", 200)

    assert found.text.startswith('[$.deps.lib77]\n{"version":"1.77"}')


def test_a_large_value_is_split_and_knows_what_it_belongs_to() -> None:
    big = {
        "kind": "Widget",
        "names": [f"name{n}" for n in range(600)],
        "deep": {"x": {"y": [5] * 900}},
    }
    other = {"kind": "Gadget", "names": [f"name{n}" for n in range(600)], "text": "long " * 500}

    found = ask(json.dumps([big, other]), "name512 of the Gadget", 900)

    assert found.text.startswith("[$[1].names[")
    assert "name512" in found.text
    assert " to [" in found.text.split("\n")[0]


def test_a_definition_is_found_in_code_by_its_name() -> None:
    code = "\n\n".join(
        f"def step_{n}(x: int) -> int:\n    y = x * {n}\n    return y" for n in range(90)
    )

    found = ask(code, "Show me how `step_41` works.", 150)

    assert found.text.split("\n")[1:4] == [
        "def step_41(x: int) -> int:",
        "    y = x * 41",
        "    return y",
    ]
    assert found.text.count("def step_41(") == 1


def test_a_definition_is_found_among_the_hits_of_a_search() -> None:
    hits = "\n".join(f"src/m{n}.py:{n + 1}:    value = users({n})" for n in range(200))
    text = f"{hits}\nsrc/views.py:57:def users(request):\n{hits}"

    assert "src/views.py:57:def users" in ask(text, "Where is `users` defined?", 150).text


def test_the_file_of_a_hit_is_named_where_it_stands_above() -> None:
    text = (
        "\n\n".join(
            f"src/file{n}.ts\n" + "\n".join(f"{m}:  call(next, {m})" for m in range(1, 30))
            for n in range(9)
        )
        + "\n\nsrc/timer.ts\n"
        + "\n".join(
            f"{m}:  call(next, {m})" if m != 25 else f"{m}:function next() {{" for m in range(1, 40)
        )
    )

    found = ask(text, "Where is `next` defined?", 250)

    assert "25:function next() {" in found.text
    assert "under src/timer.ts" in found.text


def test_a_hunk_of_a_diff_is_found_by_its_file() -> None:
    text = "\n".join(
        f"diff --git a/m{n}.py b/m{n}.py\n--- a/m{n}.py\n+++ b/m{n}.py\n@@ -1,9 +1,9 @@ M{n}\n"
        + "\n".join(f" context {k}" for k in range(20))
        + f"\n-old {n}\n+brand {n}"
        for n in range(30)
    )

    assert "+brand 17\n" in ask(text, "What is added in `m17.py`?").text + "\n"


def test_without_a_match_it_says_so_and_shows_problems_and_the_beginning() -> None:
    found = ask(LOG, "xylophone")

    assert found.text.startswith("[nothing matches 'xylophone'; ")
    assert "connection reset" in found.text
    assert "job 0 alpha" in found.text


def parts() -> str:
    goes_on = "It goes on with more words.\n\n" * 60
    return "".join(f"# Part {n}\nIt opens with {n}.\n\n{goes_on}" for n in range(6))


def test_without_a_match_each_part_shows_how_it_begins() -> None:
    long = parts()

    found = ask(long, "xylophone", 1_500)

    assert "then the beginning of each part" in found.text
    assert all(f"It opens with {n}." in found.text for n in range(6))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("xylophone", "nothing matches"),
        ("Please summarize this document.", "nothing matches"),
        ("What does its own text say?", "nothing is named in"),
    ],
)
@pytest.mark.parametrize("text", [MANUAL, json.dumps({word: [word, "own"] for word in WORDS})])
def test_a_question_that_finds_nothing_gets_all_of_what_fits(
    text: str, asked: str, why: str
) -> None:
    found = ask(text, asked, 1_500)

    assert found.text == f"[{why} {asked!r}; all of it:]\n{text}"
    assert found.shown == ((1, found.total),)
    assert found.cursor is None
    assert not found.exact


def test_words_that_name_nothing_are_looked_for_first_and_the_rest_can_be_reached() -> None:
    text = parts() + "\n\n# Summary\nAll parts open."

    pieces = select_query(text, "Please give me a summary.").pieces
    every = [pieces[index].text for index in range(len(pieces))]

    assert "All parts open." in every[0]
    assert len(select_query(text, "summary").pieces) == 1
    assert all(any(f"It opens with {n}." in each for each in every) for n in range(6))


@pytest.mark.parametrize("text", ["", "\n\n", " ", "[]", "{}", '""'])
def test_nothing_at_all_can_be_asked(text: str) -> None:
    assert "nothing matches" in ask(text, "anything").text


def test_pages_of_an_answer_do_not_repeat_lines() -> None:
    store = MemoryStore()
    ref = store.put(LOG)
    found = retrieve(store, ref, query="job alpha", max_tokens=300)
    shown = list(found.shown)
    for _ in range(5):
        assert found.cursor is not None
        found = retrieve(store, ref, cursor=found.cursor, max_tokens=300)
        shown += found.shown

    numbers = [n for first, last in shown for n in range(first, last + 1)]
    assert len(numbers) == len(set(numbers))


def test_another_scorer_can_be_used() -> None:
    class Longest:
        def scores(self, query: str, units: Sequence[str]) -> list[float]:
            return [float(len(unit)) for unit in units]

    text = "\n".join(["short"] * 30 + ["the longest line of all"] + ["short"] * 30)

    assert "longest" in select_query(text, "x", Longest()).pieces[0].text


@pytest.mark.parametrize(
    ("lines", "under"),
    [
        (["# A", "x", "## B", "y", "# C"], ["# A", "# A", "# A > ## B", "# A > ## B", "# C"]),
        (
            ["Title", "=====", "x", "Part", "----"],
            ["Title", "Title", "Title", "Title > Part", "Title > Part"],
        ),
        (['<div><h2 id="a">Say <b>it</b></h2>', "x"], ["Say it", "Say it"]),
        (["____ test_x[a] ____", "E"], ["____ test_x[a] ____"] * 2),
        (["[tool.ruff]", "a = 1"], ["[tool.ruff]"] * 2),
        (
            ["diff --git a/x b/x", "@@ -1 +1 @@", "+y"],
            ["diff --git a/x b/x", *["diff --git a/x b/x > @@ -1 +1 @@"] * 2],
        ),
        (["src/a.py", "12:hit", "13:hit"], ["src/a.py"] * 3),
        ([" # indented", "plain text", "more"], ["", "", ""]),
    ],
)
def test_headings_of_every_kind_are_known(lines: list[str], under: list[str]) -> None:
    assert headings(lines) == under


@given(st.text(max_size=400), st.text(min_size=1, max_size=40))
def test_any_text_answers_any_question(text: str, query: str) -> None:
    if query.strip():
        found = ask(text, query)
        assert found.text


@given(
    st.lists(
        st.sampled_from(["a", " b", "# c", "", "word word", "    d", "x: y", "---"]), max_size=80
    )
)
def test_all_lines_can_be_reached(lines: list[str]) -> None:
    pieces = select_query("\n".join(lines), "zzz").pieces

    every = [pieces[index] for index in range(len(pieces))]
    shown = {n for piece in every for n in range(piece.first, piece.last + 1)}
    assert all(n in shown for n, line in enumerate(lines, 1) if line.strip())


def test_a_definition_that_two_quotes_name_is_shown_once() -> None:
    code = "\n\n".join(f"def step_{n}(x: int) -> int:\n    return x * {n}" for n in range(90))

    found = ask(code, "Is `step_41` the same as `module.step_41`?", 400)

    assert found.text.count("def step_41(") == 1


def diff_of(files: int, lines: int) -> str:
    out: list[str] = []
    for at in range(files):
        path = f"src/part_{at}/index.ts"
        out += [f"diff --git a/{path} b/{path}", f"@@ -0,0 +1,{lines} @@ class Part{at}"]
        out += [f"+  step {at} {n} of the mutation index" for n in range(lines)]
    return "\n".join(out)


def test_a_file_of_a_diff_that_is_named_is_shown_from_its_beginning() -> None:
    text = diff_of(8, 60)

    shown = ask(text, "what is added in `src/part_3/index.ts`?").text.split("\n")

    assert shown[0].startswith("[lines 187-")
    assert shown[1].startswith("diff --git a/src/part_3/index.ts")
    assert shown[3] == "+  step 3 0 of the mutation index"
    assert shown[4] == "+  step 3 1 of the mutation index"


def test_a_hunk_that_is_named_is_shown_without_the_rest_of_its_file() -> None:
    text = diff_of(3, 9).replace("+  step 1 5", "@@ -9,2 +9,2 @@ class Inner\n+  step 1 5")

    shown = ask(text, "the new code in `src/part_1/index.ts` at `class Inner`?").text.split("\n")

    assert shown[1:3] == ["@@ -9,2 +9,2 @@ class Inner", "+  step 1 5 of the mutation index"]


@pytest.mark.parametrize(
    "asked", ["what about `index.ts`?", "what does `src/part_3/index.ts` do with `step 3 44 of`?"]
)
def test_sections_are_not_shown_whole_when_more_is_asked_or_many_are_named(asked: str) -> None:
    shown = ask(diff_of(8, 60), asked).text

    assert "+  step 3 0 of the mutation index\n+  step 3 1 of" not in shown


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("Which was the first deployment?", "id 0 of"),
        ("How did the last deployment end?", "id 59 of"),
    ],
)
def test_the_first_or_the_last_is_shown_where_it_is_asked_for(asked: str, line: str) -> None:
    text = "\n\n".join(
        f"## Run {n}\n\nid {n} of a deployment {'of this deployment' * (10 < n < 50)}\n" + "x\n" * 9
        for n in range(60)
    )

    assert line in ask(text, asked, max_tokens=160).text
    assert line not in ask(text, "Which deployments were there?", max_tokens=160).text
