"""Run the rounds of a request until there is an answer for the caller: without a stream.

Every function stands here twice, for the two kinds of clients, and does nothing but send and read:
what is decided, `Loop` decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from headroom_sdk.responses import with_content

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from httpx2 import Response

    from headroom_sdk.loop import Loop

    Send = Callable[[Mapping[str, object]], Response]
    AsyncSend = Callable[[Mapping[str, object]], Awaitable[Response]]

REFUSED = "a retrieval was refused by the provider, the request was sent as it came"


class Refused(Exception):  # noqa: N818 - it says what happened
    """A round that the caller knows nothing of was answered with an error that is not for them."""


def answer(loop: Loop, response: Response, send: Send) -> Response:
    """What the caller gets, after the rounds that follow this response."""
    while (final := loop.receive(content := response.read())) is None:
        try:
            response = send(loop.changes())
        except Refused:
            loop.give_up(REFUSED)
            response = send(loop.changes())
    return response if final is content else with_content(response, final)


async def aanswer(loop: Loop, response: Response, send: AsyncSend) -> Response:
    """The same for an asynchronous client, with the work off the event loop."""
    while (final := await run_sync(loop.receive, content := await response.aread())) is None:
        try:
            response = await send(await run_sync(loop.changes))
        except Refused:
            loop.give_up(REFUSED)
            response = await send(loop.changes())
    return response if final is content else with_content(response, final)
