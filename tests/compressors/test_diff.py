"""What diffs become, and that they come back."""

from __future__ import annotations

import difflib
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors import bounded
from headroom_core.compressors.base import Hint
from headroom_core.compressors.diff import DiffCompressor
from headroom_core.compressors.diffs import form
from headroom_core.errors import DecodeError
from headroom_core.keep import KeepRules
from headroom_core.source import Source

DIFF = DiffCompressor()

CODE = st.sampled_from(
    [
        *("", "x", "return x", "    total += price_of_the_item", "def order(self):", "--", "++ y"),
        *(
            "    raise ValueError(name)",
            "-- end of the list of items",
            "@@ 3",
            "| z",
            "=+ 3",
            "\\ a",
        ),
    ]
)
PATHS = st.sampled_from(["a.py", "src/b.py", "two words.txt", "docs/c d (3 lines)", "-x", "é.md"])
COMMIT = st.sampled_from(
    [
        *("", "", "Author: A B <a@b>", "Author: A B", "Date:   Monday", "    message", "    "),
        *(
            "        code",
            "    diff x",
            "---",
            "     ",
            "    | x",
            " a | 2 +-",
            "Author: A B <c@d>",
        ),
    ]
)
ODD = st.sampled_from(
    ["", "diff a b", "@@ 7", "| x", " y", "-- ", "=+ 3 lines as +1", "\\ No newline", "commit 12"]
)


def hunks(old: list[str], new: list[str], context: int) -> list[str]:
    """The hunks between two files, as `difflib` writes them."""
    return [
        line.removesuffix("\n") for line in difflib.unified_diff(old, new, n=context, lineterm="")
    ][2:]


@st.composite
def diffs(draw: st.DrawFn) -> str:
    """Something like the output of `git diff` or `git log -p`, sometimes damaged."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            lines.append("commit " + "ab" * 20)
            lines += draw(st.lists(COMMIT, max_size=6))
        path = draw(PATHS)
        end = "\t" if " " in path else ""
        old = draw(st.lists(CODE, max_size=9))
        new = [line for line in old if draw(st.booleans())] + draw(st.lists(CODE, max_size=9))
        match draw(st.sampled_from(["change", "new", "deleted", "rename", "plain", "mode"])):
            case "new":
                head = ["new file mode 100644", "index 0000000..1234567"]
                head += ["--- /dev/null", f"+++ b/{path}{end}"]
                old = []
            case "deleted":
                head = ["deleted file mode 100755", "index 1234567..0000000"]
                head += [f"--- a/{path}{end}", "+++ /dev/null"]
                new = []
            case "rename":
                head = ["similarity index 90%", "rename from q", f"rename to {path}"]
                head += ["index 1234567..89abcde 100644", "--- a/q", f"+++ b/{path}{end}"]
            case "mode":
                head = ["old mode 100644", "new mode 100755"]
                old = new = []
            case _:
                head = ["index 1234567..89abcde 100755", f"--- a/{path}{end}", f"+++ b/{path}{end}"]
        left = "q" if "rename from q" in head else path
        lines += [f"diff --git a/{left} b/{path}", *head]
        lines += hunks(old, new, draw(st.sampled_from([0, 1, 3])))
        if draw(st.integers(0, 4)) == 0:
            lines.append("\\ No newline at end of file")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1]))):
        lines.insert(draw(st.integers(0, len(lines))), draw(ODD))
    return "\n".join(lines)


@given(text=diffs())
@settings(max_examples=100, deadline=None)
def test_what_is_read_as_a_diff_comes_back_byte_for_byte(text: str) -> None:
    found = form.write(text.split("\n"))

    if found:
        assert form.read(*found) == text


BASKET = """\
diff --git a/src/shop/basket.py b/src/shop/basket.py
index 83db48f..bf269f4 100644
--- a/src/shop/basket.py
+++ b/src/shop/basket.py
@@ -12,3 +12,4 @@ class Basket:
     def total(self):
-        return sum(self.prices)
+        prices = self.prices
+        return sum(prices)
 #
@@ -40,2 +41,2 @@ class Basket:
-    size = 3
+    size = 4
 #
