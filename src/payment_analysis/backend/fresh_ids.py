"""Ids of decisions: random UUIDs (RFC 9562, version 4), their bytes taken from the system many at a time."""

from __future__ import annotations

import os
from typing import Final

AT_ONCE: Final = 256  # a call into the system costs as much as two hundred ids
HEX_DIGITS: Final = 32
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class FreshIds:
    """Gives a new id at every call, 32 hexadecimal digits. Used by one thread at a time."""

    def __init__(self) -> None:
        self._left = list[str]()

    def __call__(self) -> str:
        if not self._left:
            drawn = os.urandom(AT_ONCE * HEX_DIGITS // 2).hex()
            self._left = [drawn[at : at + HEX_DIGITS] for at in range(0, len(drawn), HEX_DIGITS)]
        one = self._left.pop()
        return f"{one[:12]}4{one[13:16]}{_VARIANT[one[16]]}{one[17:]}"
