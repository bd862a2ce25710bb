"""What is decided but not known yet: retries to come, time-outs to resolve, frauds to be reported."""

from __future__ import annotations

import numpy as np

from payment_analysis.simulate.arrays import concat_rows, take_rows
from payment_analysis.simulate.events import Events, State


class Backlog:
    """Events whose time has not come.

    What is due within the reach is looked at each time; the rest lies untouched until then, so that a stream of small
    steps does not copy days of future events in every step.
    """

    def __init__(self, reach_us: int = 0) -> None:
        self._reach_us = reach_us
        self._near_until_us = 0
        self._near: Events | None = None
        self._far: list[Events] = []

    def add(self, events: Events) -> None:
        near = events.due_us < self._near_until_us
        if near.any():
            soon = take_rows(events, near)
            self._near = soon if self._near is None else concat_rows([self._near, soon])
        if not near.all():
            self._far.append(take_rows(events, ~near))

    def first_due(self, before_us: int) -> int:
        """Attempts that will be told for the first time before an instant."""
        self._approach(before_us)
        if self._near is None:
            return 0
        return int(np.count_nonzero((self._near.due_us < before_us) & (self._near.state == State.FIRST)))

    def take(self, before_us: int, attempts_max: int | None = None) -> Events | None:
        """Remove and return what is due, in order; no more than so many attempts told for the first time."""
        self._approach(before_us)
        waiting = self._near
        if waiting is None:
            return None
        due = np.flatnonzero(waiting.due_us < before_us)
        due = due[np.lexsort((waiting.state[due], waiting.attempts.name[due], waiting.due_us[due]))]
        if attempts_max is not None:
            told = np.cumsum(waiting.state[due] == State.FIRST)
            due = due[: int(np.searchsorted(told, attempts_max, side="right"))]
        keep = np.ones(len(waiting.due_us), dtype=bool)
        keep[due] = False
        self._near = take_rows(waiting, keep)
        return take_rows(waiting, due) if len(due) else None

    def rest(self) -> Events | None:
        """Everything that still waits, in order."""
        return self.take(int(np.iinfo(np.int64).max) - self._reach_us)

    def _approach(self, before_us: int) -> None:
        """Bring near what is due before an instant, and some more."""
        if before_us <= self._near_until_us:
            return
        self._near_until_us = before_us + self._reach_us
        waiting, self._far = self._far, []
        for events in [concat_rows(waiting)] if waiting else []:
            self.add(events)