"""


def test_a_file_needs_one_line_and_a_hunk_the_line_it_starts_at() -> None:
    encoded = DIFF.encode(Source(BASKET * 2), Hint())

    assert encoded is not None
    assert encoded.body.split("\n")[:2] == [
        "diff src/shop/basket.py 83db48f..bf269f4",
        "@@ 12 class Basket:",
    ]
    assert '@@ 41 "' in encoded.body
    assert DIFF.decode(encoded.legend, encoded.body) == BASKET * 2


def change(path: str, at: int, body: list[str], section: str = "") -> str:
    """A file with one hunk of a `git diff`."""
    old = sum(line[:1] in {" ", "-"} for line in body)
    new = sum(line[:1] in {" ", "+"} for line in body)
    sides = [f"{at}" if count == 1 else f"{at},{count}" for count in (old, new)]
    head = [
        f"diff --git a/{path} b/{path}",
        "index 83db48f..bf269f4 100644",
        f"--- a/{path}",
        f"+++ b/{path}",
        f"@@ -{sides[0]} +{sides[1]} @@{section}",
    ]
    return "\n".join([*head, *body])


BODY = [
    *(f" line {n}" for n in range(6)),
    *("-    old_price = 3", "+    new_price = 4"),
    *(f" line {n}" for n in range(6, 12)),
]
MANY = "\n".join(
    change(f"src/shop/part_{n}.py", 10 + n, BODY, f" class Part{n}:") for n in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "\n".join(f"- item {n}" for n in range(40)),
        "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b",
    ],
)
def test_what_is_no_diff_or_gains_nothing_is_left_alone(text: str) -> None:
    assert DIFF.encode(Source(text), Hint()) is None


def test_a_new_file_stands_without_signs_below_its_header() -> None:
    lines = [f"+part {n}" for n in range(100)]
    head = ["diff --git a/a.txt b/a.txt", "new file mode 100644", "index 0000000..bf269f4"]
    text = "\n".join([*head, "--- /dev/null", "+++ b/a.txt", "@@ -0,0 +1,100 @@", *lines])

    encoded = DIFF.encode(Source(text), Hint())

    assert encoded is not None
    assert encoded.body.startswith("diff a.txt new 100644 bf269f4 (100 lines)\npart 0\npart 1\n")
    assert DIFF.decode(encoded.legend, encoded.body) == text


@pytest.mark.parametrize(
    "text",
    [
        "@@ -1 +1 @@no blank\n-a\n+b",
        "@@ -7 +7 @@ x\n-a\n+b\n@@ -9 +9 @@ x\n-a\n+b",
        '@@ -7 +7 @@ "\n-a\n+b',
        "@@ -7 +7 @@\n-a\n+b\n@@ -8 +9 @@\n-a\n+b",
        "@@ -7,2 +7,2 @@\n-a\n+b\n\n@@ -9 +9 @@\n-a\n+b\n-- \n2.40",
        "@@ -7,0 +8,2 @@\n+a\n+b\n@@ -9 +10,0 @@\n-a",
        "commit 1234567\n\n    diff a b\n\ndiff --git a/a b/a\nold mode 1\n@@ -1 +1 @@\n-a\n+b",
    ],
)
def test_odd_hunks_come_back(text: str) -> None:
    found = form.write(text.split("\n"))

    assert found is not None
    assert form.read(*found) == text


def test_code_that_moved_is_referred_to() -> None:
    moved = ["def total(self) -> int:", "    return sum(self.prices)", "", "    # the end of it"]
    text = "\n".join(
        [
            change("a.py", 10, [" x", *(f"-{line}" for line in moved)]),
            change("b.py", 30, [" x", *(f"+{line}" for line in moved), " y"]),
            change("b.py", 60, [" x", *(f"+    {line}" if line else "+" for line in moved)]),
            change("b.py", 90, [" x", *(f"+\t{line}" if line else "+" for line in moved)]),
            change("a.py", 40, [" x", *(f"-{line}" for line in moved[:1])]),
        ]
    )

    encoded = DIFF.encode(Source(text), Hint())

    assert encoded is not None
    assert "=+ 4 lines as -11 in a.py\n" in encoded.body
    assert "=+ 4 lines as +31, 4 blanks more" in encoded.body
    assert "=+ 4 lines as +31, 1 tab more" in encoded.body
    assert DIFF.decode(encoded.legend, encoded.body) == text


def test_code_that_moved_out_of_a_block_is_referred_to() -> None:
    moved = ["    def total(self, discount: int) -> int:", "        return sum(self.prices)"]
    text = "\n".join(
        [
            change("a.py", 10, [" x", *(f"-{line}" for line in moved), "-  no", " y"]),
            change("a.py", 20, [" x", *(f"+{line[4:]}" for line in moved), "+no", " y"]),
        ]
    )

    encoded = form.write(text.split("\n"))

    assert encoded is not None
    assert "=+ 2 lines as -11, 4 blanks less" in encoded[1]
    assert form.read(*encoded) == text


def test_messages_of_a_log_lose_their_indent_and_known_authors_their_address() -> None:
    commit = "commit " + "ab" * 20 + "\nAuthor: Ann Lee <ann@shop.example>\nDate:   Monday\n\n"
    text = "\n".join(f"{commit}    Change part {n}\n    \n    because" for n in range(9))

    encoded = DIFF.encode(Source(text), Hint())

    assert encoded is not None
    assert encoded.body.count("ann@shop.example") == 1
    assert "\n\nChange part 3\n    \nbecause\n" in encoded.body
    assert DIFF.decode(encoded.legend, encoded.body) == text


LEGEND = "diff, a file's header on one line"


@pytest.mark.parametrize(
    ("legend", "body"),
    [
        ("of another form", ""),
        (LEGEND, "diff a.py"),
        (LEGEND, "@@ x"),
        (LEGEND, "@@ 9\n+x\n+y\n@@ 1\n x"),
        (LEGEND, "@@ -1,3 +1,3 @@\n x"),
        (LEGEND, "@@ 3\n=+ x"),
        (LEGEND, "@@ 3\n=+ 3 lines as -1"),
        (LEGEND, "@@ 3\n+x\n=+ 1 lines as +7"),
        (LEGEND, "@@ 3\n+x\n=+ 999999999 lines as +3"),
        (LEGEND, "@@ 3\n+x\n=+ 1 lines as +3, 4 blanks less"),
        (LEGEND, "diff a.py new 100644 1234567 (3 lines)\nx"),
        (LEGEND, "commit 1234567\nAuthor: Ann"),
    ],
)
def test_what_is_no_form_is_refused(legend: str, body: str) -> None:
    with pytest.raises(DecodeError):
        DIFF.decode(legend, body)


@given(
    body=st.lists(
        st.sampled_from(
            [
                *("@@ 3", "@@ -1 +1 @@", "=+ 2 lines as -3", "=- 1 lines as +3 in a", "+x", "-y"),
                *(" z", "diff a 1234..5678", "diff a new 100644 1234 (2 lines)", "| x", "", "\\ a"),
                *("commit 1234567", "Author: A", "Author: A <a>", "    x", '@@ 9 "'),
            ]
        )
    )
)
def test_a_forged_body_is_read_or_refused(body: list[str]) -> None:
    with suppress(DecodeError):
        DIFF.decode(LEGEND, "\n".join(body))


def test_references_to_references_do_not_grow_beyond_all_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded, "MAX_DECODED_CHARS", 1_000)
    body = ["diff a 1234..5678", "@@ 1", *("+" + "x" * 90 for _ in range(4))]
    body += ["=+ 4 lines as +1"] * 9

    with pytest.raises(DecodeError):
        DIFF.decode(LEGEND, "\n".join(body))


def test_a_view_shows_what_is_asked_about_whole_and_the_rest_by_counts() -> None:
    query = "What is added in `src/shop/part_7.py` in the hunk at `class Part7:`?"

    view = DIFF.view(Source(MANY), Hint(query=query), 300)

    assert view is not None
    asked = "\n".join(["diff src/shop/part_7.py +1 -1", "@@ 17 class Part7:", *BODY])
    assert asked in view.body
    assert re.search(r"\[… \d+ files: \+\d+ -\d+\]", view.body)
    assert len(view.body) < 700
    assert view.shown < view.total == len(MANY.split("\n"))


def test_a_view_names_all_files_and_hunks_while_there_is_room() -> None:
    view = DIFF.view(Source(MANY), Hint(), 1_200)
    full = DIFF.view(Source(MANY), Hint(), 9_000)

    assert view is not None
    assert full is not None
    assert all(f"diff src/shop/part_{n}.py +1 -1" in view.body for n in range(20))
    assert "diff src/shop/part_19.py +1 -1 […]" in view.body
    assert all(f"class Part{n}:" in full.body for n in range(20))
    assert (
        "@@ 15 class Part0:\n line 5\n-    old_price = 3\n+    new_price = 4\n line 6" in full.body
    )


def test_a_view_counts_generated_files_only() -> None:
    lock = change("web/package-lock.json", 1, [f"+  part {n}" for n in range(90)], " {")
    text = f"{lock}\n{change('src/a.py', 3, BODY)}"

    view = DIFF.view(Source(text), Hint(), 700)

    assert view is not None
    assert "diff web/package-lock.json +90 -0\n@@ 1 { [… +90 -0]" in view.body
    assert "+    new_price = 4" in view.body


def test_a_view_says_which_commit_a_change_belongs_to() -> None:
    text = "\n".join(
        f"commit {n:040}\nAuthor: Ann <a@b>\n\n    Change {n}\n\n{change(f'a{n}.py', 9, BODY)}\n"
        for n in range(9)
    )

    view = DIFF.view(Source(text), Hint(query="What is added in a5.py?"), 100)

    assert view is not None
    assert f"commit {5:040}\n" in view.body
    assert f"commit {4:040}" not in view.body
    assert view.body.index(f"commit {5:040}") < view.body.index("diff a5.py +1 -1\n@@ 9\n line 0")


def test_a_view_of_a_log_shows_commits_and_what_is_named() -> None:
    text = "\n".join(
        f"commit {n:040}\nAuthor: Ann <a@b>\n\n    Change part {n}\n    for more speed\n"
        for n in range(50)
    )
    text += "\nwarning: exhaustive rename detection was skipped"

    view = DIFF.view(Source(text), Hint(query="When was part 33 changed?"), 900)

    assert view is not None
    assert "    Change part 33" in view.body
    assert "warning: exhaustive rename detection was skipped" in view.body
    assert view.body.startswith("[git log: ")
    commits = re.findall(r"commit (\d{40})\n(?:\[… \d lines?\]\n)?\n?    (.*)", view.body)
    assert len(commits) == view.body.count("    Change part ") >= 7
    assert all(message == f"Change part {int(number)}" for number, message in commits)


def test_a_view_tells_new_deleted_moved_and_binary_files_apart() -> None:
    def header(path: str, *lines: str, old: str = "") -> list[str]:
        return [f"diff --git a/{old or path} b/{path}", *lines]

    text = "\n".join(
        [
            *header("a", "new file mode 100644", "index 0000000..1234567"),
            *("--- /dev/null", "+++ b/a", "@@ -0,0 +1 @@", "+a", "\\ No newline at end of file"),
            *header("b", "deleted file mode 100644", "Binary files a/b and /dev/null differ"),
            *header("d", "similarity index 100%", "rename from c", "rename to d", old="c"),
            *("", "--- x/e.txt\t2026", "+++ y/e.txt\t2026", "@@ -1 +1 @@", "-e", "+f"),
        ]
    )

    view = DIFF.view(Source(text), Hint(), 2_000)

    assert view is not None
    assert "diff a new +1 -0\n@@ 1\n+a\n\\ No newline at end of file" in view.body
    assert "diff b deleted binary +0 -0\ndiff d from c +0 -0" in view.body
    assert "diff y/e.txt +1 -1\n@@ 1\n-e\n+f" in view.body


def test_a_view_keeps_lines_that_must_stay() -> None:
    text = change("a.py", 3, [*(f"-drop {n}" for n in range(400)), "+secret_name = 1", " x"])
    text += "\n" + "\n".join(change(f"b{n}.py", 3, BODY) for n in range(9))
    keep = KeepRules(patterns=("drop 77$", r"^index 83db48f"))

    view = DIFF.view(Source(text), Hint(query="Where is secret_name set?", keep=keep), 100)

    assert view is not None
    assert "@@ 3\n-drop 77\n@@ 3\n+secret_name = 1\n[… +0 -399]" in view.body


def test_a_view_without_hunks_is_none() -> None:
    view = DIFF.view(Source("@@ -1,2 +1,2 @@\n a\n b"), Hint(query="x"), 100)

    assert view is not None
    assert view.body.endswith("]\ndiff ? +0 -0")
    assert DIFF.view(Source("no diff"), Hint(), 100) is None
    assert DIFF.view(Source("diff --git a/a b/a\nold mode 1\nnew mode 2"), Hint(), 100) is None


def test_a_file_of_many_hunks_counts_those_without_room() -> None:
    parts = [change("a.py", 100 * n, BODY).split("\n") for n in range(1, 30)]
    text = "\n".join([*parts[0], *(line for part in parts[1:] for line in part[4:])])

    view = DIFF.view(Source(text), Hint(query="old_price"), 500)

    assert view is not None
    assert re.search(r"\[… \d+ hunks\]", view.body)


@pytest.mark.parametrize("blank", ["", " "])
def test_many_equal_lines_stay_linear(blank: str) -> None:
    body = [f"+{blank}"] * 4_000 + ["+x", "+y"] * 2_000

    assert form.write(change("a.py", 1, body).split("\n")) is not None


def test_counts_are_words() -> None:
    assert [bounded.count_of(n, "line") for n in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]
