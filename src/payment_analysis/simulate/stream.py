"""The live stream: the same world going on in real time, at a rate.

    for batch in live(world, rate=1000, seconds=600, start=datetime.now(UTC), clock=time.time, sleep=time.sleep): ...

The clock and the sleep are arguments; everything but `_ingested_at` follows from the seed and the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from payment_analysis.domain.errors import BadInput
from payment_analysis.simulate.arrays import take_rows
from payment_analysis.simulate.backlog import Backlog
from payment_analysis.simulate.batch import Batch, batch_of
from payment_analysis.simulate.columns import instants
from payment_analysis.simulate.incidents import Incident, instant_us
from payment_analysis.simulate.seasons import SECOND_US, Window
from payment_analysis.simulate.world import ATTEMPTS_PER_PAYMENT, RETRIES_REACH_US, Run, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from payment_analysis.simulate.events import Events

TICK_SECONDS = 0.2  # an event waits half of it on average before it is handed out
BACKLOG_REACH_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Tick:
    """What becomes known in one step, and the instant the step ends."""

    end_us: int
    batch: Batch


def live(
    world: World,
    rate: float,
    seconds: float,
    start: datetime,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    incidents: tuple[Incident, ...] = (),
    leftover: Batch | None = None,
    truth: bool = False,
    tick_seconds: float = TICK_SECONDS,
    writer: int = 0,
) -> Iterator[Batch]:
    """Hand out each step's events when the step has passed on the clock, late ones at once."""
    steps = ticks(
        world, rate, seconds, start,
        incidents=incidents, leftover=leftover, truth=truth, tick_seconds=tick_seconds, writer=writer,
    )  # fmt: skip
    for tick in steps:
        wait = tick.end_us / SECOND_US - clock()
        if wait > 0:
            sleep(wait)
        yield _stamped(tick.batch, int(clock() * SECOND_US))


def ticks(
    world: World,
    rate: float,
    seconds: float,
    start: datetime,
    *,
    incidents: tuple[Incident, ...] = (),
    leftover: Batch | None = None,
    truth: bool = False,
    tick_seconds: float = TICK_SECONDS,
    writer: int = 0,
) -> Iterator[Tick]:
    """The steps of a stream as fast as they can be made.

    incidents are those planted in the history, with their drifts that go on, and new ones; leftover is what the
    history decided for the time after its end. Writers of different numbers tell different events. What would become
    known after the stream's end is not told.
    """
    _check(rate, seconds, start, tick_seconds)
    begin_us = instant_us(start)
    end_us = begin_us + int(seconds * SECOND_US)
    run = Run.of(2, (begin_us, round(rate * 1_000), writer, len(world.population.cards.issuer)), truth=truth)
    happening = world.incidents(incidents, begin_us, end_us + RETRIES_REACH_US)
    backlog, rest = Backlog(BACKLOG_REACH_SECONDS * SECOND_US), _Tail(leftover)
    told, ratio = 0, ATTEMPTS_PER_PAYMENT
    for chunk, (tick_start, tick_end) in enumerate(_spans(begin_us, end_us, int(tick_seconds * SECOND_US))):
        target = round(rate * (tick_end - begin_us) / SECOND_US)
        before = backlog.first_due(tick_end)
        payments = round((target - told - before) / ratio)
        if payments > 0:
            events = world.generate(run, Window.of(tick_start, tick_end), chunk, payments, happening)
            backlog.add(_before(events, end_us))
            made = (backlog.first_due(tick_end) - before) / payments
            ratio += 0.1 * (max(1.0, made) - ratio)  # small steps make a noisy ratio
        known = backlog.take(tick_end)
        older = rest.take(tick_end)
        parts = ([older] if older else []) + ([batch_of(world.population, known)] if known is not None else [])
        if parts:
            batch = _joined(parts)
            told += parts[-1].attempts if known is not None else 0
            yield Tick(tick_end, batch)


def _check(rate: float, seconds: float, start: datetime, tick_seconds: float) -> None:
    if rate <= 0 or seconds <= 0:
        raise BadInput(f"{rate} attempts a second for {seconds} seconds is no stream", hint="give both above 0")
    if not 0.01 <= tick_seconds <= 60:
        raise BadInput(f"a step of {tick_seconds} seconds", hint="give 0.01 to 60 seconds")
    if start.tzinfo is None:
        raise BadInput(f"start {start} has no time zone", hint="give an instant with a time zone")


def _spans(begin_us: int, end_us: int, step_us: int) -> Iterator[tuple[int, int]]:
    for tick_start in range(begin_us, end_us, step_us):
        yield tick_start, min(tick_start + step_us, end_us)


def _before(events: Events, end_us: int) -> Events:
    inside = events.due_us < end_us
    return events if inside.all() else take_rows(events, inside)


def _joined(parts: list[Batch]) -> Batch:
    truths = [part.truth for part in parts]
    return Batch(
        pa.concat_tables([part.events for part in parts]),
        pa.concat_tables([part.decisions for part in parts]),
        None if any(truth is None for truth in truths) else pa.concat_tables(truths),
    )


def _stamped(batch: Batch, now_us: int) -> Batch:
    events = batch.events
    stamp = instants(np.full(events.num_rows, now_us, dtype=np.int64))
    return Batch(
        events.set_column(events.schema.get_field_index("_ingested_at"), "_ingested_at", stamp),
        batch.decisions,
        batch.truth,
    )


class _Tail:
    """The leftover of a history, handed out as it becomes due."""

    def __init__(self, leftover: Batch | None) -> None:
        self._rest = leftover
        if leftover is not None:
            self._due = _micros(leftover.events, "updated_at", "event_timestamp")
            self._decided = _micros(leftover.decisions, "decided_at")
            self._at = self._at_decision = 0

    def take(self, before_us: int) -> Batch | None:
        if self._rest is None:
            return None
        upto = int(np.searchsorted(self._due, before_us))
        decisions = int(np.searchsorted(self._decided, before_us))
        if upto == self._at:
            return None
        rows, mine = slice(self._at, upto), slice(self._at_decision, decisions)
        self._at, self._at_decision = upto, decisions
        return Batch(
            _part(self._rest.events, rows),
            _part(self._rest.decisions, mine),
            None if self._rest.truth is None else _part(self._rest.truth, mine),
        )


def _micros(table: pa.Table, *names: str) -> np.ndarray:
    first, *others = (table[name].cast(pa.int64()) for name in names)
    values = first
    for other in others:
        values = pa.compute.coalesce(values, other)
    return np.asarray(values.to_numpy())


def _part(table: pa.Table, rows: slice) -> pa.Table:
    return table.slice(rows.start, rows.stop - rows.start)
