"""The retrieve tool: one description in every shape, and answers that a model can use."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom import RETRIEVE_TOOL, answer_tool_call
from headroom_core.fail_open import raising
from headroom_core.store.memory import MemoryStore
from headroom_core.tokens import deciding_counter
from headroom_core.tool import MOST_TOKENS, NAME, PARAMETERS, is_retrieve_tool, tools_for

LOG = "\n".join(f"line {n} {'boom' if n == 500 else 'fine'}" for n in range(1, 2_001))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.requirement("ccr.tool_cost")
def test_the_tool_costs_at_most_250_tokens_in_every_shape() -> None:
    count = deciding_counter().count

    for tool in RETRIEVE_TOOL.values():
        assert count(json.dumps(tool, separators=(",", ":"))) <= 250


def test_every_shape_holds_the_same_schema() -> None:
    chat = RETRIEVE_TOOL["openai_chat"]["function"]
    assert isinstance(chat, dict)

    assert chat["parameters"] == PARAMETERS
    assert RETRIEVE_TOOL["openai_responses"]["parameters"] == PARAMETERS
    assert RETRIEVE_TOOL["anthropic"]["input_schema"] == PARAMETERS
    assert RETRIEVE_TOOL["mcp"]["inputSchema"] == PARAMETERS
    assert RETRIEVE_TOOL["json_schema"]["properties"] == PARAMETERS["properties"]
    assert tools_for("anthropic") == [RETRIEVE_TOOL["anthropic"]]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        (NAME, True),
        (f"mcp__headroom__{NAME}", True),
        (f"headroom.{NAME}", True),
        (f"srv/{NAME}", True),
        (f"a:{NAME}", True),
        (f"my{NAME}", False),
        ("retrieve", False),
    ],
)
def test_qualified_names_are_recognised(name: str, ours: bool) -> None:
    assert is_retrieve_tool(name) is ours


@pytest.mark.parametrize("key", ["ref", "hash"])
@pytest.mark.parametrize("as_text", [True, False])
def test_a_call_is_answered_however_the_arguments_come(
    store: MemoryStore, key: str, as_text: bool
) -> None:
    given = {key: store.put(LOG), "query": "boom"}

    answer = answer_tool_call(NAME, json.dumps(given) if as_text else given, store=store)

    assert "line 500 boom" in answer


@pytest.mark.parametrize(
    "spelled",
    [
        "{}",
        " {} ",
        "[{}]",
        "headroom {}",
        "[headroom {}: 6 of 100 rows shown; more: headroom_retrieve(ref, where=, query=)]",
    ],
)
def test_a_ref_may_be_copied_with_what_stands_around_it(store: MemoryStore, spelled: str) -> None:
    ref = store.put(LOG)

    answer = answer_tool_call(NAME, {"ref": spelled.format(ref), "lines": 500}, store=store)

    assert "line 500 boom" in answer


def test_an_answer_keeps_to_the_default_budget_and_says_how_to_go_on(store: MemoryStore) -> None:
    ref = store.put(LOG)

    answer = answer_tool_call(NAME, {"ref": ref, "query": "", "where": None}, store=store)

    assert deciding_counter().count(answer) <= 1_500
    last = answer.split("\n")[-1]
    cursor = json.loads(last[last.index("cursor=") + 7 : -1])
    assert "line 1 fine" not in answer_tool_call(NAME, {"ref": ref, "cursor": cursor}, store=store)


@pytest.mark.parametrize(
    ("asked", "most"), [(400, 400), ("400", 400), (1, 100), (10**9, MOST_TOKENS), ("x", 1_500)]
)
def test_a_model_may_ask_for_more_or_less(store: MemoryStore, asked: object, most: int) -> None:
    ref = store.put(LOG * 3)

    answer = answer_tool_call(NAME, {"ref": ref, "max_tokens": asked}, store=store)

    assert most / 2 < deciding_counter().count(answer) <= most


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        (None, "must be an object"),
        ("5", "must be an object"),
        ("{}", "`ref` is missing"),
        ({"ref": 5}, "`ref` is missing"),
        ({"ref": "REF", "lines": [1, 2]}, "must be strings"),
        ({"ref": "REF", "lines": True}, "must be strings"),
        ({"ref": "REF", "lines": "x"}, "`lines` must be like"),
        ({"ref": "REF", "lines": "1", "query": "x"}, "cannot be combined"),
        ({"ref": "REF", "where": "line >"}, "examples are"),
        ({"ref": "REF", "where": "nope = 1"}, "columns: line, text"),
        ({"ref": "nonsense"}, "is not a ref"),
    ],
)
def test_a_wrong_call_is_told_to_the_model(
    store: MemoryStore, arguments: dict[str, object] | str | None, says: str
) -> None:
    if isinstance(arguments, dict) and arguments.get("ref") == "REF":
        arguments = {**arguments, "ref": store.put(LOG)}

    answer = answer_tool_call(NAME, arguments, store=store)

    assert answer.startswith("Error: ")
    assert says in answer


def test_another_tool_is_not_ours(store: MemoryStore) -> None:
    assert answer_tool_call("search", {}, store=store).startswith(
        "Error: there is no tool 'search'"
    )


def test_an_unknown_ref_is_answered_with_those_of_the_conversation(store: MemoryStore) -> None:
    ref = store.put(LOG)
    note = "[headroom {}: 6 of 100 rows shown; more: headroom_retrieve(ref, where=, query=)]"
    conversation = [{"role": "tool", "content": note.format(each)} for each in (ref, "f" * 16)]

    answer = answer_tool_call(NAME, {"ref": "0" * 16}, store=store, conversation=conversation)

    assert "was ever stored" in answer
    assert ref in answer
    assert "f" * 16 not in answer
    alone = answer_tool_call(NAME, {"ref": "0" * 16}, store=store)
    assert "no other note" in alone


@pytest.mark.requirement("ccr.evicted")
def test_an_evicted_original_is_told_from_an_unknown_one(store: MemoryStore) -> None:
    ref = store.put(LOG)
    store.evict(ref)

    answer = answer_tool_call(NAME, {"ref": ref}, store=store)

    assert "has been evicted; run the tool again" in answer


def test_a_store_that_fails_is_told_to_the_model(store: MemoryStore) -> None:
    ref = store.put(LOG)
    store.close()

    assert "run the tool that printed it again" in answer_tool_call(NAME, {"ref": ref}, store=store)


@pytest.mark.swallows
def test_an_error_of_our_own_is_told_to_the_model(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: MemoryStore, ref: str) -> str:
        raise ZeroDivisionError

    ref = store.put(LOG)
    monkeypatch.setattr(MemoryStore, "get", broken)

    with raising(enabled=False):
        answer = answer_tool_call(NAME, {"ref": ref}, store=store)

    assert answer.startswith("Error: the original could not be read")


@pytest.mark.requirement("ccr.never_raises")
@given(
    st.none()
    | st.text(max_size=40)
    | st.dictionaries(
        st.sampled_from(
            ["ref", "hash", "lines", "query", "where", "path", "symbol", "cursor", "max_tokens"]
        ),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    )
)
def test_no_arguments_raise(arguments: dict[str, object] | str | None) -> None:
    store = MemoryStore()
    ref = store.put('[{"a": 1}, {"a": 2}]')
    if isinstance(arguments, dict):
        arguments["ref"] = ref

    assert answer_tool_call(NAME, arguments, store=store)
