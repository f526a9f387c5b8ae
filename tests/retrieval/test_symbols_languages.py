"""`symbol` in many languages: where a definition begins and ends, whatever its texts hold."""

from __future__ import annotations

import pytest

from headroom_core.retrieval.symbols import Source

JAVASCRIPT = r"""import { html } from 'lit';

const page = (name) => {
  const text = `
Hello {
${name ? `<b>${{ a: '}' }.a}</b>` : ''}
}
`;
  return text.replace(/[{"'/]\{/g, '`');
};

export default class Shop extends Base {
  static #open(a = {}, { b } = {}) {
    return `}`; // {
  }

  total = async (x) => {
    return this.#open(x) / 2 / 1;
  };

  *[Symbol.iterator]() {
    yield* this.items;
  }
}

export default function () {}

export const short = (x) =>
  x + 1;

const routes = {
  home(req) {
    return "}";
  },
  'not-this': 1,
  other: async function (req) { return 1; },
};
list.forEach(home => {
});
"""
TYPESCRIPT = """@Component({
  selector: 'x',
})
export class View<T extends { a: number }> {
  constructor(private readonly a: string) {
    super();
  }
  get(): { a: number } {
    return { a: 1 };
  }
}
export type Kind =
  | { a: string }
  | 'b'
  | {
      c: string;
    };
export function over(a: string): void;
export function over(a: number): void;
export function over(a: unknown) {
  return `
function fake() {`;
}
interface Shape { x: number }
export enum Color {
  Red = '{',
}
"""
GO = """package main

import "fmt"

// Name is { not closed.
func (s *Shop) Name() string {
\ttext := `
}
func fake() {
`
\treturn text + "}" + string('}')
}

func (o Other) Name() string { return "" }

func Map[T any](in []T, f func(T) T) []T {
\treturn nil
}

type (
\tShop struct {
\t\tname string
\t}
)

type Reader interface {
\tRead(p []byte) (n int, err error)
}
"""
RUST = """use std::fmt;

#[derive(
    Debug,
    Clone,
)]
pub struct Lexer<'a> {
    text: &'a str,
}

impl<'a> Lexer<'a> {
    /// Reads on.
    #[inline]
    pub fn next(&mut self) -> Option<char> {
        let open = '{';
        let quote = '\\'';
        let raw = r#"
}
fn fake() { "quoted"
"#;
        "
}";
        None
    }
}

impl fmt::Display for Lexer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result
    where
        Self: Sized,
    {
        write!(f, "{{")
    }
}

macro_rules! both {
    ($a:expr) => { $a };
}
"""
JAVA = '''package shop;

import java.util.List;

@Entity
@Table(
    name = "a"
)
public class Shop<T extends Comparable<T>> {
    @Override
    // why
    @SuppressWarnings({"a", "b"})
    public <R> List<R> find(int a)
            throws Error {
        String s = """
}
public int fake() {
            """;
        char c = '}';
        return null; /* } */
    }

    public int find(String a) { return 1; }

    abstract int size();
}
'''
CSHARP = '''using System;
namespace Shop
{
    [Serializable]
    public class Cart
    {
        [HttpGet("{id}")]
        public async Task<string?> Get(int id)
        {
            var path = @"C:\\dir\\";
            var text = @"
}
";
            var raw = $"""
} {
""";
            return '{' + path;
        }

        public int Twice(int x) => x * 2;

        public T Make<T>() where T : new()
        {
            return new T();
        }
    }
}
'''
KOTLIN = '''package shop

import java.io.File

data class Item(val name: String)

@Service
class Shop(
    private val items: List<Item>,
) : Base() {
    private fun <T> find(
        a: T,
    ): T? {
        val text = """
}
        """
        return items.map { "${it.name} }" }.first()
    }

    fun String.twice() = this + this

    override fun size(): Int = items.size
}
'''
CPP = r"""#include <map>
namespace shop {

template <typename T>
class Cart : public Base
{
public:
  Cart(int a)
      : a_{a},
        b_(call(a))
  {
    text = R"x(
}" )";
)x";
  }
  ~Cart() = default;
  bool operator==(const Cart& other) const { return 1'000 == '}'; }
};

#ifdef WIDE
int Cart::total(long a) {
#else
int Cart::total(int a) {
#endif
#if X
  if (a) {
#elif Y
  if (a + 1) {
#endif
#if 0
  } else {
#endif
    return 1;
  }
}

static std::map<int, int>
build(int a, // {
      int b)
{
  /* } */ return {};
}

enum class Kind {
  a, b
};
struct SHOP_API Row { int x; };
#define SQUARE(x) ((x) * (x))
}
"""
RUBY = """require 'set'

module Shop
  class Cart
    attr_reader :items

    def total(x)
      text = <<~EOS
        def fake
end
      EOS
      return 1 if x =~ /["{]/
      "end"
    rescue Error => e
      items.each { |i| i }
    end

    def self.empty?; true; end

=begin
    def total(fake)
=end
    def total=(value)
      @total = value
    end
  end
end
"""
PHP = """<?php
namespace Shop;

#[Route('/x')]
class Cart extends Base implements Countable
{
    #[Pure]
    public static function total(?int $a = null): int
    {
        $text = <<<EOT
}
function fake() {
EOT;
        # it's }
        echo total($a);
        return "}
";
    }
}
"""
SHELL = """#!/usr/bin/env bash
set -eu

clean-up() {
    # it's {
    case "$1" in
        a) echo "}
" ;;
    esac
    cat <<-'EOF' > "${out}"
}
fake() {
	EOF
    awk '{
}' "$1"
}

function build {
    local n=${#list[@]}
    echo {
}
}
assert () { true; }
"""
LUA = """local M = require "m"
local function add(a, b)
  -- end
  local text = [[
end
]]
  return a + b
end
function M.twice(x)
  if x then return 2 end
end
"""
PYTHON = '''class A:
    def run(
        self,
    ):
        """Do.
not indented
        """
        return {
            1: "}",
        }

    def other(self): return 1
  broken
'''


