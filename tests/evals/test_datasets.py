from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headroom.evals.datasets import FILES, load, missing
from headroom.evals.scoring import score
from headroom_core.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SUMS: list[object] = [
    {"question": f"Ada has {n} and buys {n + 1}. How many?", "answer": f"Add.\n#### {2 * n + 1}"}
    for n in range(5)
]
QUIZ: list[object] = [
    {"question": f"Is {n} even?", "mc1_targets": {"Yes": int(n % 2 == 0), "No": n % 2}}
    for n in range(5)
]
ANSWERED: object = {"question": "Where is it?", "answers": [{"text": "Lund"}, {"text": "in Lund"}]}
OPEN: object = {"question": "Who sold it?", "answers": [], "is_impossible": True}
MILL: object = {"context": "The mill stands in Lund.", "qas": [ANSWERED, OPEN]}
SQUAD: object = {"version": "v2.0", "data": [{"title": "Mill", "paragraphs": [MILL]}]}
ASKED: object = [[{"role": "user", "content": "The weather in Lund?"}]]
FUNCTION: object = {"name": "weather_of", "parameters": {}}
TRUTH: object = {"weather_of": {"city": ["Lund"]}}
CALLS: list[object] = [{"id": f"s_{n}", "question": ASKED, "function": [FUNCTION]} for n in "abc"]
TRUTHS: list[object] = [{"id": f"s_{n}", "ground_truth": [TRUTH]} for n in "abc"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sample of each data set in its own shape, made up for this test."""
    (tmp_path / "truthfulqa.json").write_text(json.dumps(QUIZ))
    (tmp_path / "squad-v2.json").write_text(json.dumps(SQUAD))
    for name, records in (("gsm8k", SUMS), ("bfcl", CALLS), ("bfcl-answers", TRUTHS)):
        lines = [json.dumps(each) + "\n" for each in records]
        (tmp_path / f"{name}.jsonl").write_text("".join([*lines, "\n"]))
    return tmp_path


@pytest.mark.parametrize(
    ("category", "reply"),
    [
        ("GSM8K", "He has 3 and 4, so 7"),
        ("SQuAD v2", "in Lund"),
        ("BFCL", 'It is {"name": "weather_of", "arguments": {"city": "Lund"}}'),
    ],
)
def test_a_data_set_is_asked_in_tool_results_and_scored(
    folder: Path, category: str, reply: str
) -> None:
    items = load(category, folder, n=100, seed=0)

    assert missing(category, folder) == []
    assert len({item.name for item in items}) == len(items) > 1
    assert 1.0 in [score(item, reply) for item in items]
    assert 0.0 in [score(item, "nothing of that 99") for item in items]
    json.loads(items[0].text)


def test_the_choices_of_a_quiz_are_lettered_by_the_seed(folder: Path) -> None:
    items = load("TruthfulQA", folder, n=100, seed=0)

    for item in items:
        shown = json.loads(item.text)[int(item.name)]
        assert shown[item.answers[0]] == ("Yes" if int(item.name) % 2 == 0 else "No")
    assert items == load("TruthfulQA", folder, n=100, seed=0)
    assert {item.answers for item in items} == {("A",), ("B",)}


def test_a_question_without_an_answer_wants_none(folder: Path) -> None:
    (item,) = [each for each in load("SQuAD v2", folder, n=9, seed=0) if each.answers == ("",)]

    assert score(item, "unanswerable") == 1.0


def test_so_many_items_are_taken_and_the_same_ones_again(folder: Path) -> None:
    items = load("GSM8K", folder, n=2, seed=4)

    assert len(items) == 2
    assert items == load("GSM8K", folder, n=2, seed=4)


@pytest.mark.parametrize("category", FILES)
@pytest.mark.parametrize("content", ["{", "[1]", "{}", '[{"question": 5}]', '{"question": 5}'])
def test_a_file_of_another_shape_is_named(folder: Path, category: str, content: str) -> None:
    (folder / FILES[category][0]).write_text(content)

    with pytest.raises(ConfigError, match="is not of the shape of"):
        load(category, folder, n=5, seed=0)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    assert missing("BFCL", tmp_path) == list(FILES["BFCL"])
