"""LangChain's own acceptance kit, on a capable fake model bare and wrapped."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from headroom_langchain import HeadroomChatModel
from tests.langchain.smart_chat import SmartChat

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

pytestmark = [
    pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning"),
    # The kit pulls pictures and sounds from the network; here it gets some bytes.
    pytest.mark.filterwarnings("ignore:LANGCHAIN_TESTS_USER_AGENT"),
]


@pytest.fixture(autouse=True)
def no_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(*args: object, **kwargs: object) -> SimpleNamespace:
        return SimpleNamespace(content=b"some bytes")

    monkeypatch.setattr(httpx, "get", get)


class Capable:
    """What the fake can do: everything that the kit asks for."""

    has_tool_calling = True
    has_tool_choice = True
    has_structured_output = True
    supports_json_mode = True
    supports_image_inputs = True
    supports_image_urls = True
    supports_image_tool_message = True
    supports_pdf_inputs = True
    supports_pdf_tool_message = True
    supports_audio_inputs = True
    supports_video_inputs = True
    supports_anthropic_inputs = True
    supports_model_override = True
    model_override_value = "fake-2"
    returns_usage_metadata = True


class Bare(Capable):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return SmartChat

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {}


class Wrapped(Capable):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return HeadroomChatModel

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"llm": SmartChat()}


class TestBareUnit(Bare, ChatModelUnitTests):
    pass


class TestBareIntegration(Bare, ChatModelIntegrationTests):
    pass


@pytest.mark.requirement("langchain.kit")
class TestWrappedUnit(Wrapped, ChatModelUnitTests):
    pass


@pytest.mark.requirement("langchain.kit")
class TestWrappedIntegration(Wrapped, ChatModelIntegrationTests):
    pass
