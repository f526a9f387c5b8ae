"""LiteLLM in tests: no network at import, nothing left over from one test to the next."""

from __future__ import annotations

import gc
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

# Without it, importing LiteLLM fetches a table of prices.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
import pytest
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients

from headroom_core.engine.headroom import Headroom
from headroom_core.settings import Settings
from headroom_core.store.memory import MemoryStore
from headroom_litellm import HeadroomCallback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

CALLBACK_LISTS = (
    "callbacks",
    "input_callback",
    "success_callback",
    "failure_callback",
    "service_callback",
    "_async_input_callback",
    "_async_success_callback",
    "_async_failure_callback",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let warnings of LiteLLM and of its HTTP clients pass: it floods, and leaves clients open."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning:litellm"))
            item.add_marker(pytest.mark.filterwarnings("ignore::UserWarning:pydantic"))
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )


@pytest.fixture(autouse=True)
async def nobody_calls_back() -> AsyncIterator[None]:
    """LiteLLM keeps callbacks in lists of its module, and logs what is done some time later."""
    for name in CALLBACK_LISTS:
        setattr(litellm, name, [])
    litellm.suppress_debug_info = True
    yield
    await GLOBAL_LOGGING_WORKER.flush()
    await cast("Any", close_litellm_async_clients)()
    cast("Any", litellm.in_memory_llm_clients_cache).flush_cache()
    for name in CALLBACK_LISTS:
        setattr(litellm, name, [])


@pytest.fixture(scope="module", autouse=True)
def no_client_is_left_open() -> Iterator[None]:
    """LiteLLM keeps its HTTP clients open for as long as it lives; here they end with a module."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        cast("Any", litellm.in_memory_llm_clients_cache).flush_cache()
        gc.collect()


@pytest.fixture
def engine() -> Headroom:
    return Headroom(Settings(result_budget=200), store=MemoryStore())


@pytest.fixture
def headroom(nobody_calls_back: None, engine: Headroom) -> HeadroomCallback:
    """A callback, installed as the documentation says."""
    callback = HeadroomCallback(engine=engine)
    litellm.callbacks = [callback]
    return callback
