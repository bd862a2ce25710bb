"""How the interpreter runs where decisions are made."""

from __future__ import annotations

import gc
import sys
from typing import Final

SWITCH_SECONDS: Final = 0.0005  # the loop that decides needs the interpreter at once, not after the usual 5 ms
COLLECT_AFTER: Final = (50_000, 20, 20)  # new objects before the collector looks: a decision makes some hundred


def keep_pace() -> None:
    """For the whole process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*COLLECT_AFTER)
