"""How often somebody tried, within the last moments: guessing must not pay."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import TooMany

if TYPE_CHECKING:
    from datetime import datetime, timedelta

CALLERS_MAX: Final = 10_000  # remembered at once; beyond it the oldest are forgotten


class AttemptsMade:
    """Counts attempts per caller in a sliding window; in memory, for one process."""

    def __init__(self, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window = window
        self._made: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def count(self, caller: str, now: datetime) -> None:
        """Note an attempt; refuses one too many."""
        with self._lock:
            made = self._made.pop(caller, deque())
            while made and made[0] <= now - self._window:
                made.popleft()
            if len(made) < self._limit:
                made.append(now)
                allowed = True
            else:
                allowed = False
            self._made[caller] = made
            if len(self._made) > CALLERS_MAX:
                self._made.pop(next(iter(self._made)))
        if not allowed:
            seconds = int(self._window.total_seconds())
            raise TooMany(f"More than {self._limit} attempts in {seconds} s.", hint=f"wait {seconds} s and try again")
