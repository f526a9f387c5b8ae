"""`headroom compress`: a text, or a JSON list of messages, in; the shorter one out."""

from __future__ import annotations

import json
from typing import Any, get_args

import click

from headroom.cli.text import read, write
from headroom_core.config import load
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import MessagesError
from headroom_core.settings import Mode


@click.command()
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="FILE holds a JSON list of messages.")
@click.option("--mode", type=click.Choice(get_args(Mode)), help="How far to go.")
@click.option("--retrieval", is_flag=True, help="Allow views; `headroom retrieve` gives the rest.")
@click.option("--question", default="", help="What the text will be asked about.")
def compress(file: str, *, as_json: bool, mode: str | None, retrieval: bool, question: str) -> None:
    """Shorten FILE, or standard input, and write it to standard output.

    The figures go to standard error.
    """
    given: dict[str, Any] = {"mode": mode} if mode else {}
    engine = Headroom(load(surface="shell", retrieval=retrieval, **given).settings)
    text = read(file)
    messages = _messages(text) if as_json else _as_tool_result(text, question)
    result = engine.compress(messages)
    if as_json:
        write(json.dumps(result.messages, ensure_ascii=False, indent=1) + "\n")
    else:
        write(str(result.messages[-1]["content"]))
    click.echo(
        f"{result.tokens_before:,} -> {result.tokens_after:,} tokens,"
        f" {result.compression_ratio:.0%} saved"
        f" ({', '.join(result.transforms_applied) or 'nothing to shorten'}; {result.counter})",
        err=True,
    )
    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)


def _messages(text: str) -> list[dict[str, object]]:
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise MessagesError(f"the input is not JSON: {exc}") from exc
    if not isinstance(value, list):
        raise MessagesError("the input is JSON, but not a list of messages")
    return value


def _as_tool_result(text: str, question: str) -> list[dict[str, object]]:
    """The conversation in which a tool has printed `text`."""
    asked: list[dict[str, object]] = [{"role": "user", "content": question}] if question else []
    return [*asked, {"role": "tool", "tool_call_id": "stdin", "content": text}]
