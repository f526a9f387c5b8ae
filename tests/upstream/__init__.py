"""A fake model provider on loopback: records what it is sent, answers by a script."""

from tests.upstream.server import Received, Upstream, serving
from tests.upstream.turns import Asked, Turn, say

__all__ = ["Asked", "Received", "Turn", "Upstream", "say", "serving"]
