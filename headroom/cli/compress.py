"""`headroom compress`: a text, or a JSON list of messages, in; the shorter one out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

import click

from headroom.cli.text import FILE, read, write
from headroom_core.config import load
from headroom_core.engine.headroom import Headroom
from headroom_core.errors import MessagesError
from headroom_core.formats.wire import is_array
from headroom_core.settings import Mode

if TYPE_CHECKING:
    from headroom_core.report import CompressResult

_SURROGATE = re.compile("[\ud800-\udfff]")


@click.command()
@click.argument("file", type=FILE, default="-")
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
    if as_json:
        of_messages = engine.compress(_messages(text))
        write(_json(of_messages.messages))
        _report(of_messages)
    else:
        of_text = engine.compress(_as_tool_result(text, question))
        write(str(of_text.messages[-1]["content"]))
        _report(of_text)


def _report(result: CompressResult[Any]) -> None:
    click.echo(
        f"{result.tokens_before:,} -> {result.tokens_after:,} tokens,"
        f" {result.compression_ratio:.0%} saved"
        f" ({', '.join(result.transforms_applied) or 'nothing to shorten'}; {result.counter})",
        err=True,
    )
    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)


def _messages(text: str) -> list[object]:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise MessagesError(f"the input is not JSON: {exc}") from exc
    if not is_array(value):
        raise MessagesError("the input is JSON, but not a list of messages")
    return value


def _json(messages: list[object]) -> str:
    """The messages as JSON; what UTF-8 cannot hold is escaped as it was on its way in."""
    text = json.dumps(messages, ensure_ascii=False, indent=1)
    return _SURROGATE.sub(lambda lone: f"\\u{ord(lone[0]):04x}", text) + "\n"


def _as_tool_result(text: str, question: str) -> list[dict[str, object]]:
    """The conversation in which a tool has printed `text`."""
    asked: list[dict[str, object]] = [{"role": "user", "content": question}] if question else []
    return [*asked, {"role": "tool", "tool_call_id": "stdin", "content": text}]
