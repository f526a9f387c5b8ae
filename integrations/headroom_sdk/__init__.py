"""Headroom for the clients of the OpenAI and Anthropic SDKs.

    client = with_headroom(OpenAI())

Needs neither SDK by itself: the one that a client comes from is loaded when the client is wrapped.
"""

from headroom_sdk.state import ClientHeadroom
from headroom_sdk.wrap import headroom_of, with_headroom, withHeadroom

__all__ = ["ClientHeadroom", "headroom_of", "withHeadroom", "with_headroom"]
