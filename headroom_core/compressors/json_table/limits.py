"""How much a form may unfold to: a forged one must fail instead of filling the memory."""

from __future__ import annotations

from headroom_core.errors import DecodeError

MAX_DECODED_CHARS = 200_000_000


class Allowance:
    """The characters that decoding may still produce."""

    def __init__(self, chars: int = MAX_DECODED_CHARS) -> None:
        self._left = chars

    def spend(self, chars: int) -> None:
        """Take from the allowance; raises `DecodeError` when it is used up."""
        self._left -= chars
        if self._left < 0:
            raise DecodeError(f"the form unfolds to more than {MAX_DECODED_CHARS} characters")
