"""`symbol`: a function or class of a source file, in any common language."""

from __future__ import annotations

import pytest

from headroom_core.errors import RetrieveError
from headroom_core.retrieval.symbols_python import python_symbols
from headroom_core.retrieve import retrieve
from headroom_core.store.memory import MemoryStore

PYTHON = '''import os

@decorated
@twice(1)
class Parser(Base):
    """Reads."""

    limit = 3

    def parse(self, text):
        if text:

            return text
        return self.parse(text[1:])

    async def other(self): ...


VALUE = parse(1)
def tail():
    return 1
'''
BRACES = """#include <x>
/* add is not here */
static int add(int a, int b)
{
    return a + b;
}

template <typename T>
void Buffer<T>::move(Buffer& other) {
  take(other);
}
int main(void) { return add(1, 2); }
int declared(int a);
"""
GO = """func (c *Context) Query(key string) (value string) {
\tvalue, _ = c.Get(key)
\treturn
}

type Engine struct {
\tname string
}
"""
JS = """export const handler = async (req) => {
  return req;
};
var app = {
  get isLoading() {
    return isLoading;
  },
  plain: function (x) {
    return x;
  },
};
function users(req, res) {
  res.send(1);
}
"""
RUST = """#[test]
pub fn is_readable() -> bool {
    let ft = 1;
    ft == 1
}
"""
RUBY = """class Shop
  def total(x)
    x + 1
  end
end
"""


def ask(text: str, symbol: str) -> str:
    store = MemoryStore()
    found = retrieve(store, store.put(text), symbol=symbol)
    assert found.unit == "functions"
    return found.text.split("\n", 1)[1]


@pytest.mark.parametrize(
    ("text", "symbol", "first", "last"),
    [
        (PYTHON, "Parser", "@decorated", "    async def other(self): ..."),
        (
            PYTHON,
            "Parser.parse",
            "    def parse(self, text):",
            "        return self.parse(text[1:])",
        ),
        (PYTHON, "parse()", "    def parse(self, text):", "        return self.parse(text[1:])"),
        (PYTHON, "tail", "def tail():", "    return 1"),
        (BRACES, "add", "static int add(int a, int b)", "}"),
        (BRACES, "Buffer::move", "template <typename T>", "}"),
        (BRACES, "declared", "int declared(int a);", "int declared(int a);"),
        (GO, "Query", "func (c *Context) Query(key string) (value string) {", "}"),
        (GO, "Engine", "type Engine struct {", "}"),
        (JS, "handler", "export const handler = async (req) => {", "};"),
        (JS, "isLoading", "  get isLoading() {", "  },"),
        (JS, "plain", "  plain: function (x) {", "  },"),
        (JS, "users", "function users(req, res) {", "}"),
        (RUST, "is_readable", "#[test]", "}"),
        (RUBY, "total", "  def total(x)", "  end"),
    ],
)
def test_a_definition_comes_whole(text: str, symbol: str, first: str, last: str) -> None:
    lines = ask(text, symbol).split("\n")

    assert (lines[0], lines[-1]) == (first, last)


@pytest.mark.parametrize("gutter", ["{:6d}\t", "{:>6}→", "{}: ", "{} | "])
def test_line_numbers_in_front_do_not_matter(gutter: str) -> None:
    numbered = "\n".join(gutter.format(n) + line for n, line in enumerate(PYTHON.split("\n"), 1))

    shown = ask(numbered, "tail")

    assert "def tail():" in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize("symbol", ["nope", "a b", "VALUE + 1", "main2"])
def test_an_unknown_symbol_lists_those_there_are(symbol: str) -> None:
    with pytest.raises(RetrieveError, match="there are: Parser, parse, other, tail"):
        ask(PYTHON, symbol)


def test_text_without_definitions_says_so() -> None:
    with pytest.raises(RetrieveError, match="none that this can find"):
        ask("nothing here\nat all", "x")


def test_a_use_is_no_definition() -> None:
    with pytest.raises(RetrieveError):
        ask("x = add(1)\nreturn add(2);\nif add(3) {\n}\n", "add")


def test_every_definition_of_a_name_is_shown() -> None:
    store = MemoryStore()
    ref = store.put("class A:\n    def run(self): ...\n\nclass B:\n    def run(self): ...\n")

    assert retrieve(store, ref, symbol="run").total == 2


@pytest.mark.parametrize("line", ["def run(): ...\n", "function run() {}\n"])
def test_a_name_that_is_defined_very_often_is_shown_so_often_only(line: str) -> None:
    store = MemoryStore()
    ref = store.put(line * 500)

    assert retrieve(store, ref, symbol="run").total == 100


HARD_PYTHON = '''class A:
    """class B: is named here
def run(self): in a text
    """

    @property
    def run(self):
        return """
not indented
"""

    class Inner:
        def run(self): return "\\d"

class B(A):
    @decorate(
        1,
    )
    def run(
        self,
    ):
        if self:
            def inner(): ...
        return 2
    # the end of the method is above

run_all = lambda: A().run
TEXT = """
def fake():
    pass
"""
'''


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [
        ("A", "class A:", '        def run(self): return "\\d"'),
        ("A.run", "    @property", '"""'),
        (
            "A.Inner.run",
            '        def run(self): return "\\d"',
            '        def run(self): return "\\d"',
        ),
        (
            "Inner.run()",
            '        def run(self): return "\\d"',
            '        def run(self): return "\\d"',
        ),
        ("shop.cart.B.run", "    @decorate(", "        return 2"),
        ("inner", "            def inner(): ...", "            def inner(): ..."),
    ],
)
def test_python_is_read_as_python_reads_it(symbol: str, first: str, last: str) -> None:
    lines = ask(HARD_PYTHON, symbol).split("\n")

    assert (lines[0], lines[-1]) == (first, last)


def test_every_method_of_a_name_is_shown_where_no_class_is_named() -> None:
    store = MemoryStore()

    assert retrieve(store, store.put(HARD_PYTHON), symbol="run").total == 3


@pytest.mark.parametrize(
    "text",
    [
        "def run(): (",
        "def run():\n\0",
        f"class A:\n  def run(self): {'-' * 50_000}1",
        "no code",
        "x = 1",
    ],
)
def test_what_python_cannot_read_is_read_by_its_shape(text: str) -> None:
    assert python_symbols(text.split("\n")) is None


OWNERS = """class Cat {
  speak() {
    return "meow";
  }
}
class Dog {
  speak() {
    return "woof";
  }
}
"""


@pytest.mark.parametrize(("symbol", "says"), [("Dog.speak", "woof"), ("Cat#speak", "meow")])
def test_a_method_is_taken_from_the_class_that_is_named(symbol: str, says: str) -> None:
    shown = ask(OWNERS, symbol)

    assert says in shown
    assert shown.count("speak") == 1


def test_a_class_that_is_not_there_leaves_every_method_of_the_name() -> None:
    store = MemoryStore()

    assert retrieve(store, store.put(OWNERS), symbol="Cow.speak").total == 2
