"""Texts of many kinds that no lossless form makes shorter: nothing in them comes again."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

Make = Callable[[int, int], str]
"""Makes a text of about so many characters, the same for each seed."""


def _words(rng: random.Random, count: int = 4000) -> list[str]:
    letters = "eeeeaaaiioounnttrrsshhldcmfpgwybvk"
    return ["".join(rng.choices(letters, k=rng.randrange(2, 10))) for _ in range(count)]


class _Writer:
    """Random words and what is made of them, the same for each seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._words = _words(self.rng)

    def word(self) -> str:
        """A word; one in five is a name that comes but once."""
        if self.rng.random() < 0.2:
            return self.rng.choice(self._words) + self.rng.choice(self._words)
        return self.rng.choice(self._words)

    def words(self, least: int, most: int) -> str:
        """So many words."""
        return " ".join(self.word() for _ in range(self.rng.randint(least, most)))

    def sentence(self) -> str:
        """A sentence."""
        return self.words(4, 18).capitalize() + self.rng.choice("....?!")

    def paragraph(self) -> str:
        """Some sentences."""
        return " ".join(self.sentence() for _ in range(self.rng.randint(1, 6)))

    def number(self) -> int:
        """A number of any length."""
        return self.rng.randrange(10 ** self.rng.randint(1, 9))


def _until(size: int, lines: Iterator[str], joint: str = "\n") -> str:
    out: list[str] = []
    length = 0
    while length < size:
        out.append(next(lines))
        length += len(out[-1]) + len(joint)
    return joint.join(out)


def markdown(write: _Writer) -> Iterator[str]:
    """A manual: headings, lists, links, commands and code between its paragraphs."""
    rng = write.rng
    while True:
        yield f"{'#' * rng.randint(1, 4)} {write.words(1, 5).capitalize()}\n"
        for _ in range(rng.randint(1, 4)):
            kind = rng.randrange(5)
            if kind < 2:
                link = f"[{write.word()}](https://{write.word()}.example/{write.word()})"
                yield f"{write.paragraph()} See {link} or `{write.word()}`.\n"
            elif kind == 2:
                yield "\n".join(f"- {write.sentence()}" for _ in range(rng.randint(2, 6))) + "\n"
            elif kind == 3:
                yield f"```sh\n{write.word()} --{write.word()} {write.words(1, 3)}\n```\n"
            else:
                yield f"1. **{write.word()}**: {write.sentence()}\n2. {write.sentence()}\n"


