"""The contract of adapters, kept by the wire formats themselves."""

from __future__ import annotations

import pytest

from headroom_core.formats import ANTHROPIC, OPENAI_CHAT, OPENAI_RESPONSES, FormatCodec, WireCodec
from headroom_core.testing.adapter_contract import AdapterContract
from headroom_core.testing.zoo import (
    anthropic_messages,
    chat_messages,
    odd_messages,
    responses_messages,
)


class TestOpenAIChat(AdapterContract[object]):
    @pytest.fixture
    def codec(self) -> FormatCodec:
        return OPENAI_CHAT

    @pytest.fixture
    def conversation(self) -> list[object]:
        return [*chat_messages()]


class TestOpenAIResponses(AdapterContract[object]):
    @pytest.fixture
    def codec(self) -> FormatCodec:
        return OPENAI_RESPONSES

    @pytest.fixture
    def conversation(self) -> list[object]:
        return [*responses_messages()]


class TestAnthropic(AdapterContract[object]):
    @pytest.fixture
    def codec(self) -> FormatCodec:
        return ANTHROPIC

    @pytest.fixture
    def conversation(self) -> list[object]:
        return [*anthropic_messages()]


class TestWire(AdapterContract[object]):
    @pytest.fixture
    def codec(self) -> WireCodec:
        return WireCodec()

    @pytest.fixture
    def conversation(self) -> list[object]:
        return [*chat_messages(), *responses_messages(), *anthropic_messages(), *odd_messages()]
