"""`headroom`: the group of all commands."""

from __future__ import annotations

import sys

import click

from headroom.cli.compress import compress
from headroom.cli.config import config
from headroom.cli.decode import decode
from headroom.cli.demo import demo
from headroom.cli.fetch import fetch
from headroom.cli.proxy import proxy
from headroom.cli.retrieve import retrieve
from headroom.cli.store import store
from headroom_core.errors import HeadroomError
from headroom_core.version import __version__


class _Group(click.Group):
    """Lists its commands in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="headroom")
def cli() -> None:
    """Shorten what an AI agent reads: same answers, fewer tokens, nothing thrown away.

    Try `headroom demo` first.
    """


for command in (demo, proxy, compress, decode, retrieve, store, config, fetch):
    cli.add_command(command)


def main() -> None:
    """Run a command; an error of ours is one line and exit code 1, never a traceback."""
    try:
        cli()
    except HeadroomError as exc:
        click.echo(f"headroom: {exc}", err=True)
        sys.exit(1)
