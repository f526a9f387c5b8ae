"""`with_headroom`: a client in, the same kind of client out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from headroom_core.errors import ConfigError
from headroom_sdk.state import ClientHeadroom

if TYPE_CHECKING:
    from headroom_core.engine.headroom import Headroom
    from headroom_core.settings import Settings

C = TypeVar("C")


def with_headroom(
    client: C,
    *,
    settings: Settings | None = None,
    retrieval: bool = True,
    engine: Headroom | None = None,
) -> C:
    """A copy of an OpenAI or Anthropic client that compresses what it sends.

    Of the same type, with the same connections; the client that is given stays as it is. With
    `retrieval`, requests that have tools get one more, and calls of it are answered inside the
    call. `.headroom.savings` says what was saved. A wrapped client is wrapped anew, not twice.
    """
    headroom = ClientHeadroom(settings=settings, retrieval=retrieval, engine=engine)
    wrapped = _wrapped(client, headroom)
    if wrapped is None:
        raise ConfigError(
            "`client` must be a client of the OpenAI or Anthropic SDK, such as `OpenAI()` or"
            f" `AsyncAnthropic()`, got {type(client).__name__}"
        )
    return cast("C", wrapped)  # a copy of the client, or of a subclass of its class


withHeadroom = with_headroom  # noqa: N816 - the name it has in other languages


def headroom_of(client: object) -> ClientHeadroom:
    """The `.headroom` of a wrapped client, for type checkers, which do not know it is there."""
    headroom: object = getattr(client, "headroom", None)
    if not isinstance(headroom, ClientHeadroom):
        raise ConfigError(f"this {type(client).__name__} was not given to `with_headroom`")
    return headroom


def _wrapped(client: object, headroom: ClientHeadroom) -> object:
    """The copy, or `None` for what is no client. Each SDK is imported for its own clients only."""
    roots = {cls.__module__.partition(".")[0] for cls in type(client).__mro__}
    if "openai" in roots:
        from headroom_sdk import openai_client  # noqa: PLC0415 - see above

        if isinstance(client, openai_client.CLIENTS):
            return openai_client.wrap_openai(client, headroom)
    if "anthropic" in roots:
        from headroom_sdk import anthropic_client  # noqa: PLC0415 - see above

        if isinstance(client, anthropic_client.CLIENTS):
            return anthropic_client.wrap_anthropic(client, headroom)
    return None
