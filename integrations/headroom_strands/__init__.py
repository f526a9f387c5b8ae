"""Headroom for Strands agents.

agent = Agent(hooks=[HeadroomHooks()])        # the history holds what was shortened
agent = Agent(plugins=[HeadroomPlugin()])     # the history keeps the originals
agent = Agent(model=HeadroomModel(model))     # the same, around the model alone
agent = Agent(conversation_manager=HeadroomConversationManager())    # only on overflow
"""

from importlib.util import find_spec

from headroom_core.errors import MissingExtraError

if find_spec("strands") is None or find_spec("strands.middleware") is None:
    raise MissingExtraError("strands-agents>=1.62", extra="strands")

from headroom_strands.codec import StrandsCodec
from headroom_strands.conversation_manager import HeadroomConversationManager
from headroom_strands.hooks import HeadroomHooks
from headroom_strands.model import HeadroomModel
from headroom_strands.plugin import HeadroomPlugin

__all__ = [
    "HeadroomConversationManager",
    "HeadroomHooks",
    "HeadroomModel",
    "HeadroomPlugin",
    "StrandsCodec",
]
