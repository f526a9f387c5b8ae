"""Headroom for Agno: shorter tool results for the model, whole ones in your sessions.

agent = Agent(model=HeadroomAgnoModel(OpenAIChat("gpt-4o")), tools=[...])
"""

from importlib.util import find_spec

from headroom_core.errors import MissingExtraError

if find_spec("agno") is None:
    raise MissingExtraError("agno", extra="agno")

from headroom_agno.codec import AgnoCodec
from headroom_agno.compression import HeadroomCompressionManager
from headroom_agno.model import HeadroomAgnoModel
from headroom_agno.tool_hook import HeadroomToolHook
from headroom_agno.toolkit import HeadroomToolkit

__all__ = [
    "AgnoCodec",
    "HeadroomAgnoModel",
    "HeadroomCompressionManager",
    "HeadroomToolHook",
    "HeadroomToolkit",
]
