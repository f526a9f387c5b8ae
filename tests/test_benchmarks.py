"""The benchmarks compute what they say: each of these figures can come out wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks import alone, bill, savings
from benchmarks.check import BASELINE, differences
from benchmarks.clock import growth
from benchmarks.corpus import Conversation, Item, folder_given, read_conversations, read_items
from benchmarks.evidence import Readable, same_data
from benchmarks.peers import head_and_tail, minified
from benchmarks.prices import Cache, Piece, Terms
from benchmarks.report import page, table
from benchmarks.sample import sample_conversations, sample_items
from benchmarks.savings import Shortened
from benchmarks.unshortened import TEXTS
from benchmarks.workloads import WORKLOADS, outcome, sized
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.check import Tree

CACHED = Terms(name="cached", read=0.1, write=1.25, seconds=300, least=10)


def item(content: str, *needles: str) -> Item:
    return Item("one", "logs", "What failed?", "run_command", "{}", content, needles)


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("a disk failed here", "disk failed"),
        ("a disk\n    failed", "disk failed"),
        ('{"message": "a \\"disk\\" failed"}', 'a "disk" failed'),
        ("<p>a &lt; b failed</p>", "a < b failed"),
    ],
)
def test_a_needle_shows_up_to_white_space_and_escapes(text: str, needle: str) -> None:
    assert Readable(text).shows(needle)


def test_a_needle_that_is_not_there_does_not_show() -> None:
    assert not Readable("a disk was replaced; nothing failed").shows("disk failed")


def test_a_needle_may_be_read_from_its_rare_words() -> None:
    original = "host-a says up\n" * 9 + "host-a says pump 7731 broke\n"
    folded = Readable("host-a\n  up x9\n  pump 7731 broke")

    assert not folded.shows("host-a says pump 7731 broke")
    assert folded.tells("host-a says pump 7731 broke", original)
    assert not Readable("host-a\n  up x9\n  pump broke").tells(
        "host-a says pump 7731 broke", original
    )


def test_a_path_may_stand_as_its_folder_and_its_name() -> None:
    needle = "src/app/main.py"

    assert Readable("src/app:\n  main.py").tells(needle, needle)
    assert not Readable("src/app:\n  other.py").tells(needle, needle)
    assert not Readable("nothing").tells("...", "nothing ... here")


def test_the_same_json_is_the_same_data() -> None:
    assert same_data('{"a": [1, 2]}', '{"a":[1,2]}')
    assert not same_data('{"a": [1, 2]}', '{"a":[2,1]}')
    assert not same_data("a", "b")


def test_a_compressor_that_drops_the_needle_is_caught() -> None:
    content = "INFO ok\n" * 50 + "ERROR disk 7 failed"
    broken = savings.measure([item(content, "ERROR disk 7 failed")], cut_in_half)[0]
    whole = savings.measure([item(content, "ERROR disk 7 failed")], savings.ours("balanced"))[0]

    assert (broken.strict, broken.loose, broken.redeemable) == (False, False, False)
    assert (broken.exact, broken.same) == (False, False)
    assert (whole.loose, whole.redeemable, whole.exact) == (True, True, True)
    assert whole.after < whole.before


def test_what_the_store_gives_back_counts_as_redeemable_and_exact() -> None:
    content = "INFO ok\n" * 50 + "ERROR disk 7 failed"

    def stored(item: Item) -> Shortened:
        return Shortened(text="see the store", seconds=0.1, originals=(item.content,))

    row = savings.measure([item(content, "ERROR disk 7 failed")], stored)[0]

    assert (row.loose, row.redeemable, row.exact, row.same) == (False, True, True, True)


def cut_in_half(item: Item) -> Shortened:
    return Shortened(text=item.content[: len(item.content) // 2], seconds=0.001)


def test_figures_count_shares_and_growth_of_items() -> None:
    rows = savings.measure(
        [item("a b c d", "d"), item("a b c d", "a")],
        lambda each: Shortened(text="a b c d e f" if "d" in each.needles else "a", seconds=0.002),
    )
    got = savings.by_kind(rows)["logs"]

    assert (got["tokens_before"], got["tokens_after"]) == (8, 7)
    assert (got["saved"], got["loose"], got["inflated"]) == (12.5, 100.0, 1)
    assert (got["p50_ms"], got["exact"]) == (2.0, 0.0)
    assert savings.by_kind(rows)["all"] == got


def test_a_quantile_is_a_value_of_the_list() -> None:
    values = [float(each) for each in range(100)]

    assert (savings.quantile(values, 0.5), savings.quantile(values, 0.95)) == (50, 95)
    assert savings.quantile([3.0], 0.95) == 3.0
    assert savings.percent(1, 0) == 0.0


def test_a_cache_reads_what_it_holds_and_writes_the_rest() -> None:
    cache = Cache(CACHED)
    first, second = Piece("a", 100), Piece("b", 40)

    assert cache.send([first], 0) == 125
    assert cache.send([first, second], 20) == 10 + 50
    assert (cache.read_tokens, cache.written_tokens) == (100, 140)


def test_a_cache_forgets_after_its_time_and_each_use_extends_it() -> None:
    cache = Cache(CACHED)
    prompt = [Piece("a", 100)]

    assert cache.send(prompt, 0) == 125
    assert cache.send(prompt, 300) == 10
    assert cache.send(prompt, 600) == 10
    assert cache.send(prompt, 901) == 125


def test_rewriting_what_was_sent_loses_the_cache_from_there_on() -> None:
    cache = Cache(CACHED)
    cache.send([Piece("a", 100), Piece("b", 100), Piece("c", 100)], 0)

    assert cache.send([Piece("a", 100), Piece("B", 10), Piece("c", 100)], 1) == 10 + 137.5


def test_short_prefixes_are_not_cached_and_long_requests_cost_more() -> None:
    stepped = Terms(name="s", write=1.25, seconds=300, least=50, step_tokens=90, step_factor=2)
    cache = Cache(stepped)
    cache.send([Piece("a", 40)], 0)

    assert cache.send([Piece("a", 40)], 1) == 50
    assert cache.send([Piece("b", 100)], 2) == 250
    assert Cache(Terms(name="none")).send([Piece("a", 40)], 0) == 40


def test_a_prefix_is_kept_when_each_prompt_extends_the_last() -> None:
    grown = [[Piece("a", 10)], [Piece("a", 10), Piece("b", 5)]]
    edited = [[Piece("a", 10), Piece("b", 10)], [Piece("a", 10), Piece("B", 5)]]

    assert bill.prefix_kept(grown) == 100.0
    assert bill.prefix_kept(edited) == 50.0
    assert bill.prefix_kept(grown[:1]) == 100.0


def test_a_pause_longer_than_the_cache_lives_is_paid_for() -> None:
    prompts = [[Piece("a", 100)]] * 10

    assert bill.cost(prompts, CACHED, (20, 20)) == pytest.approx(125 + 9 * 10)
    assert bill.cost(prompts, CACHED, (20, 600)) == pytest.approx(2 * 125 + 8 * 10)


def test_a_replay_keeps_its_prefix_and_costs_less() -> None:
    conversation = sample_conversations()[1]
    short = Conversation("s", "", conversation.messages[:13], (3, 5, 7, 9, 11, 13))
    got = bill.run([short], ["lossless"])["lossless"]

    assert got["s"] == got["all"]
    assert (got["s"]["turns"], got["s"]["prefix_kept"]) == (6, 100.0)
    assert 0 < got["s"]["saved"] < 100
    assert got["s"]["cost"]["no cache; 20 s between turns"] == pytest.approx(
        got["s"]["tokens_after"] / got["s"]["tokens_before"], abs=0.001
    )


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_growth_is_the_exponent_of_time_over_size(exponent: float) -> None:
    sizes = [10, 100, 1000]

    assert growth(sizes, [3 * size**exponent for size in sizes]) == pytest.approx(exponent)


def test_a_table_has_its_numbers_on_the_right_and_survives_bars() -> None:
    assert table(["a", "b"], [["x|y", 1200], ["z", 3]]) == (
        "| a | b |\n| --- | ---: |\n| x\\|y | 1,200 |\n| z | 3 |\n"
    )


def test_a_page_has_a_table_for_each_group_of_figures() -> None:
    text = page({"savings": {"max": {"logs": {"items": 2, "cost": {"a": 1.5}, "ok": True}}}})

    assert text == (
        "## savings\n\n### max\n\n| max | items | cost a | ok |\n| --- | ---: | ---: | ---: |\n"
        "| logs | 2 | 1.5 | yes |\n"
    )
    assert page({"start": {"import_ms": 3.5}}) == (
        "## start\n\n|  | start |\n| --- | ---: |\n| import_ms | 3.5 |\n"
    )


def test_a_difference_from_the_baseline_names_its_place() -> None:
    before: Tree = {"a": {"b": 1, "gone": 2}, "c": 3}
    now: Tree = {"a": {"b": 2, "new": 4}, "c": 3}

    assert differences(before, before) == []
    assert differences(before, now) == [
        "a / b: 1 in the baseline, 2 now",
        "a / gone: 2 in the baseline, absent now",
        "a / new: absent in the baseline, 4 now",
    ]


def test_a_folder_of_records_is_read_kind_by_kind(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    made = item("text", "ne")
    record: dict[str, object] = {
        "id": "one",
        "kind": "logs",
        "question": made.question,
        "tool": {"name": "run_command", "arguments": {}},
        "content": "text",
        "needles": ["ne"],
    }
    (folder / "logs.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    (folder / "rag.jsonl").write_text(
        json.dumps({**record, "kind": "rag", "question_blind": "And?"}) + "\n", encoding="utf-8"
    )
    talk = {"id": "t", "system": None, "messages": [{"role": "user"}], "cuts": [{"t": 1}]}
    (folder / "trajectory.jsonl").write_text(json.dumps(talk) + "\n", encoding="utf-8")

    assert folder_given(str(tmp_path)) == folder_given(str(folder)) == folder
    assert read_items(folder) == [made, replace(made, kind="rag", blind="And?")]
    assert read_conversations(folder) == [Conversation("t", "", ({"role": "user"},), (1,))]


def test_a_folder_without_records_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="holds no records"):
        folder_given(str(tmp_path))

    monkeypatch.delenv("HEADROOM_CORPUS", raising=False)
    assert folder_given(None) is None


def test_the_sample_is_the_same_each_time_and_every_item_can_fail() -> None:
    items = sample_items()

    assert items == sample_items()
    assert all(each.needles for each in items)
    assert all(Readable(each.content).shows(needle) for each in items for needle in each.needles)


def test_the_baseline_covers_what_the_sample_holds() -> None:
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))

    assert baseline["savings"]["balanced"]["all"]["items"] == len(sample_items())
    assert set(baseline["savings"]["lossless"]) == {"all", *(each.kind for each in sample_items())}


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_has_the_published_size(name: str) -> None:
    workload = WORKLOADS[name]
    task = sized(workload)
    pretty = "".join(json.dumps(each, indent=2) for each in task.results)
    tokens = deciding_counter().count(pretty)

    assert tokens == pytest.approx(workload.before, rel=0.03)
    assert all(Readable(pretty).shows(needle) for needle in task.needles)


def test_a_workload_is_reached_when_as_much_is_saved_as_was_published() -> None:
    got = outcome(WORKLOADS["100 log records, regular fields"], "lossless")

    assert got["reached"] == (got["tokens"] <= got["target"])
    assert got["pretty"] > got["minified"] > got["tokens"]
    assert got["visible"]


def test_simple_peers_do_what_their_names_say() -> None:
    text = '{\n  "a": 1\n}'

    assert minified(item(text)).text == '{"a":1}'
    assert minified(item("not JSON")).text == "not JSON"
    long = " ".join(str(each) for each in range(1000))
    cut = head_and_tail({"one": 100})(item(long)).text
    assert cut.startswith("0 1 2 ")
    assert cut.endswith(" 998 999")
    assert deciding_counter().count(cut) <= 100
    assert head_and_tail({"one": 10**6})(item(long)).text == long


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_to_be_left_alone_is_left_alone(name: str) -> None:
    text = TEXTS[name](20_000, 1)

    assert len(text) >= 19_000
    assert text == TEXTS[name](20_000, 1)
    assert alone.figures(text, repeats=1)["longest"] != "shortened"


def test_a_text_that_gets_shorter_is_named_so() -> None:
    assert alone.figures("the same line\n" * 99, repeats=1)["longest"] == "shortened"
