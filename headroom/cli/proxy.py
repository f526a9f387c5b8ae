"""`headroom proxy`: the gateway in front of any client of the OpenAI and Anthropic APIs."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

import click

from headroom.demo import conversation
from headroom_core.config import load
from headroom_core.settings import Mode

if TYPE_CHECKING:
    from headroom_proxy.settings import ProxySettings

VARIABLES = "HEADROOM_PROXY"
"""Each option can be set in the environment too, as `HEADROOM_PROXY_PORT`."""


@click.command(context_settings={"auto_envvar_prefix": VARIABLES, "show_default": True})
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8787, help="The port to listen on.")
@click.option("--upstream-openai", metavar="URL", help="Base URL for OpenAI's shapes.")
@click.option("--upstream-anthropic", metavar="URL", help="Base URL for Anthropic's shape.")
@click.option("--via", metavar="URL", help="An HTTP proxy on the way to the upstreams.")
@click.option("--token", metavar="TOKEN", help="What every request must show.")
@click.option("--allow-host", "allow_hosts", multiple=True, help="Another name of this proxy.")
@click.option("--allow-origin", "allow_origins", multiple=True, help="A web origin to let in.")
@click.option("--mode", type=click.Choice(get_args(Mode)), help="How far to go.")
@click.option("--retrieval/--no-retrieval", default=None, help="Serve originals to the model.")
@click.option("--workers", type=int, help="Processes that share the port and the store.")
@click.option("--max-body-bytes", type=int, help="Refuse larger requests.")
@click.option("--max-rewrite-bytes", type=int, help="Pass larger requests on as they are.")
@click.option("--max-concurrency", type=int, help="Requests at a time, for each worker.")
@click.option("--max-rounds", type=int, help="Retrievals within one request.")
@click.option("--connect-seconds", type=float, help="How long to wait for an upstream.")
@click.option("--grace-seconds", type=int, help="How long streams may go on after a stop.")
@click.option("--access-log", type=click.Choice(["off", "text", "json"]), help="One line each.")
def proxy(mode: str | None, **given: Any) -> None:  # noqa: ANN401 - each option has its own type
    """Run the proxy that shortens what models read.

    Point a client's base URL here and change nothing else. Anything that is not a request to a
    model passes through as it is.
    """
    # The proxy's own packages are an extra; naming the missing one is up to its package.
    from headroom_proxy import ProxySettings, run  # noqa: PLC0415 - see above
    from headroom_proxy.banner import banner  # noqa: PLC0415

    own: dict[str, Any] = {"mode": mode} if mode else {}
    settings = ProxySettings(compression=load(**own).settings, **_set(ProxySettings, given))
    room = run.room_for(settings)

    def tell(started: ProxySettings) -> None:
        click.echo(banner(started, room=room), err=True)

    run.serve(settings, demo=conversation(), on_start=tell)


def _set(kind: type[ProxySettings], given: dict[str, Any]) -> dict[str, Any]:
    """The options that were set; the defaults of all others stand in the settings."""
    known = {each.name for each in fields(kind)}
    return {
        name: value for name, value in given.items() if name in known and value not in (None, ())
    }
