"""A session that comes back from its database, in another process, is sent as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from agno.db.json import JsonDb

from headroom_agno import HeadroomAgnoModel
from headroom_core.settings import Settings
from headroom_core.tool import NAME
from tests.agno.providers import LOG, answer, items, model_for, read_log, words
from tests.agno.runs import agent_for, only_grows
from tests.conversations import result_texts
from tests.upstream import serving

if TYPE_CHECKING:
    from tests.upstream import Upstream

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from tests.agno.test_restore import go_on
from tests.upstream import Upstream

go_on(Upstream(sys.argv[1]), sys.argv[2], "And now?")
"""


def go_on(upstream: Upstream, folder: str, question: str) -> None:
    """Ask one question in the session that is kept in a folder."""
    model = HeadroomAgnoModel(
        model_for("OpenAIChat", upstream), settings=Settings(store=f"sqlite:///{folder}/store.db")
    )
    database: Any = JsonDb
    agent = agent_for(
        model,
        [read_log, words],
        db=database(f"{folder}/sessions"),
        session_id="s",
        add_history_to_context=True,
    )
    agent.run(question)


@pytest.mark.requirement("agno.replay")
@pytest.mark.requirement("agno.history")
def test_another_process_sends_the_same_bytes(tmp_path: Path) -> None:
    with serving(answer) as upstream:
        go_on(upstream, str(tmp_path), "What does the log say?")
        command = [sys.executable, "-c", SCRIPT, upstream.url, str(tmp_path)]
        paths = (ROOT, ROOT / "integrations", ROOT / "middleware")
        here = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        subprocess.run(command, cwd=ROOT, check=True, timeout=100, env=here)

    sent = [items(body) for body in upstream.bodies]
    sessions = "".join(each.read_text() for each in (tmp_path / "sessions").glob("*.json"))
    assert len(sent) == 5
    assert only_grows(upstream)
    assert LOG not in result_texts(sent[-1])
    assert LOG.splitlines()[200] in sessions
    assert NAME not in sessions
