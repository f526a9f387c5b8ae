"""The contract kit itself: it must be given a store, and none of its tests can be overridden."""

from __future__ import annotations

import pytest

from headroom_core.testing.store_contract import StoreContract


def test_a_subclass_cannot_override_a_test() -> None:
    with pytest.raises(TypeError, match="`Lenient` overrides `test_closing_loses_nothing`"):
        type("Lenient", (StoreContract,), {"test_closing_loses_nothing": None})


def test_a_subclass_may_add_tests() -> None:
    class Stricter(StoreContract):
        def test_more(self) -> None: ...

    assert hasattr(Stricter, "test_closing_loses_nothing")
