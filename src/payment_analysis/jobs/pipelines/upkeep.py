"""The upkeep of a home beside the work of its pipeline: few files, and what gold answers fast from."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse import background
from payment_analysis.lakehouse.partials.additions import HELD_MIN

if TYPE_CHECKING:
    import threading

    from payment_analysis.lakehouse.halt import Halt
    from payment_analysis.lakehouse.lakehouse import Lakehouse

MAINTAIN_SECONDS: Final = 5.0
REFRESH_SECONDS: Final = 60.0  # meanwhile readers add what came since
REFRESH_PAUSES: Final = 4  # at least so many times what the last one cost: it never has more than a fifth of a core
BUSY_SECONDS_MAX: Final = 120.0  # a stream that is busy is not disturbed; compaction takes 20 us a row


def look_after(
    lakehouse: Lakehouse,
    halt: Halt,
    busy: threading.Event,
    *,
    busy_max: float = BUSY_SECONDS_MAX,
) -> None:
    """Until the `halt`, with the least claim to the processors; a race that is lost is run another time.

    While the stream is `busy` nothing is done, but for so many seconds at most: files would become too many.
    """
    background.stand_back()
    refresh_at, maintained_at = float("-inf"), time.monotonic()
    while not halt.wait(MAINTAIN_SECONDS):
        if busy.is_set() and time.monotonic() < maintained_at + busy_max:
            continue
        try:
            maintained_at = time.monotonic()
            lakehouse.maintain(halt=halt)
            if time.monotonic() > refresh_at and not halt.is_set():
                spent = time.thread_time()
                lakehouse.refresh_partials(held_min=HELD_MIN, threads=1, halt=halt)
                spent = time.thread_time() - spent
                refresh_at = time.monotonic() + max(REFRESH_SECONDS, REFRESH_PAUSES * spent)
        except Conflict:  # or Halted
            continue