def xml(write: _Writer) -> Iterator[str]:
    """Entries with a text of their own, whose lines end alike."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<feed>'
    while True:
        yield f'  <entry id="{write.word()}{write.number()}" by="{write.word()}">'
        yield f"    <title>{write.words(3, 9)}</title>"
        yield f"    <description>{write.paragraph()}</description></entry>"


def html(write: _Writer) -> Iterator[str]:
    """A page whose paragraphs and attributes come but once."""
    rng = write.rng
    yield f"<!DOCTYPE html>\n<html><head><title>{write.words(2, 5)}</title></head>\n<body>"
    while True:
        yield f'<h2 id="{write.word()}-{write.word()}">{write.words(2, 6)}</h2>'
        for _ in range(rng.randint(1, 4)):
            link = f'<a href="/{write.word()}/{write.number()}">{write.word()}</a>'
            bold = f"<b>{write.words(1, 3)}</b> {write.sentence()}"
            yield f"<p>{write.sentence()} {link} {rng.choice([bold, write.paragraph()])}</p>"


def c_code(write: _Writer) -> Iterator[str]:
    """A program in C or Go, with names of its own."""
    rng = write.rng
    while True:
        name = f"{write.word()}_{write.word()}"
        yield f"/* {write.sentence()} */\nstatic int {name}(struct {write.word()} *{write.word()})"
        yield "{"
        for _ in range(rng.randint(2, 9)):
            kind = rng.randrange(4)
            if kind == 0:
                yield f"\tif ({write.word()}->{write.word()} > {write.number()})"
                yield f"\t\treturn {write.word()}({write.word()});"
            elif kind == 1:
                yield f"\t{write.word()} = {write.word()}({write.word()}, {write.number()});"
            elif kind == 2:
                yield f'\tprintf("{write.words(2, 6)}: %d\\n", {write.word()});'
            else:
                yield f"\tfor (int i = 0; i < {write.word()}; i++) {{"
                yield f"\t\t{write.word()}[i] += {write.word()}->{write.word()};\n\t}}"
        yield f"\treturn {write.word()};\n}}\n"


def python(write: _Writer) -> Iterator[str]:
    """A program in Python, with names of its own."""
    rng = write.rng
    while True:
        name = f"{write.word()}_{write.word()}"
        yield f"def {name}({write.word()}: {write.word()}, {write.word()}: int) -> {write.word()}:"
        yield f'    """{write.sentence()}"""'
        for _ in range(rng.randint(2, 9)):
            kind = rng.randrange(4)
            if kind == 0:
                yield f"    if {write.word()}.{write.word()} > {write.number()}:"
                yield f"        return {write.word()}({write.word()})"
            elif kind == 1:
                yield f"    {write.word()} = {write.word()}({write.word()}, {write.number()})"
            elif kind == 2:
                yield f'    logger.info("{write.words(2, 6)}: %s", {write.word()})'
            else:
                yield f"    for {write.word()} in {write.word()}.{write.word()}({write.number()}):"
                yield f"        {write.word()} += {write.word()}[{write.word()}]"
        yield f"    return {write.word()}\n\n"


def minified(write: _Writer) -> Iterator[str]:
    """JavaScript without a blank, in one line."""
    rng = write.rng
    letters = "abcdefghijklmnopqrstuvwxyz"
    while True:
        a, b, c = rng.choices(letters, k=3)
        yield rng.choice(
            [
                f"function {a}{b}({b},{c}){{return {b}.{write.word()}({c}[{write.number()}])}}",
                f"{a}.{write.word()}&&({b}={c}.{write.word()}||{a}[{write.number()}]);",
                f'var {a}{c}="{write.words(1, 5)}",{b}{c}={write.number()};',
                f"for(var {b}=0;{b}<{a}.length;{b}++)this.{write.word()}={a}[{b}];",
            ]
        )


def chat(write: _Writer) -> Iterator[str]:
    """What people said to each other."""
    names = [write.word().capitalize() for _ in range(5)]
    while True:
        said = " ".join(write.sentence() for _ in range(write.rng.randint(1, 3)))
        yield f"{write.rng.choice(names)}: {said}"


def settings(write: _Writer) -> Iterator[str]:
    """Keys with values, none of which comes again."""
    rng = write.rng
    while True:
        yield f"# {write.sentence()}\n[{write.word()}.{write.word()}]"
        for _ in range(rng.randint(2, 8)):
            value = rng.choice([f'"{write.words(1, 4)}"', str(write.number()), write.word()])
            yield f"{write.word()}_{write.word()} = {value}"
        yield ""


def csv(write: _Writer) -> Iterator[str]:
    """Rows of values that share nothing."""
    rng = write.rng
    yield "key,name,amount,rate,note"
    while True:
        key = f"{rng.getrandbits(48):x}"
        yield f"{key},{write.word()},{write.number()},{rng.random():.6f},{write.words(1, 4)}"


def objects(write: _Writer) -> str:
    """A compact JSON document whose objects have fields of their own."""

    def value(depth: int) -> object:
        kind = write.rng.randrange(5 if depth < 4 else 3)
        if kind == 0:
            return write.number()
        if kind < 3:
            return write.words(1, 6)
        return {write.word(): value(depth + 1) for _ in range(write.rng.randint(1, 5))}

    return json.dumps(
        {write.word(): value(0) for _ in range(3)}, separators=(",", ":"), ensure_ascii=False
    )


def json_lines(write: _Writer) -> Iterator[str]:
    """One-off objects, one a line."""
    while True:
        yield objects(write)


def poem(write: _Writer) -> Iterator[str]:
    """Short lines."""
    while True:
        for _ in range(write.rng.randint(3, 8)):
            yield write.words(2, 6).capitalize()
        yield ""


def chinese(write: _Writer) -> Iterator[str]:
    """Sentences without blanks."""
    rng = write.rng
    while True:
        text = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(rng.randint(20, 120)))
        yield f"{text[:9]}，{text[9:]}。"


def numbers(write: _Writer) -> Iterator[str]:
    """A number of any length a line."""
    while True:
        yield f"{write.number()}.{write.number()}"


def hexes(write: _Writer) -> Iterator[str]:
    """A digest a line."""
    while True:
        yield f"{write.rng.getrandbits(256):064x}"


def _lines_of(make: Callable[[_Writer], Iterator[str]], joint: str = "\n") -> Make:
    return lambda size, seed: _until(size, make(_Writer(seed)), joint)


def _base64(size: int, seed: int, width: int) -> str:
    raw = base64.b64encode(random.Random(seed).randbytes(size * 3 // 4)).decode()
    return "\n".join(raw[at : at + width] for at in range(0, len(raw), width))


TEXTS: dict[str, Make] = {
    "prose": texts.prose,
    "prose in one line": lambda size, seed: texts.prose(size, seed).replace("\n", " "),
    "markdown": _lines_of(markdown),
    "chat": _lines_of(chat),
    "poem": _lines_of(poem),
    "chinese": _lines_of(chinese),
    "xml": _lines_of(xml),
    "html": _lines_of(html),
    "python": _lines_of(python),
    "c": _lines_of(c_code),
    "minified": _lines_of(minified, ""),
    "settings": _lines_of(settings),
    "csv": _lines_of(csv),
    "json lines": _lines_of(json_lines),
    "numbers": _lines_of(numbers),
    "numbers in one line": _lines_of(numbers, " "),
    "hex": _lines_of(hexes),
    "base64": lambda size, seed: _base64(size, seed, 76),
    "base64 in one line": lambda size, seed: _base64(size, seed, size * 2),
}
