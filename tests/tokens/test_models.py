from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.tokens.models import encoding_of


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o", "o200k"),
        ("GPT-4o-Mini-2024-07-18", "o200k"),
        ("chatgpt-4o-latest", "o200k"),
        ("gpt-4.1-nano", "o200k"),
        ("gpt-4.5-preview", "o200k"),
        ("gpt-5", "o200k"),
        ("gpt-5.2-codex", "o200k"),
        ("o1", "o200k"),
        ("o3-pro", "o200k"),
        ("o4-mini-2025-04-16", "o200k"),
        ("azure/gpt-4o", "o200k"),
        ("azure/o1/my-deployment", "o200k"),
        ("openrouter/openai/gpt-4o:free", "o200k"),
        ("openai:gpt-4o", "o200k"),
        ("ollama/gpt-oss:20b", "o200k"),
        ("bedrock/us.openai.gpt-oss-120b-1:0", "o200k"),
        ("ft:gpt-4o-mini:acme::7p4lURel", "o200k"),
        ("github/gpt-4o@2024-08-06", "o200k"),
        ("gpt-4", "cl100k"),
        ("gpt-4-turbo", "cl100k"),
        ("gpt-3.5-turbo-0125", "cl100k"),
        ("azure/gpt-35-turbo", "cl100k"),
        ("ft:gpt-3.5-turbo:acme::id", "cl100k"),
        ("text-embedding-3-small", "cl100k"),
        ("text-embedding-ada-002", "cl100k"),
        ("text-davinci-003", "p50k"),
        ("code-cushman-001", "p50k"),
        ("davinci", "r50k"),
        ("text-ada-001", "r50k"),
        ("gpt2", "r50k"),
    ],
)
def test_a_model_of_a_public_encoding_is_recognised(model: str, encoding: str) -> None:
    assert encoding_of(model) == encoding


@pytest.mark.parametrize(
    "model",
    [
        "claude-opus-4-5",
        "anthropic/claude-sonnet-4-5",
        "bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0",
        "us.anthropic.claude-sonnet-4-20250514-v1:0",
        "vertex_ai/gemini-2.5-pro",
        "vertex_ai/claude-opus-4@20250514",
        "ollama/llama3",
        "mistral/mistral-large-latest",
        "gpt-4omega",
        "gpt-9",
        "o11y",
        "gpt",
        "",
        "/:@/",
    ],
)
def test_a_model_of_another_vocabulary_has_no_encoding(model: str) -> None:
    assert encoding_of(model) is None


@given(model=st.text(max_size=400))
def test_no_string_is_too_strange_to_be_a_model(model: str) -> None:
    assert encoding_of(model) in {None, "o200k", "cl100k", "p50k", "r50k"}
