from __future__ import annotations

import importlib.metadata
from importlib.metadata import PackageNotFoundError

import pytest

from headroom_core.compressors import code as code_module
from headroom_core.compressors.base import Hint, View
from headroom_core.compressors.code import CodeCompressor
from headroom_core.compressors.coding import syntax
from headroom_core.keep import KeepRules
from headroom_core.source import Source

CODE = CodeCompressor()
BODY = "\n".join(f"  total = total + weight_of(item, {k});" for k in range(6))


def outlined(text: str, hint: Hint, room: int = 800) -> View | None:
    return CODE.view(Source(text), hint, room)


def seen(text: str, hint: Hint, room: int = 800) -> list[str]:
    view = outlined(text, hint, room)
    assert view is not None
    return view.body.split("\n")


def python(count: int, *, lines: int = 8, doc: str = "") -> str:
    parts = ["import os", "", "LIMIT = 10", ""]
    for k in range(count):
        parts += [f"def function_{k}(argument):"]
        parts += [f'    """{doc}'] if doc else []
        parts += [f"    step_{n} = compute_something(argument, {n})" for n in range(lines)]
        parts += [f"    return result_{k}", "", ""]
    return "\n".join(parts)


def test_the_outline_keeps_imports_constants_signatures_and_first_lines_of_docs() -> None:
    text = python(10, doc='Say what is done.\n\n    More about it.\n    And still more.\n    """')

    lines = seen(text, Hint(path="a.py"), room=3_000)

    assert lines[:6] == [
        "import os",
        "",
        "LIMIT = 10",
        "",
        "def function_0(argument):",
        '    """Say what is done.',
    ]
    assert lines[6] == "    # … lines 7-21"
    assert "    More about it." not in lines


def test_the_view_counts_functions() -> None:
    view = outlined(python(10), Hint(path="a.py", query="show function_3"))

    assert view is not None
    assert (view.unit, view.shown, view.total) == ("functions", 1, 10)
    assert "    return result_3" in view.body
    assert view.required >= len("def function_3(argument):")


def test_a_name_in_the_call_counts_as_asked_for() -> None:
    hint = Hint(path="a.py", arguments='{"symbol": "function_4"}')

    assert "    return result_4" in seen(python(10), hint)


def test_functions_that_use_a_name_are_shown_as_there_is_room() -> None:
    text = python(10).replace("compute_something(argument, 3)", "special_case(argument)", 1)
    hint = Hint(path="a.py", query="Where is `special_case` used?")

    little, much = seen(text, hint, room=300), seen(text, hint, room=3_000)

    assert "    step_3 = special_case(argument)" in little
    assert "def function_0(argument):" in little
    assert "    step_5 = compute_something(argument, 5)" not in little
    assert "    step_5 = compute_something(argument, 5)" in much


def test_a_name_that_stands_everywhere_points_nowhere() -> None:
    hint = Hint(path="a.py", query="What does compute_something do?")

    assert "    step_5 = compute_something(argument, 5)" not in seen(python(10), hint)


def test_of_functions_with_the_same_name_the_first_are_shown() -> None:
    text = ""
    for k in range(9):
        text += f"class C{k}:\n    def method_one(self):\n"
        text += "".join(f"        x_{k}_{n} = work({n})\n" for n in range(8))

    lines = seen(text, Hint(path="a.py", query="method_one"), room=300)

    assert "        x_2_5 = work(5)" in lines
    assert "        x_3_5 = work(5)" not in lines


def test_what_the_caller_keeps_is_shown() -> None:
    hint = Hint(path="a.py", keep=KeepRules((r"result_7$",)))

    lines = seen(python(10), hint)

    assert "    return result_7" in lines
    assert "def function_7(argument):" in lines


def test_reminders_are_shown() -> None:
    text = python(10).replace("step_4 = compute_something(argument, 4)", "pass  # TODO: mend", 1)
    text = (
        "# Licence of this file\n"
        + "# more of it, in many words\n" * 9
        + "# FIXME: wrong year\n"
        + text
    )

    lines = seen(text, Hint(path="a.py"), room=2_000)

    assert "    pass  # TODO: mend" in lines
    assert lines[0] == "# Licence of this file"
    assert lines[2] == "# FIXME: wrong year"


