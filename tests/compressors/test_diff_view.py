"""The view of a diff: what is asked about whole, the rest by counts."""

from __future__ import annotations

import re

from headroom_core.compressors.base import Hint
from headroom_core.keep import KeepRules
from headroom_core.source import Source
from tests.compressors.test_diff import BODY, DIFF, MANY, change


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


def test_a_view_of_a_log_names_its_commits_by_what_they_say_also_beside_long_changes() -> None:
    added = [f"+a line of number {at}" for at in range(60)]
    text = "\n".join(
        f"commit {n:040}\nAuthor: Ann <a@b>\n\n    Change {n}\n\n{change(f'a{n}.py', 9, added)}\n"
        for n in range(6)
    )

    view = DIFF.view(Source(text), Hint(query="What is added in a3.py?"), 1_000)
    longer = DIFF.view(Source(text), Hint(query="What is added in a3.py?"), 2_500)

    assert view is not None
    assert view.required > 1_000
    assert "    Change 0\n" in view.body
    assert longer is not None
    assert all(f"    Change {n}\n" in longer.body for n in range(6))
