"""Sessions: they hold the originals, and what is restored from them is sent as before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from strands import Agent
from strands.session.file_session_manager import FileSessionManager
from strands.types.exceptions import ContextWindowOverflowException

from headroom_core.notes import find_notes
from headroom_strands import HeadroomConversationManager, HeadroomHooks, HeadroomPlugin
from tests.strands.fakes import ASK_LOG, LOG, Scripted, read_log, texts
from tests.upstream import say

if TYPE_CHECKING:
    from strands.agent.conversation_manager import ConversationManager
    from strands.hooks import HookProvider
    from strands.plugins import Plugin

ROOT = Path(__file__).parents[2]
RESTORED = """
import json, sys
from tests.strands.test_sessions import agent_of
from tests.strands.fakes import Scripted
from tests.upstream import say
from headroom_strands import HeadroomPlugin

model = Scripted(say("ok"))
agent_of(model, sys.argv[1], plugins=[HeadroomPlugin()])("And now?")
print(json.dumps(model.sent[0]))
"""


def agent_of(
    model: Scripted,
    where: str,
    *,
    plugins: list[Plugin] | None = None,
    hooks: list[HookProvider] | None = None,
    conversation_manager: ConversationManager | None = None,
) -> Agent:
    return Agent(
        model=model,
        tools=[read_log],
        plugins=plugins,
        hooks=[*(hooks or ())],
        conversation_manager=conversation_manager,
        session_manager=FileSessionManager("session", storage_dir=where),
        callback_handler=None,
    )


def stored(where: Path) -> str:
    """Everything that the session has written."""
    return "\n".join(path.read_text(encoding="utf-8") for path in where.rglob("*.json"))


@pytest.mark.requirement("strands.sessions")
def test_a_session_holds_originals_and_sends_the_same_bytes_in_a_new_process(
    tmp_path: Path,
) -> None:
    where = tmp_path / "sessions"
    model = Scripted(ASK_LOG, say("The pool."))
    agent_of(model, str(where), plugins=[HeadroomPlugin()])("What failed?")

    done = subprocess.run(
        [sys.executable, "-c", RESTORED, str(where)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert "[headroom " not in stored(where)
    assert json.dumps(f"app\n{LOG}") in stored(where)
    sent = json.loads(done.stdout)
    assert json.dumps(sent[: len(model.sent[1])]) == json.dumps(model.sent[1])
    assert texts(sent)[0].startswith("[headroom ")


@pytest.mark.requirement("strands.sessions")
def test_with_hooks_a_session_holds_the_short_results_and_their_notes_resolve(
    tmp_path: Path,
) -> None:
    where = tmp_path / "sessions"
    first = Scripted(ASK_LOG, say("The pool."))
    agent_of(first, str(where), hooks=[HeadroomHooks()])("What failed?")
    second = Scripted(say("ok"))

    agent_of(second, str(where), hooks=[hooks := HeadroomHooks()])("And now?")

    (kept,) = texts(second.sent[0])
    assert texts(first.sent[1]) == [kept]
    assert LOG not in stored(where)
    (note,) = find_notes(kept)
    # The retrieve tool of the restored agent reads the store of this machine.
    answer = hooks._shortening.engine.retrieve(note.ref)
    assert answer.text == f"app\n{LOG}"


@pytest.mark.requirement("strands.sessions")
def test_a_session_keeps_originals_when_its_agent_shortens_its_history(tmp_path: Path) -> None:
    where = tmp_path / "sessions"
    full = ContextWindowOverflowException("too long")

    def agent(model: Scripted) -> Agent:
        manager = HeadroomConversationManager()
        return agent_of(model, str(where), conversation_manager=manager)

    first = Scripted(ASK_LOG, full, say("The pool."))
    agent(first)("What failed?")
    second = Scripted(full, say("ok"))
    agent(second)("And now?")

    assert json.dumps(f"app\n{LOG}") in stored(where)
    assert texts(second.sent[0]) == [f"app\n{LOG}"]
    assert texts(second.sent[1]) == texts(first.sent[2])
    assert find_notes(texts(second.sent[1])[0])
