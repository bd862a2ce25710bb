"""Whether a loop works most of the time: then what can wait waits, and what is done beside it gives way."""

from __future__ import annotations

import math
import threading
from typing import Final

SHARE: Final = 0.65  # of the time: at 1,000 events a second a pipeline works a third of it, at 50,000 nearly all
LOOKED_BACK_SECONDS: Final = 5.0


class Busy:
    """The share of work in the latest seconds; older ones count less and less."""

    def __init__(self) -> None:
        self.flag = threading.Event()  # set while it is busy, for who works beside the loop
        self._share = 0.0

    def note(self, worked: float, rested: float) -> None:
        """One turn of the loop, in seconds."""
        whole = worked + rested
        if whole <= 0:
            return
        self._share += (1.0 - math.exp(-whole / LOOKED_BACK_SECONDS)) * (worked / whole - self._share)
        if self._share > SHARE:
            self.flag.set()
        else:
            self.flag.clear()
