"""What is saved on recorded file reads, where `HEADROOM_CORPUS` names a folder that has some."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from headroom_core import frame
from headroom_core.compressors.base import Hint
from headroom_core.compressors.code import CodeCompressor
from headroom_core.compressors.gutter import Gutter
from headroom_core.source import Source
from headroom_core.tokens import deciding_counter

CORPUS = Path(os.environ.get("HEADROOM_CORPUS", "nowhere")) / "code.jsonl"
BUDGET = 1_000

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="needs the recorded file reads")


def items() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text().splitlines()]


def test_line_numbers_take_a_quarter_of_numbered_files() -> None:
    before = after = 0

    for item in items():
        text = item["content"].removesuffix("\n")
        form = Gutter().encode(Source(text), Hint())
        if "+lineno" in item["format"]:
            assert form is not None
            assert Gutter().decode(form.legend, form.body) == text
            before += item["tokens"]
            after += count(frame.frame("gutter", form))

    assert after <= 0.75 * before


def test_outlines_take_more_than_half_and_show_what_is_asked_for() -> None:
    before = after = shown = 0

    for item in items():
        text, path = item["content"].removesuffix("\n"), item["tool"]["arguments"]["path"]
        hint = Hint(origin="file_read", path=path, query=item["question"])
        view = CodeCompressor().view(Source(text), hint, len(text) * BUDGET // item["tokens"])
        seen = view.body if view is not None else text
        before += item["tokens"]
        after += min(item["tokens"], count(seen))
        shown += all(_flat(needle) in _flat(seen) for needle in item["needles"])

    assert after <= 0.45 * before
    assert shown >= 0.97 * len(items())


def count(text: str) -> int:
    return deciding_counter().count(text)


def _flat(text: str) -> str:
    return " ".join(text.split())
