"""Long texts are read and written some lines at a time, which no reader can tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headroom_core.compressors import batches, bounded
from headroom_core.compressors.base import Encoded, Hint
from headroom_core.compressors.json_table import table_reader
from headroom_core.compressors.listings.names import write_names
from headroom_core.compressors.logs import fields, problems
from headroom_core.compressors.logs.entries import read_entries
from headroom_core.compressors.registry import REGISTRY
from headroom_core.compressors.tables import block, records
from headroom_core.source import Source

if TYPE_CHECKING:
    from headroom_core.compressors.base import Compressor

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*/*.in"))
ROWS = [f"{number},name {number},{number % 3}" for number in range(60)]
TEXTS = [
    *(path.read_text(encoding="utf-8") for path in GOLDEN),
    # Batches in which no line is a row.
    "\n".join(["id,name,kind", *ROWS, "x", "y", "z", "", *ROWS]),
    "\n".join(["id,name,kind", *ROWS, *(["id,name,kind"] * 5), *ROWS]),
    "\n".join(f"/home/anna/project_{number // 9}/file_{number}.py" for number in range(60)),
]


def _forms(text: str) -> dict[str, tuple[Encoded, str]]:
    """What each compressor writes, and reads back."""
    found: dict[str, tuple[Encoded, str]] = {}
    for compressor in REGISTRY:
        encoded = compressor.encode(Source(text), Hint())
        if encoded is not None:
            found[compressor.name] = (encoded, _read(compressor, encoded))
    return found


def _read(compressor: Compressor, encoded: Encoded) -> str:
    return compressor.decode(encoded.legend, encoded.body)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_forms_are_the_same_whatever_the_size_of_batches(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _forms(text)

    for module in (batches, fields, block, records, table_reader, bounded):
        monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(batches, "_CHARS", 1)

    assert _forms(text) == expected


@pytest.mark.parametrize("text", ["", "a", "a\n", "\n\na\n\nb", "long line\nshort\n\n"])
def test_batches_of_lines_are_the_lines(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for chars in (0, 3, 100):
        monkeypatch.setattr(batches, "_CHARS", chars)

        lines = [line for batch in batches.line_batches(text) for line in batch]

        assert lines == text.split("\n")
        assert batches.joined(lines) == text


def test_cells_that_come_again_are_one_text_in_memory() -> None:
    columns: list[list[str]] = [[], []]

    batches.extend(columns, [[f"{number % 2} open" for number in range(9)], list("abcdefghi")])

    assert len(set(map(id, columns[0]))) == 2
    assert columns[1] == list("abcdefghi")


def test_names_of_a_list_of_paths_end_with_the_last_path() -> None:
    named = list(write_names(["a/b", "a/c"], slash=False))

    assert named == [("a/", "b"), (None, "c")]


def test_rare_words_are_found_however_many_lines_are_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = [f"{one}{other}" for one in "abcdefghij" for other in "klmnopqrst"]
    lines = [f"info {words[at % 100]} went through {at}" for at in range(300)]
    lines[170] = "odd zz went through 170"
    expected = problems.problems_of(lines, read_entries(lines), [], {}, 1000).lines

    monkeypatch.setattr(batches, "BATCH", 70)

    assert problems.problems_of(lines, read_entries(lines), [], {}, 1000).lines == expected
    assert 170 in expected