@pytest.mark.parametrize(
    ("source", "name", "places"),
    [
        (JAVASCRIPT, "page", [(3, 10)]),
        (JAVASCRIPT, "Shop", [(12, 24)]),
        (JAVASCRIPT, "#open", [(13, 15)]),
        (JAVASCRIPT, "total", [(17, 19)]),
        (JAVASCRIPT, "Symbol.iterator", [(21, 23)]),
        (JAVASCRIPT, "short", [(28, 29)]),
        (JAVASCRIPT, "routes", [(31, 37)]),
        (JAVASCRIPT, "home", [(32, 34)]),
        (JAVASCRIPT, "other", [(36, 36)]),
        (JAVASCRIPT, "forEach", []),
        (TYPESCRIPT, "View", [(1, 11)]),
        (TYPESCRIPT, "constructor", [(5, 7)]),
        (TYPESCRIPT, "get", [(8, 10)]),
        (TYPESCRIPT, "Kind", [(12, 17)]),
        (TYPESCRIPT, "over", [(18, 18), (19, 19), (20, 23)]),
        (TYPESCRIPT, "Shape", [(24, 24)]),
        (TYPESCRIPT, "Color", [(25, 27)]),
        (GO, "Name", [(6, 12), (14, 14)]),
        (GO, "(*Shop).Name", [(6, 12)]),
        (GO, "Other.Name", [(14, 14)]),
        (GO, "Map", [(16, 18)]),
        (GO, "Shop", [(21, 23)]),
        (GO, "Reader", [(26, 28)]),
        (RUST, "Lexer", [(3, 9), (11, 25), (27, 34)]),
        (RUST, "Lexer::next", [(12, 24)]),
        (RUST, "fmt", [(28, 33)]),
        (RUST, "both", [(36, 38)]),
        (JAVA, "Shop", [(5, 26)]),
        (JAVA, "find", [(10, 21), (23, 23)]),
        (JAVA, "size", [(25, 25)]),
        (CSHARP, "Cart", [(4, 26)]),
        (CSHARP, "Get", [(7, 18)]),
        (CSHARP, "Twice", [(20, 20)]),
        (CSHARP, "Make", [(22, 25)]),
        (KOTLIN, "Item", [(5, 5)]),
        (KOTLIN, "Shop", [(7, 23)]),
        (KOTLIN, "find", [(11, 18)]),
        (KOTLIN, "twice", [(20, 20)]),
        (KOTLIN, "size", [(22, 22)]),
        (CPP, "Cart", [(4, 18), (8, 15), (16, 16)]),
        (CPP, "operator==", [(17, 17)]),
        (CPP, "Cart::total", [(21, 35), (23, 35)]),
        (CPP, "build", [(37, 42)]),
        (CPP, "Kind", [(44, 46)]),
        (CPP, "Row", [(47, 47)]),
        (CPP, "SQUARE", [(48, 48)]),
        (RUBY, "Shop", [(3, 27)]),
        (RUBY, "Cart", [(4, 26)]),
        (RUBY, "total", [(7, 16), (23, 25)]),
        (RUBY, "Cart.empty?", [(18, 18)]),
        (RUBY, "total=", [(23, 25)]),
        (PHP, "Cart", [(4, 19)]),
        (PHP, "Cart::total", [(7, 18)]),
        (SHELL, "clean-up", [(4, 16)]),
        (SHELL, "build", [(18, 22)]),
        (SHELL, "assert", [(23, 23)]),
        (LUA, "add", [(2, 8)]),
        (LUA, "M.twice", [(9, 11)]),
        (PYTHON, "run", [(2, 10)]),
        (PYTHON, "A.other", [(12, 12)]),
    ],
)
def test_a_definition_is_found_from_its_first_to_its_last_line(
    source: str, name: str, places: list[tuple[int, int]]
) -> None:
    found = Source(source.split("\n")).find_owned(name)

    assert [(each.first, each.last) for each in found] == places


