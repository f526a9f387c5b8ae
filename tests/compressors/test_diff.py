"""What diffs become, and that they come back."""

from __future__ import annotations

import difflib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors import bounded
from headroom_core.compressors.base import Hint
from headroom_core.compressors.diff import DiffCompressor
from headroom_core.compressors.diffs import form
from headroom_core.errors import DecodeError
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


@pytest.mark.parametrize("blank", ["", " "])
def test_many_equal_lines_stay_linear(blank: str) -> None:
    body = [f"+{blank}"] * 4_000 + ["+x", "+y"] * 2_000

    assert form.write(change("a.py", 1, body).split("\n")) is not None


def test_counts_are_words() -> None:
    assert [bounded.count_of(n, "line") for n in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]
