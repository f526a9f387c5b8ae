"""Every compressor of the project, in the order in which views are tried: special shapes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.blanks import Blanks
from headroom_core.compressors.block_runs import BlockRuns
from headroom_core.compressors.data_uri import DataUri
from headroom_core.compressors.line_runs import LineRuns
from headroom_core.compressors.terminal import TerminalNoise

if TYPE_CHECKING:
    from headroom_core.compressors.base import Compressor

CLEANERS: tuple[Compressor, ...] = (TerminalNoise(), DataUri())
"""Views that take out what no model reads; what they leave goes on to the other compressors."""

REGISTRY: tuple[Compressor, ...] = (LineRuns(), BlockRuns(), Blanks(), *CLEANERS)