@pytest.mark.parametrize(
    "begin", ["'''", "/*", "`", "`${`", '"""', 'R"(', '@"', "<<A", "<<<A", "=begin", "--[["]
)
@pytest.mark.parametrize("head", ["", "#!/bin/sh", "#!/usr/bin/ruby", "#!/usr/bin/php", "#!lua"])
def test_what_begins_and_never_ends_hides_no_definition(begin: str, head: str) -> None:
    lines = [head, *[begin] * 50, "function run() {", "  stop();", "}"]

    found = Source(lines).find("run")

    assert [(each.first, each.last) for each in found] == [(52, 54)]


def test_blocks_that_never_end_end_by_their_indentation() -> None:
    lines = ["function run() {", "  go();", "function run(", "int run(a,"] * 100

    found = Source(lines).find("run")

    assert len(found) == 100
    assert {each.last - each.first for each in found[50:]} <= {0, 1}


def test_what_is_too_long_for_source_is_read_by_its_shape() -> None:
    lines = ["x = `{`;"] * 250_000 + ["function run() {", "}"]

    found = Source(lines).find("run")

    assert [(each.first, each.last) for each in found] == [(250_001, 250_002)]


def test_between_hits_of_a_search_nothing_is_taken_for_open() -> None:
    lines = ['a.py:3:    """Reads.', "a.py:9:text = (", "b.py:7:def text(self):", "b.py-8-    x"]

    found = Source(lines).find("text")

    assert [(each.first, each.last) for each in found] == [(3, 4)]


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("load = (\n  a: string,\n) => {\n  go();\n};", 5),
        ("load: async (a) => a,", 1),
        ("load = <T>(a: T): T[] => [a];", 1),
        ("load = (a + b) * 2;", 0),
        ("load = (\n  a,\n)", 0),
        ("void\nload\n  (int a)\n{\n}", 5),
        ("<?php\nfunction load()\n{\n    return <<<SQL\n}\nSQL;\n}", 7),
        ("see also load\nbelow", 0),
        ("see also load(it", 0),
        ("wrap(load = (a) => {});", 0),
    ],
)
def test_a_name_is_defined_where_a_function_follows(source: str, last: int) -> None:
    found = Source(source.split("\n")).find("load")

    assert [each.last for each in found] == [last] * bool(last)
