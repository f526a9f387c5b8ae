"""Make the class of a wrapped model, and wrap, copy and pickle instances of it."""

from __future__ import annotations

from functools import cache
from types import new_class
from typing import TYPE_CHECKING, cast

from agno.models.base import Model
from agno.models.utils import get_model

from headroom_agno.model import HeadroomAgnoModel
from headroom_agno.stand_in import AnsweringStandIn, stand_in
from headroom_core.errors import ConfigError

if TYPE_CHECKING:
    from headroom_agno.shared import Shared


def wrapped(model: object, shared: Shared) -> HeadroomAgnoModel:
    """The wrapped form of a model, or of the `"provider:id"` that Agno takes for one."""
    if isinstance(model, str):
        model = get_model(model)
    if isinstance(model, HeadroomAgnoModel):
        return model
    if not isinstance(model, Model):
        raise ConfigError(f"`model` must be a model of Agno's, got {model!r:.80}")
    base = model if _can_be_base(type(model)) else stand_in(model)
    if isinstance(base, AnsweringStandIn):
        shared.ledger.warn("this model has a loop of tools of its own, nothing is shortened in it")
    made = empty(type(base), model.__class__.__name__)
    vars(made).update(vars(base))
    vars(made)["_headroom"] = shared
    return made


def empty(base: type[Model], name: str) -> HeadroomAgnoModel:
    """An instance of the specialised class without any of its fields."""
    return specialised(base, name).__new__(specialised(base, name))


@cache
def specialised(base: type[Model], name: str) -> type[HeadroomAgnoModel]:
    """The class of wrapped models of one class. Agno knows models by the names of their classes."""
    body = {"__module__": __name__, "__qualname__": name, "__doc__": base.__doc__}
    made = new_class(name, (HeadroomAgnoModel, base), exec_body=lambda space: space.update(body))
    return cast("type[HeadroomAgnoModel]", made)  # by the first of its bases


def reduced(model: HeadroomAgnoModel) -> tuple[object, ...]:
    """How to pickle a wrapped model: by the class that it was made for, which can be imported."""
    base = type(model).__mro__[2]
    return empty, (base, type(model).__name__), model.__getstate__()


@cache
def _can_be_base(kind: type) -> bool:
    """Whether a subclass can be made: not of a mock, which passes for what its `spec` says."""
    if not issubclass(kind, Model):
        return False
    try:
        specialised(kind, kind.__name__)
    except TypeError:
        return False
    return True
