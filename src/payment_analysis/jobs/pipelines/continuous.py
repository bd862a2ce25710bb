"""The loop of a pipeline: take what has landed, settle what was late, look after the files, say how it goes.

Both pipelines fill the same tables, so of one home only one works at a time; the other waits and goes on when that one
ends, however it ends.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Conflict, PaymentAnalysisError
from payment_analysis.jobs.pipelines.busy import Busy
from payment_analysis.jobs.pipelines.upkeep import look_after
from payment_analysis.lakehouse.halt import Halt
from payment_analysis.lakehouse.pipeline_state import PipelineState, PipelineStatus, holding, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.stream.stream import Step, Stream

BUILDER: Final = "builder"  # the lock of whoever works
IDLE_SECONDS: Final = 0.03  # looking into an idle log costs 20 microseconds
TELL_SECONDS: Final = 1.0
RATE_SECONDS: Final = 10.0
BATCH_SECONDS: Final = 0.15  # a batch costs 0.08 s however few rows it has: those that come sooner wait for each other
SMALL_BATCH_ROWS: Final = 2_000
PAUSE_SECONDS_MAX: Final = 10.0  # between tries after errors


class Continuous:
    """One pipeline of one home, until it is told to stop."""

    def __init__(self, home: Home, name: str, *, said: Callable[[PipelineStatus], None] | None = None) -> None:
        self._home, self._stopping, self._busy = home, threading.Event(), Busy()
        self._said = said or (lambda _: None)
        self._status = PipelineStatus(name, PipelineState.STARTING, os.getpid(), datetime.now(UTC).isoformat())
        self._recent: deque[tuple[float, int]] = deque()
        self._told_at = 0.0

    def stop(self) -> None:
        """Finish the batch at hand and end."""
        self._stopping.set()

    def run(self) -> bool:
        """Work until told to stop; false when the pipeline runs already."""
        with holding(self._home, self._status.name) as ours:
            if not ours:
                return False
            self._tell(force=True)
            while not self._stopping.is_set():
                with holding(self._home, BUILDER) as working:
                    if working:
                        self._work()
                        continue
                self._tell(PipelineState.WAITING)
                self._stopping.wait(TELL_SECONDS)
            self._tell(PipelineState.STOPPED, force=True)
        return True

    def _work(self) -> None:
        pause = TELL_SECONDS
        lakehouse = self._home.own()
        halt = Halt()
        keeper = threading.Thread(target=look_after, args=(lakehouse, halt, self._busy.flag), daemon=True)
        keeper.start()
        try:
            with lakehouse.stream() as stream:
                while not self._stopping.is_set():
                    try:
                        self._turn(stream)
                        pause = TELL_SECONDS
                    except Conflict as conflict:  # another process wrote: what is committed is taken up anew
                        self._fail(conflict)
                    except PaymentAnalysisError as error:
                        self._fail(error)
                        self._stopping.wait(pause)
                        pause = min(2 * pause, PAUSE_SECONDS_MAX)
                stream.settle(everything=True)
        finally:
            while keeper.is_alive():
                halt.set()
                keeper.join(IDLE_SECONDS)

    def _turn(self, stream: Stream) -> None:
        began = time.monotonic()
        step = stream.step()
        if step.landed:
            self._count(step)
        stream.settle(busy=self._busy.flag.is_set())
        self._tell(PipelineState.RUNNING, waiting=stream.waiting)
        worked = time.monotonic()
        if not step.landed:
            self._stopping.wait(IDLE_SECONDS)
        elif step.landed <= SMALL_BATCH_ROWS:
            self._stopping.wait(began + BATCH_SECONDS - worked)
        self._busy.note(worked - began, time.monotonic() - worked)

    def _count(self, step: Step) -> None:
        now = time.monotonic()
        self._recent.append((now, step.written))
        while self._recent[0][0] < now - RATE_SECONDS:
            self._recent.popleft()
        lag_s = time.time() - step.arrived.timestamp() if step.arrived else None
        self._status = replace(
            self._status, lag_s=lag_s and round(lag_s, 3), rows=self._status.rows + step.written, last_error=None
        )

    def _fail(self, error: PaymentAnalysisError) -> None:
        self._status = replace(self._status, last_error=f"{error.message}; {error.hint}")
        self._tell(force=True)

    def _tell(self, state: PipelineState | None = None, *, waiting: int = 0, force: bool = False) -> None:
        now = time.monotonic()
        changed = state is not None and state is not self._status.state
        if not changed and not force and now - self._told_at < TELL_SECONDS:
            return
        rows = sum(rows for at, rows in self._recent if at > now - RATE_SECONDS)
        self._status = replace(
            self._status, state=state or self._status.state, rows_per_s=rows / RATE_SECONDS, waiting=waiting
        )
        self._told_at = now
        tell(self._home, self._status)
        self._said(self._status)
