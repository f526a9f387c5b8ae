"""Every compressor of the project, in the order in which views are tried: special shapes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core.compressors.attributes import Attributes
from headroom_core.compressors.blanks import Blanks
from headroom_core.compressors.block_runs import BlockRuns
from headroom_core.compressors.code import CodeCompressor
from headroom_core.compressors.data_uri import DataUri
from headroom_core.compressors.diff import DiffCompressor
from headroom_core.compressors.gutter import Gutter
from headroom_core.compressors.line_runs import LineRuns
from headroom_core.compressors.listing import Listing
from headroom_core.compressors.log import LogCompressor
from headroom_core.compressors.markup import Markup
from headroom_core.compressors.outline import ConfigOutline
from headroom_core.compressors.plain_lines import PlainLines
from headroom_core.compressors.prose import ProseCompressor
from headroom_core.compressors.rag import RagChunks
from headroom_core.compressors.repeats import Repeats
from headroom_core.compressors.reread import Reread
from headroom_core.compressors.search import SearchResults
from headroom_core.compressors.smart_crusher import SmartCrusher
from headroom_core.compressors.stack_trace import StackTrace
from headroom_core.compressors.stanzas import Stanzas
from headroom_core.compressors.table import TableCompressor
from headroom_core.compressors.terminal import TerminalNoise
from headroom_core.compressors.test_report import TestReport

if TYPE_CHECKING:
    from headroom_core.compressors.base import Compressor

CLEANERS: tuple[Compressor, ...] = (TerminalNoise(), DataUri())
"""Views that take out what no model reads; what they leave goes on to the other compressors."""

REGISTRY: tuple[Compressor, ...] = (
    Reread(),
    Repeats(),
    Gutter(),
    RagChunks(),
    SmartCrusher(),
    CodeCompressor(),
    DiffCompressor(),
    TestReport(),
    StackTrace(),
    SearchResults(),
    Listing(),
    TableCompressor(),
    Markup(),
    Attributes(),
    ConfigOutline(),
    Stanzas(),
    ProseCompressor(),
    LogCompressor(),
    PlainLines(),
    LineRuns(),
    BlockRuns(),
    Blanks(),
    *CLEANERS,
)
