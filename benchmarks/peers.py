"""Other ways of shortening the same results, each in an environment of its own.

An environment is made under a temporary folder and removed afterwards. A peer reads one JSON
document on each line, and writes one: the text it would send instead.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.savings import Shortened, by_kind, measure, ours
from headroom_core.tokens import deciding_counter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.corpus import Item
    from benchmarks.savings import Figures
    from benchmarks.texts import Native

_LOOP = """
import json, os, sys, time
lines, sys.stdin = sys.stdin, None
out = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
for line in lines:
    item = json.loads(line)
    start = time.perf_counter()
    failed = False
    try:
        text = shorten(item)
    except Exception:
        failed, text = True, item["messages"][-1]["content"]
    seconds = time.perf_counter() - start
    answer = {"text": text, "seconds": seconds, "failed": failed}
    out.write(json.dumps(answer) + "\\n"); out.flush()
"""

_HEADROOM_AI = """
from headroom import compress
def shorten(item):
    result = compress(item["messages"], model="gpt-4o")
    return result.messages[-1]["content"]
"""

_TOON = """
import json
from toon_format import encode
def shorten(item):
    text = item["messages"][-1]["content"]
    try:
        data = json.loads(text)
    except ValueError:
        return text
    short = encode(data)
    return short if len(short) < len(text) else text
"""

_LITELLM = """
import litellm
def shorten(item):
    out = litellm.compress(
        item["messages"],
        model="gpt-4o",
        compression_trigger=min(1000, item["budget"]),
        compression_target=item["budget"],
    )
    return out["messages"][-1]["content"]
"""

_LANGCHAIN = """
from langchain_core.messages import HumanMessage, trim_messages
def shorten(item):
    text = item["messages"][-1]["content"]
    lines = text.splitlines(keepends=True)
    kept = trim_messages(
        [HumanMessage(line) for line in lines],
        max_tokens=max(1, item["room"]),
        token_counter=lambda messages: sum(len(m.content) for m in messages),
        strategy="last",
    )
    return "".join(message.content for message in kept)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """What to install, and a function `shorten(item)` as source code."""

    install: tuple[str, ...]
    code: str


PEERS = {
    "headroom-ai": Peer(("headroom-ai",), _HEADROOM_AI),
    "TOON": Peer(("toon-format",), _TOON),
    "LiteLLM compress": Peer(("litellm",), _LITELLM),
    "LangChain trim_messages": Peer(("langchain-core",), _LANGCHAIN),
}

NOT_RUN = {
    "LLMLingua-2": "needs model weights that must be downloaded",
    "Selective Context": "needs model weights that must be downloaded",
    "LangChain ContextEditing": "edits old turns of an agent's run, not a single result",
    "RTK": "a separate program that wraps shell commands; not a Python package",
    "lean-ctx": "a separate program that wraps shell commands; not a Python package",
    "hosted compressors": "need a network and an account",
}


_OFFLINE = {
    "PATH": "/usr/bin:/bin",
    "HF_HUB_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}


def minified(item: Item) -> Shortened:
    """JSON without the white space that says nothing; other text as it is."""
    start = time.perf_counter()
    try:
        text = json.dumps(json.loads(item.content), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        text = item.content
    return Shortened(text=text, seconds=time.perf_counter() - start)


def head_and_tail(budgets: dict[str, int]) -> Callable[[Item], Shortened]:
    """The first and the last part of a text, with as many tokens as another way has used."""

    def shorten(item: Item) -> Shortened:
        start = time.perf_counter()
        text = cut = item.content
        half: int = len(text) // 2
        tokens = deciding_counter().count(text)
        while tokens > budgets[item.id] and half:
            half = min(half - 1, half * budgets[item.id] // tokens)
            cut = f"{text[:half]}\n[...]\n{text[len(text) - half :]}"
            tokens = deciding_counter().count(cut)
        return Shortened(text=cut, seconds=time.perf_counter() - start)

    return shorten


def run(items: Sequence[Item]) -> dict[str, object]:
    """Ours and every peer on the same items; those that cannot run, with the reason."""
    own = measure(items, ours("balanced"))
    budgets = {row.id: row.after for row in own}
    ran: dict[str, dict[str, Figures]] = {
        "ours, lossless": by_kind(measure(items, ours("lossless"))),
        "ours, balanced": by_kind(own),
        "ours, max": by_kind(measure(items, ours("max"))),
        "minified JSON": by_kind(measure(items, minified)),
        "head and tail, our budget": by_kind(measure(items, head_and_tail(budgets))),
    }
    failed = dict(NOT_RUN)
    for name, peer in PEERS.items():
        try:
            ran[name] = _run_peer(peer, items, budgets)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired, ValueError) as error:
            failed[name] = f"did not run here: {type(error).__name__}"
    kinds = sorted({item.kind for item in items})
    tables = {
        kind: {name: groups[kind] for name, groups in ran.items()} for kind in ("all", *kinds)
    }
    return {**tables, "not run": failed}


def _run_peer(peer: Peer, items: Sequence[Item], budgets: dict[str, int]) -> dict[str, Figures]:
    with tempfile.TemporaryDirectory(prefix="headroom-peer-") as folder:
        home = Path(folder)
        python = _environment(home, peer.install)
        script = home / "peer.py"
        script.write_text(peer.code + _LOOP, encoding="utf-8")
        told = "".join(json.dumps(_told(item, budgets[item.id])) + "\n" for item in items)
        done = subprocess.run(
            [str(python), str(script)],
            input=told,
            capture_output=True,
            check=True,
            text=True,
            timeout=600,
            cwd=home,
            env={
                "HOME": folder,
                "PATH": "/usr/bin:/bin",
                "HF_HUB_OFFLINE": "1",
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            },
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(items):
            raise ValueError("a peer answered fewer items than it was given")
        if all(answer["failed"] for answer in answers):
            raise ValueError("a peer failed on every item")
        short = {
            item.id: Shortened(text=str(answer["text"]), seconds=float(answer["seconds"]))
            for item, answer in zip(items, answers, strict=True)
        }
        return by_kind(measure(items, lambda item: short[item.id]))


def _told(item: Item, budget: int) -> Native:
    """The item, with the tokens that we have used, and as many characters as these are of it."""
    tokens = max(1, deciding_counter().count(item.content))
    room = len(item.content) * budget // tokens
    return {"messages": item.messages(), "budget": budget, "room": room}


def _environment(home: Path, install: tuple[str, ...]) -> Path:
    """An environment with these packages and nothing of ours: names may collide."""
    subprocess.run([sys.executable, "-m", "venv", str(home / "venv")], check=True, timeout=120)
    python = home / "venv" / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", *install]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return python
