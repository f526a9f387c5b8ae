from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from headroom.evals import models
from headroom.evals.calls import Prices
from headroom.evals.generators import GENERATORS, needle_item
from headroom.evals.items import Item
from headroom.evals.models import CallError, HttpModel, LiteLLMModel
from headroom.evals.pairs import MOST_TURNS, ask_twice
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.notes import find_notes
from tests.evals.server import calls, names_of_tools, says, seen, serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_core.formats.wire import WireObject

BASE = "http://127.0.0.1:1/v1"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def hidden_item() -> Item:
    """A question whose answer no view shows: nothing in it names the line."""
    lines = needle_item("0/1").text.split("\n")
    return Item(
        category="hidden",
        name="one",
        tool="read_log",
        arguments="{}",
        text="\n".join(lines),
        question="What did the machine write down first after one third of its work?",
        answers=(lines[99].split()[4],),
        score="exact",
    )


class Scripted:
    """A model that answers with one response after the other."""

    def __init__(self, *responses: WireObject | CallError) -> None:
        self._responses = list(responses)
        self.requests: list[Sequence[object]] = []

    def complete(self, messages: Sequence[object], tools: Sequence[object]) -> WireObject:
        self.requests.append(messages)
        response = self._responses.pop(0)
        if isinstance(response, CallError):
            raise response
        return response


def test_a_model_behind_a_server_retrieves_what_is_hidden_and_is_right() -> None:
    item = hidden_item()
    line = item.text.split("\n")[99]
    asked: list[str] = []

    def script(request: WireObject) -> WireObject:
        asked.append(f"{request['path']} {request['key']} {request['model']}")
        if line in seen(request):
            return says(f"{item.answers[0]}.", prompt_tokens=10, completion_tokens=2)
        assert names_of_tools(request) == ["read_log", "headroom_retrieve"]
        (note,) = find_notes(request["messages"])
        return calls("headroom_retrieve", ref=note.ref, lines="100")

    with serving(script) as url:
        model = HttpModel(base_url=url, model="small", api_key="k")
        outcome = ask_twice(item, model)

    assert (outcome.baseline, outcome.ours, outcome.wrong) == (1.0, 1.0, "")
    assert asked == ["/v1/chat/completions Bearer k small"] * 3


def test_a_model_that_does_not_ask_for_what_is_hidden_is_wrong() -> None:
    item = hidden_item()
    line = item.text.split("\n")[99]

    def script(request: WireObject) -> WireObject:
        return says(item.answers[0] if line in seen(request) else "no idea")

    with serving(script) as url:
        outcome = ask_twice(item, HttpModel(base_url=url, model="small"))

    assert (outcome.baseline, outcome.ours) == (1.0, 0.0)
    assert outcome.after < outcome.before / 4


@pytest.mark.parametrize("category", GENERATORS)
def test_a_reader_that_finds_the_needle_is_right_with_both_texts(category: str) -> None:
    item = GENERATORS[category]("0/0")

    def script(request: WireObject) -> WireObject:
        in_sight = all(needle in seen(request) for needle in item.needles)
        return says(item.answers[0] if in_sight else "unanswerable")

    with serving(script) as url:
        outcome = ask_twice(item, HttpModel(base_url=url, model="small"))

    assert (outcome.baseline, outcome.ours) == (1.0, 1.0)
    assert outcome.after < outcome.before


def test_usage_and_prices_give_the_cost_of_both() -> None:
    item = needle_item("0/0")
    model = Scripted(
        says("x", prompt_tokens=1_000_000, completion_tokens=500_000),
        says("x", prompt_tokens=100_000, completion_tokens=0),
    )

    outcome = ask_twice(item, model, prices=Prices(read=2.0, written=4.0))

    assert (outcome.cost_baseline, outcome.cost_ours) == (4.0, 0.2)
    assert (outcome.before, outcome.after) == (1_000_000, 100_000)


def test_a_cost_that_the_response_tells_is_taken_and_an_unknown_one_stays_unknown() -> None:
    outcome = ask_twice(needle_item("0/0"), Scripted(says("x", cost=0.5), says("x")))

    assert (outcome.cost_baseline, outcome.cost_ours) == (0.5, None)


def test_a_repeated_call_of_the_tool_is_told_to_read_the_result() -> None:
    item = needle_item("0/0")
    model = Scripted(calls(item.tool), says(item.answers[0]), says(item.answers[0]))

    outcome = ask_twice(item, model)

    assert (outcome.baseline, outcome.ours) == (1.0, 1.0)
    assert "called already" in str(model.requests[1][-1])


