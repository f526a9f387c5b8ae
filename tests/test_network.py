"""No socket is opened: neither by the imports nor by a compression, in any mode."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# An audit hook sees the sockets of C extensions of Python as well, and cannot be taken off again.
WATCH = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(event) if event.startswith("socket.") else None)
"""

IMPORTS = """
import headroom, headroom_core
"""

COMPRESSES = """
from headroom import Settings, compress, retrieve
log = "\\n".join(f"2024-01-01T00:00:{i % 60:02} INFO request {i} served" for i in range(3000))
messages = [
    {"role": "user", "content": "what failed?"},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "logs", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "c1", "content": log},
]
for mode in ("lossless", "balanced", "max"):
    settings = Settings(mode=mode)
    for model in ("gpt-4o", "claude-sonnet-4", "ollama/llama3", None):
        result = compress(messages, model=model, settings=settings, retrieval=True)
        for edit in result.edits:
            if edit.ref:
                assert retrieve(edit.ref, settings=settings).text == log
"""

REPORT = """
import json
print(json.dumps(opened))
"""


def sockets_opened_by(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", WATCH + code + REPORT], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    opened: list[str] = json.loads(done.stdout)
    return opened


@pytest.mark.requirement("law.no_network")
def test_the_imports_open_no_socket() -> None:
    assert sockets_opened_by(IMPORTS) == []


@pytest.mark.requirement("law.no_network")
def test_compressing_and_retrieving_open_no_socket() -> None:
    assert sockets_opened_by(COMPRESSES) == []


def test_a_socket_would_be_seen() -> None:
    assert sockets_opened_by("import socket; socket.socket().close()") != []
