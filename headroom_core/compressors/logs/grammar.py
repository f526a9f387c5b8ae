"""The words of the log form that its writer and its reader share.

    [headroom log, 7 lines: first 2 lines = templates; …]
    A=~:{} INFO [worker-{}] took {} ms
    B=~:{} INFO cache cleared
    # 2026-01-05 10:31
    A07 1 220
    x2 B08
    ~:09 WARN an only line, whole but for the text of the section

A line of the log is a template's name and the values of its fields, or else the line itself.
"""

from __future__ import annotations

import re
from functools import cache

SECTION = "# "
STAMPED = "~"
ESCAPE = "\\"
BREAK = "⏎"
"""Stands in a template for the end of a line: the template is of several lines."""
FIELD_MARKS = ("{}", "<>", "%s", "<*>")
"""What stands for a field in a template; the first one that no template's text contains."""

REPEAT = re.compile(r"x([0-9]{1,9}) ")
NAME = re.compile(r"[A-Z]{1,5}(?= |[0-9]|$)")
DEFINITION = re.compile(r"([A-Z]{1,5})=")


def name_of(number: int) -> str:
    """Return `A` … `Z`, `AA`, `AB` …: the name of the template with this number."""
    name = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def repeat_of(mark: str, hole: int) -> str:
    """Return what stands for the value of an earlier field, counted from one: `{1}`."""
    return f"{mark[0]}{hole + 1}{mark[1:]}"


@cache
def field_pattern(mark: str) -> re.Pattern[str]:
    """Return what finds the fields of a template: `{}`, or `{1}` for an earlier value."""
    return re.compile(f"{re.escape(mark[0])}([0-9]{{0,6}}){re.escape(mark[1:])}")


def legend_of(templates: int, mark: str, *, repeats: bool, body: str) -> str:
    """Return the sentence that tells a reader how to read the body, and our reader the rest."""
    said = [
        f"first {templates} lines = templates, then each line in order",
        f'"A7 x" = template A with 7 and x for its {mark}',
        f"{repeat_of(mark, 0)} = value 1 again" if repeats else "",
        f"{BREAK} = line break" if BREAK in body else "",
        "~ = text of the last # line" if _has_line(body, SECTION) else "",
        "x2 = twice" if "\nx" in body else "",
        "other lines as they were",
    ]
    return ", ".join(filter(None, said))


def _has_line(text: str, start: str) -> bool:
    return text.startswith(start) or f"\n{start}" in text