def test_with_less_room_gaps_name_whole_functions() -> None:
    lines = seen(python(60), Hint(path="a.py"), room=1_200)

    assert "def function_0(argument):" in lines
    assert "def function_59(argument):" not in lines
    assert lines[-1].startswith("# … lines ")
    assert "function_30, function_31" in lines[-1]
    assert lines[-1].endswith(", …")


def test_with_less_room_comments_above_functions_go_before_signatures() -> None:
    text = "\n".join(
        f"# Explains function {k} in a sentence or so.\n@decorated\ndef function_{k}():\n"
        + "\n".join(f"    step({n}, of_many={k})" for n in range(8))
        for k in range(8)
    )

    lines = seen(text, Hint(path="a.py"), room=700)

    assert "def function_7():" in lines
    assert not any(line.startswith("# Explains") for line in lines)


def test_long_statements_keep_their_start() -> None:
    table = "TABLE = [\n" + "\n".join(f'    "entry number {k}",' for k in range(30)) + "\n]\n"
    module = '"""What this is.\n\nAnd much more,\nin so many words that nobody reads.\n"""\n'

    lines = seen(module + table + python(6), Hint(path="a.py"), room=2_000)

    assert lines[0] == '"""What this is.'
    assert lines[lines.index("TABLE = [") + 3] == "# … lines 9-37"


def test_with_less_room_long_declarations_keep_their_start_and_their_types() -> None:
    fields = "\n".join(f"    pub field_{k}: u64," for k in range(40))
    text = (
        f"pub struct One {{\n{fields}\n}}\npub struct Two {{\n{fields}\n}}\nfn f() {{\n{BODY}\n}}\n"
    )

    lines = seen(text, Hint(path="a.rs"), room=300)

    assert lines[0] == "pub struct One {"
    assert "pub struct Two {" in lines
    assert "    pub field_9: u64," not in lines


def test_functions_inside_a_large_function_are_told() -> None:
    inner = "\n".join(f"  function inner_{k}() {{\n{BODY}\n  }}" for k in range(8))
    text = f"(function () {{\n{inner}\n}})();\nfunction outer() {{\n{inner}\n}}\n"

    lines = seen(text, Hint(path="a.js"), room=1_000)

    assert lines.count("  function inner_3() {") == 2
    assert lines[0] == "(function () {"


def test_a_function_inside_a_hidden_one_comes_with_the_lines_around_it() -> None:
    text = (
        python(9)
        + "def outer():\n    before = 1\n    def inner_one():\n"
        + "\n".join(f"        inside_{k} = call({k})" for k in range(9))
        + "\n    after = 2\n    return inner_one"
    )

    lines = seen(text, Hint(path="a.py", query="`inner_one`"), room=100)

    assert (
        lines[-5:-3] == ["        inside_8 = call(8)", "    after = 2"] or "def outer():" in lines
    )
    assert "        inside_4 = call(4)" in lines


@pytest.mark.parametrize("form", ["{n:>6}\t{t}", "{n}: {t}", "{n:>4} | {t}"])
def test_numbered_text_is_read_without_its_numbers(form: str) -> None:
    text = "\n".join(form.format(n=101 + k, t=t) for k, t in enumerate(python(10).split("\n")))

    lines = seen(f"Contents of the file:\n{text}\n\nThat is all.", Hint(path="a.py"), room=1_000)

    assert lines[0] == "[line numbers left out; comments name the lines of gaps]"
    assert lines[1:3] == ["Contents of the file:", form.format(n=101, t="import os")]
    assert lines[3:7] == ["", "LIMIT = 10", "", "def function_0(argument):"]
    assert lines[7] == "    # … lines 106-116"
    assert lines[-1] == "That is all."


