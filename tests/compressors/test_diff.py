"""What diffs become, and that they come back."""

from __future__ import annotations

import difflib

from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_core.compressors.base import Hint
from headroom_core.compressors.diff import DiffCompressor
from headroom_core.compressors.diffs import form
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