def test_a_model_that_only_calls_tools_has_no_answer() -> None:
    item = needle_item("0/0")
    model = Scripted(*[calls(item.tool)] * MOST_TURNS, says(item.answers[0]))

    assert ask_twice(item, model).baseline == 0.0


@pytest.mark.requirement("evals.failed_call")
@pytest.mark.parametrize("response", [CallError("down"), {}, {"choices": [{"message": None}]}])
def test_a_failed_call_is_a_failed_item(response: WireObject | CallError) -> None:
    item = needle_item("0/0")

    of_baseline = ask_twice(item, Scripted(response, says(item.answers[0])))
    of_ours = ask_twice(item, Scripted(says(item.answers[0]), response))

    assert (of_baseline.baseline, of_baseline.ours) == (0.0, 0.0)
    assert of_baseline.wrong.startswith("baseline: ")
    assert (of_ours.baseline, of_ours.ours) == (1.0, 0.0)
    assert of_ours.wrong.startswith("ours: ")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (500, "answers 500"),
        (302, "answers 302"),
        (b"no json", "JSONDecodeError"),
        (b"[1]", "no JSON object"),
    ],
)
def test_a_bad_response_of_a_server_is_a_failed_call(told: bytes | int, message: str) -> None:
    with serving(lambda request: told) as url, pytest.raises(CallError, match=message):
        HttpModel(base_url=url, model="small").complete([], [])


def test_a_response_beyond_all_bounds_is_a_failed_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST_BYTES", 10)

    with (
        serving(lambda request: says("long enough")) as url,
        pytest.raises(CallError, match="sensible size"),
    ):
        HttpModel(base_url=url, model="small").complete([], [])


def test_a_server_that_is_not_there_is_a_failed_call() -> None:
    with pytest.raises(CallError, match="URLError"):
        HttpModel(base_url=BASE, model="small").complete([], [{"type": "function"}])


def test_a_base_url_must_be_one() -> None:
    with pytest.raises(ConfigError, match="--base-url"):
        HttpModel(base_url="file:///etc", model="small")


class FakeError(Exception):
    pass


def fake_litellm(monkeypatch: pytest.MonkeyPatch, response: object) -> list[dict[str, object]]:
    asked: list[dict[str, object]] = []

    def completion(**given: object) -> object:
        asked.append(given)
        if isinstance(response, Exception):
            raise response
        return SimpleNamespace(model_dump=lambda: response, _hidden_params={"response_cost": 0.25})

    litellm, openai = ModuleType("litellm"), ModuleType("openai")
    monkeypatch.setattr(litellm, "completion", completion, raising=False)
    monkeypatch.setattr(openai, "OpenAIError", FakeError, raising=False)
    monkeypatch.setitem(sys.modules, "litellm", litellm)
    monkeypatch.setitem(sys.modules, "openai", openai)
    return asked


def test_litellm_is_asked_and_tells_its_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    item = needle_item("0/0")
    asked = fake_litellm(monkeypatch, says(item.answers[0], prompt_tokens=5))

    outcome = ask_twice(item, LiteLLMModel("anthropic/some"))

    assert (outcome.ours, outcome.cost_baseline, outcome.cost_ours) == (1.0, 0.25, 0.25)
    assert asked[0]["model"] == "anthropic/some"


def test_litellm_needs_no_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_litellm(monkeypatch, {"choices": []})

    assert LiteLLMModel("any/model").complete([], [])["usage"] == {"cost": 0.25}


@pytest.mark.parametrize("response", [FakeError("no key"), "text"])
def test_an_error_of_litellm_is_a_failed_call(
    monkeypatch: pytest.MonkeyPatch, response: object
) -> None:
    fake_litellm(monkeypatch, response)

    with pytest.raises(CallError):
        LiteLLMModel("any/model").complete([], [])


def test_what_litellm_lacks_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_litellm(monkeypatch, ModuleNotFoundError("No module named 'mcp'", name="mcp"))

    with pytest.raises(MissingExtraError, match=r"`mcp` is not installed.*\[evals\]"):
        ask_twice(needle_item("0/0"), LiteLLMModel("any/model"))


def test_without_litellm_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)

    with pytest.raises(MissingExtraError, match=r"\[evals\]"):
        LiteLLMModel("any/model")