@pytest.mark.parametrize("command", ["", "cat src/a.py", "cd src && sed -n 1,200p a.py"])
def test_the_language_is_told_by_the_command_or_the_text_where_no_path_tells(command: str) -> None:
    hint = Hint(command=command)

    assert "def function_0(argument):" in seen(python(10), hint, room=1_000)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("short = 1\n", Hint(path="a.py")),
        (python(10), Hint(path="notes.md")),
        ("words of a text, nothing else\n" * 100, Hint()),
        ("x = 1\n" * 500, Hint(path="a.py")),
        (python(10), Hint(path="a.py", edited=True)),
        (python(10), Hint(command="pytest -x tests/a.py | tail -100")),
    ],
)
def test_other_text_has_no_outline(text: str, hint: Hint) -> None:
    assert outlined(text, hint) is None


def test_a_file_that_is_read_is_outlined_only_where_it_is_large_or_something_is_asked_for() -> None:
    whole = Hint(path="a.py", origin="file_read", query="Make the tests pass.")
    asked = Hint(path="a.py", origin="file_read", query="How does `function_3` work?")
    found = Hint(path="a.py", origin="command")

    assert outlined(python(15), whole) is None
    assert outlined(python(15), asked) is not None
    assert outlined(python(15), found) is not None
    assert outlined(python(40), whole) is not None


def test_text_that_fits_has_no_outline() -> None:
    short = "def f():\n    pass\n\n" * 200

    assert outlined(python(10), Hint(path="a.py"), room=100_000) is None
    assert outlined(short, Hint(path="a.py"), room=len(short) - 10) is None


def test_functions_near_broken_code_are_still_left_out() -> None:
    text = "#define OPEN {\nOPEN_NAMESPACE(x\n" + "\n".join(
        f"static int weigh_{k}(int item) {{\n{BODY}\n  if (\n}}\n" for k in range(8)
    )

    lines = seen(text, Hint(path="a.c"), room=1_000)

    assert sum(line.startswith("static int weigh_") for line in lines) >= 4


def test_a_broken_function_that_swallows_others_is_not_trusted() -> None:
    broken = "function broken() {\n  if (open) {\n    work();\n"
    good = "".join(f"function good_{k}() {{\n{BODY}\n}}\n" for k in range(12))

    lines = seen(broken + good, Hint(path="a.js"), room=1_500)

    assert lines[:5] == [*broken.split("\n")[:-1], "function good_0() {", "// … lines 5-11"]


def test_methods_without_a_body_and_names_behind_many_stars_are_read() -> None:
    java = "interface I {\n  int weigh(\n    int item);\n}\n"
    c = f"int **********weigh(int a) {{\n{BODY}\n}}\n"

    lines = seen(java + "class C {\nvoid f() {\n" + BODY * 9 + "\n}\n}\n", Hint(path="A.java"))

    assert "    int item);" in lines
    assert "int **********weigh(int a) {" in seen(c * 8, Hint(path="a.c"))


def test_deep_nesting_of_broken_functions_is_bounded() -> None:
    text = "".join(f"function f{k}() {{\n" for k in range(400)) + "x(\n"

    assert outlined(text, Hint(path="a.js")) is None


def test_without_the_extra_there_is_no_outline_and_the_reason_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code_module, "is_installed", lambda: False)

    assert outlined(python(10), Hint(path="a.py")) is None
    assert "pip install 'headroom-gateway[code]'" in (CODE.unavailable() or "")


def test_with_the_extra_nothing_is_missing() -> None:
    assert CODE.unavailable() is None


@pytest.mark.parametrize(("found", "usable"), [("0.13.0", True), ("1.0.0", False), (None, False)])
def test_only_packages_that_hold_their_grammars_are_used(
    monkeypatch: pytest.MonkeyPatch, found: str | None, usable: bool
) -> None:
    def version(name: str) -> str:
        if found is None:
            raise PackageNotFoundError(name)
        return found

    monkeypatch.setattr(importlib.metadata, "version", version)

    assert syntax.is_installed.__wrapped__() is usable
