"""Published data sets from local files, asked as context in tool results.

Each question stands among others of its data set, so that there is something to compress. Nothing
is downloaded; `FILES` says what is looked for in the folder of `--data`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from headroom.evals.items import Item, seeded
from headroom_core.errors import ConfigError
from headroom_core.formats.wire import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from random import Random

    from headroom.evals.items import Score
    from headroom_core.formats.wire import WireObject

AROUND = 30
"""How many records of the data set stand in one tool result."""
FILES: dict[str, tuple[str, ...]] = {
    "GSM8K": ("gsm8k.jsonl",),
    "TruthfulQA": ("truthfulqa.json",),
    "SQuAD v2": ("squad-v2.json",),
    "BFCL": ("bfcl.jsonl", "bfcl-answers.jsonl"),
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def missing(category: str, folder: Path) -> list[str]:
    """The files that a data set lacks here."""
    return [name for name in FILES[category] if not (folder / name).is_file()]


def load(category: str, folder: Path, *, n: int, seed: int) -> list[Item]:
    """At most `n` items of a data set, chosen by the seed; `ConfigError` for another shape."""
    rng = seeded(f"{seed}/{category}")
    paths = [folder / name for name in FILES[category]]
    try:
        return _LOADERS[category](paths, n, rng)
    except (KeyError, IndexError, TypeError, ValueError) as exc:
        reason = f"{type(exc).__name__}: {exc}"
        raise ConfigError(f"{str(paths[0])!r} is not of the shape of {category}: {reason}") from exc


def _gsm8k(paths: Sequence[Path], n: int, rng: Random) -> list[Item]:
    """Lines of `{"question", "answer"}`, the answer ending with `#### NUMBER`."""
    records = _lines(paths[0])
    items: list[Item] = []
    for at in _some(records, n, rng):
        sheet = [
            {"problem": number, "text": _text(records[number], "question")}
            for number in _around(records, at, rng)
        ]
        question = (
            f"Solve problem {at} of the worksheet. You may reason first; end with the number."
        )
        right = _text(records[at], "answer").rpartition("####")[2].strip()
        items.append(_item("GSM8K", at, "read_worksheet", sheet, question, (right,), "number"))
    return items


def _truthful(paths: Sequence[Path], n: int, rng: Random) -> list[Item]:
    """A list of `{"question", "mc1_targets": {choice: 0 or 1}}`."""
    records = _objects(_json(paths[0]))
    letters: list[dict[str, str]] = []
    for record in records:
        choices = list(_object(record["mc1_targets"]))
        rng.shuffle(choices)
        letters.append(dict(zip(_LETTERS, choices, strict=False)))
    items: list[Item] = []
    for at in _some(records, n, rng):
        sheet = [
            {"question": number, "text": _text(records[number], "question"), **letters[number]}
            for number in _around(records, at, rng)
        ]
        targets = _object(records[at]["mc1_targets"])
        right = tuple(letter for letter, choice in letters[at].items() if targets[choice] == 1)
        question = f"Which choice is true for question {at}? Reply with its letter."
        items.append(_item("TruthfulQA", at, "read_quiz", sheet, question, right, "exact"))
    return items


def _squad(paths: Sequence[Path], n: int, rng: Random) -> list[Item]:
    """`{"data": [{"paragraphs": [{"context", "qas": [{"question", "answers"}]}]}]}`."""
    found: list[tuple[list[dict[str, object]], str, tuple[str, ...]]] = []
    for article in _objects(_object(_json(paths[0]))["data"]):
        paragraphs = _objects(article["paragraphs"])
        for at, paragraph in enumerate(paragraphs):
            near = paragraphs[max(0, at - AROUND // 2) : at + AROUND // 2]
            chunks: list[dict[str, object]] = [
                {"chunk": number, "text": _text(each, "context")}
                for number, each in enumerate(near)
            ]
            for asked in _objects(paragraph["qas"]):
                right = tuple(_text(each, "text") for each in _objects(asked["answers"]))
                found.append((chunks, _text(asked, "question"), right or ("",)))
    return [
        _item("SQuAD v2", at, "search_documents", found[at][0], found[at][1], found[at][2], "f1")
        for at in _some(found, n, rng)
    ]


def _bfcl(paths: Sequence[Path], n: int, rng: Random) -> list[Item]:
    """Lines of `{"id", "question", "function"}`, and of `{"id", "ground_truth"}` beside them."""
    records = _lines(paths[0])
    truths = {_text(each, "id"): _objects(each["ground_truth"]) for each in _lines(paths[1])}
    items: list[Item] = []
    for at in _some(records, n, rng):
        catalogue = [
            function
            for number in _around(records, at, rng)
            for function in _objects(records[number]["function"])
        ]
        turn = records[at]["question"]
        asked = _objects(turn[0] if is_array(turn) else None)[-1]
        ((name, arguments),) = truths[_text(records[at], "id")][0].items()
        question = (
            f"{_text(asked, 'content')}\nWhich function of the catalogue does this? Reply with"
            ' JSON: {"name": ..., "arguments": {...}}'
        )
        right = json.dumps({"name": name, "arguments": arguments})
        items.append(_item("BFCL", at, "list_functions", catalogue, question, (right,), "call"))
    return items


_LOADERS: dict[str, Callable[[Sequence[Path], int, Random], list[Item]]] = {
    "GSM8K": _gsm8k,
    "TruthfulQA": _truthful,
    "SQuAD v2": _squad,
    "BFCL": _bfcl,
}


def _item(  # noqa: PLR0913, PLR0917 - the fields of an item, in the order of every loader
    category: str,
    at: int,
    tool: str,
    shown: Sequence[object],
    question: str,
    answers: tuple[str, ...],
    score: Score,
) -> Item:
    return Item(
        category=category,
        name=str(at),
        tool=tool,
        arguments="{}",
        text=json.dumps(shown, ensure_ascii=False),
        question=question,
        answers=answers,
        score=score,
    )


def _some(records: Sequence[object], n: int, rng: Random) -> list[int]:
    return sorted(rng.sample(range(len(records)), min(n, len(records))))


def _around(records: Sequence[object], at: int, rng: Random) -> list[int]:
    """The places of a record and of others, in order."""
    others = [number for number in range(len(records)) if number != at]
    return sorted([at, *rng.sample(others, min(AROUND - 1, len(others)))])


def _json(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def _lines(path: Path) -> list[WireObject]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_object(json.loads(line)) for line in lines if line.strip()]


def _object(value: object) -> WireObject:
    if not is_object(value):
        raise TypeError(f"expected an object, got {value!r:.80}")
    return value


def _objects(value: object) -> list[WireObject]:
    if not is_array(value):
        raise TypeError(f"expected a list, got {value!r:.80}")
    return [_object(each) for each in value]


def _text(record: WireObject, key: str) -> str:
    value = record[key]
    if not isinstance(value, str):
        raise TypeError(f"expected a text under {key!r}, got {value!r:.80}")
    return value
