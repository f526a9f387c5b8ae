"""Definitions of Python, found by its own parser: right whatever strings and comments hold."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_CHARS = 1_000_000
_DEFINES = re.compile(r"\s*(?:async\s+def|def|class)\s+\w+.*")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def python_symbols(lines: Sequence[str]) -> list[tuple[str, int, int]] | None:
    """Return the dotted name, first and last line of each definition, in source order.

    `None` for what is no Python, or has no definition.
    """
    if not any(map(_DEFINES.match, lines)) or sum(map(len, lines)) > MOST_CHARS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the source, which is not ours
            tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return list(_within(tree, ""))


def _within(node: ast.AST, names: str) -> Iterator[tuple[str, int, int]]:
    stack = [(child, names) for child in reversed(list(ast.iter_child_nodes(node)))]
    while stack:
        child, above = stack.pop()
        if isinstance(child, _Definition):
            above = f"{above}.{child.name}"
            first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
            yield above[1:], first, child.end_lineno or child.lineno
        stack.extend((below, above) for below in reversed(list(ast.iter_child_nodes(child))))
