"""A wrapped model is to Agno what it was: its class, its name, its fields, its copies."""

from __future__ import annotations

import copy
import importlib
import pickle
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from agno.models.base import Model
from agno.models.openai import OpenAIChat
from agno.models.response import ModelResponse
from agno.models.utils import _PROVIDERS
from agno.reasoning.openai import is_openai_reasoning_model
from agno.tools.function import Function

import headroom_agno
from headroom_agno import HeadroomAgnoModel
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import ConfigError, MissingExtraError
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from tests.agno.runs import agent_for
from tests.agno.scripted import Scripted, says

if TYPE_CHECKING:
    from collections.abc import Callable

ABSTRACT = ("invoke", "ainvoke", "invoke_stream", "ainvoke_stream")


class Closed(Scripted):
    """A class of which no subclass can be made."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        raise TypeError("this class is final")


def importable() -> list[type[Model]]:
    """Every class of a provider whose package is installed here, but for one slow package."""
    found: list[type[Model]] = []
    for module, name, *_ in _PROVIDERS.values():
        if module.endswith(".litellm"):  # its import takes longer than all the others together
            continue
        try:
            kind = getattr(importlib.import_module(module), name)
        except ImportError:
            continue
        if issubclass(kind, Model):  # some only say what is missing
            found.append(kind)
    return found


def made(kind: type[Model]) -> Model:
    """A model of a class, without a key."""
    keyless: Callable[..., Model] = kind
    return keyless(id="some-model")


def given(model: Model) -> dict[str, Any]:
    """The fields of a model."""
    return {each.name: getattr(model, each.name) for each in fields(model)}


@pytest.mark.requirement("agno.providers")
@pytest.mark.filterwarnings("ignore")  # of the providers' own packages while they are imported
def test_every_provider_that_can_be_imported_can_be_wrapped() -> None:
    kinds = importable()
    tool = Function(name="read_log", description="Read.", entrypoint=print)

    for kind in kinds:
        model = made(kind)
        wrapped = HeadroomAgnoModel(model)
        usual: Any = model

        copies: list[Any] = [wrapped, copy.deepcopy(wrapped), copy.copy(wrapped), _pickled(wrapped)]
        for each in copies:
            assert issubclass(type(each), kind)
            assert issubclass(type(each), HeadroomAgnoModel)
            assert type(each).__name__ == kind.__name__
            assert given(each) == given(model)
            assert each.to_dict() == model.to_dict()
            assert each.get_provider() == model.get_provider()
            assert each._format_tools([tool]) == usual._format_tools([tool])
            assert each.get_system_message_for_model([tool]) == model.get_system_message_for_model(
                [tool]
            )
            assert each.invoke.__func__ is HeadroomAgnoModel.invoke
        assert not isinstance(model, HeadroomAgnoModel)
    assert len(kinds) > 40


def _pickled(model: HeadroomAgnoModel) -> HeadroomAgnoModel:
    restored = pickle.loads(pickle.dumps(model))
    assert isinstance(restored, HeadroomAgnoModel)
    return restored


@pytest.mark.requirement("agno.identity")
def test_a_model_is_wrapped_once() -> None:
    wrapped = HeadroomAgnoModel(OpenAIChat("gpt-4o"))

    assert HeadroomAgnoModel(wrapped) is wrapped
    assert type(wrapped) is type(HeadroomAgnoModel(OpenAIChat("gpt-4.1")))


def test_agnos_own_name_for_a_model_will_do() -> None:
    wrapped = HeadroomAgnoModel("openai-chat:gpt-4o")

    assert isinstance(wrapped, OpenAIChat)
    assert wrapped.id == "gpt-4o"


def test_a_model_of_the_same_class_can_be_made_anew() -> None:
    wrapped = HeadroomAgnoModel(OpenAIChat("gpt-4o"))

    another = type(wrapped)(id="gpt-4.1")

    assert isinstance(another, HeadroomAgnoModel)
    assert (another.id, another.savings.requests) == ("gpt-4.1", 0)


@pytest.mark.requirement("agno.identity")
def test_reasoning_models_are_still_recognised() -> None:
    assert is_openai_reasoning_model(HeadroomAgnoModel(OpenAIChat("o4-mini")))
    assert not is_openai_reasoning_model(HeadroomAgnoModel(OpenAIChat("gpt-4o")))


def test_copies_add_to_the_same_figures_and_a_pickle_keeps_them() -> None:
    engine = Headroom(Settings(min_tokens=7), store=MemoryStore())
    wrapped = HeadroomAgnoModel(Scripted(script=[says("Hi.")]), engine=engine)

    agent_for(wrapped).deep_copy().run("Hello?")
    agent_for(copy.deepcopy(wrapped)).run("Hello?")

    assert wrapped.savings.requests == 2
    restored = _pickled(wrapped)
    assert restored.savings == wrapped.savings
    assert restored._headroom.engine.settings == engine.settings


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"settings": Settings(), "engine": Headroom(Settings())}, "either `settings` or"),
        ({"settings": {"mode": "max"}}, "`settings` must be"),
        ({"engine": Settings()}, "`engine` must be"),
        ({"retrieval": "yes"}, "`retrieval` must be a bool"),
    ],
)
def test_a_wrong_setting_fails_at_once(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        HeadroomAgnoModel(OpenAIChat("gpt-4o"), **wrong)


def test_what_is_no_model_is_an_error() -> None:
    with pytest.raises(ConfigError, match="`model` must be a model of Agno's, got 5"):
        HeadroomAgnoModel(5)
    with pytest.raises(ConfigError, match="got None"):
        HeadroomAgnoModel()


def test_a_model_that_cannot_be_subclassed_is_called_by_a_stand_in() -> None:
    inner = Closed(id="closed", script=[says("Hi.")])
    inner.instructions = ["Be brief."]

    wrapped = HeadroomAgnoModel(inner)

    assert type(wrapped).__name__ == "Closed"
    assert (wrapped.id, wrapped.instructions) == ("closed", ["Be brief."])
    for each in (wrapped, copy.deepcopy(wrapped)):
        agent = agent_for(each)
        assert agent.run("Hello?").content == "Hi."
        assert [event.content for event in agent.run("Hello?", stream=True)] == ["H", "i."]
    assert len(inner.sent) == 2
    assert wrapped.sent is inner.sent  # type: ignore[attr-defined]  # what the other one has
    with pytest.raises(AttributeError):
        wrapped.nothing_like_that  # type: ignore[attr-defined]  # noqa: B018  # what nobody has


def test_an_empty_stand_in_has_nothing_yet() -> None:
    """So that copying and pickling, which ask before they fill it, get an answer."""
    empty = HeadroomAgnoModel.__new__(type(HeadroomAgnoModel(Closed())))

    assert not hasattr(empty, "script")


async def test_a_stand_in_is_asynchronous_too() -> None:
    wrapped = HeadroomAgnoModel(Closed(id="closed", script=[says("Hi.")]))
    agent = agent_for(wrapped)

    assert (await agent.arun("Hello?")).content == "Hi."
    assert [event.content async for event in agent.arun("Hello?", stream=True)] == ["H", "i."]


def test_a_mock_of_a_model_stays_in_charge_and_the_savings_say_so() -> None:
    mock = Mock(spec=OpenAIChat)
    mock.response.return_value = ModelResponse(content="mocked")

    wrapped: Any = HeadroomAgnoModel(mock)

    assert type(wrapped).__name__ == "OpenAIChat"
    assert wrapped.response([]).content == "mocked"
    assert list(wrapped.savings.warnings) == [
        "this model has a loop of tools of its own, nothing is shortened in it"
    ]


def test_what_a_provider_says_is_read_by_its_own_class() -> None:
    wrapped: Any = HeadroomAgnoModel(Scripted())

    with pytest.raises(NotImplementedError):
        wrapped._parse_provider_response("whole")
    with pytest.raises(NotImplementedError):
        wrapped._parse_provider_response_delta("a piece")


@pytest.mark.requirement("agno.missing")
def test_without_agno_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", Mock(return_value=None))

    with pytest.raises(MissingExtraError, match=r"headroom-gateway\[agno\]"):
        importlib.reload(headroom_agno)


@pytest.mark.parametrize("name", ABSTRACT)
def test_the_four_methods_keep_their_kind(name: str) -> None:
    wrapped, bare = type(HeadroomAgnoModel(OpenAIChat("gpt-4o"))), OpenAIChat

    assert _kind(getattr(wrapped, name)) == _kind(getattr(bare, name))


def _kind(method: Any) -> int:
    return int(method.__code__.co_flags & 0x2A0)  # generator, coroutine, asynchronous generator
