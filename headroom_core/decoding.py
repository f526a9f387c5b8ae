"""Turn our lossless forms back into the originals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_core import frame
from headroom_core.compressors.registry import REGISTRY
from headroom_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_core.compressors.base import Compressor

BY_NAME: Mapping[str, Compressor] = {each.name: each for each in REGISTRY}


def decode_text(
    text: str, earlier: Sequence[str] = (), *, by_name: Mapping[str, Compressor] = BY_NAME
) -> str:
    """The original of a text of ours, whole or mixed; any other text as it is.

    `earlier` holds the original texts of the earlier tool results, for forms that point to them.
    """

    def decode(header: frame.Header, body: str) -> str:
        compressor = by_name.get(header.name)
        if compressor is None:
            raise DecodeError(f"this version knows no form called {header.name!r}")
        return compressor.decode(header.legend, body, earlier)

    return frame.unframe(text, decode)
