"""Let the simulated world go on live: its events land at a rate, from this process, beside any other writer.

A stream is a function of its seed, rate, writer and start. One that died is run again with the start it had: every step
has a name, and a step that was committed before adds nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq

from payment_analysis.jobs.simulate import merchants_of, settle_merchants
from payment_analysis.lakehouse.landing_stream import LandingStream
from payment_analysis.simulate.stream import live
from payment_analysis.simulate.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from payment_analysis.lakehouse.home import Home

MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """Which stream: equal orders give equal events, but for the instants at which they are told."""

    rate: float  # attempts a second
    minutes: float
    seed: int
    start: datetime  # UTC; what was due before now is told at once
    writer: int = 0  # several writers of one world tell different events

    @property
    def name(self) -> str:
        """The name its batches begin with."""
        since = self.start.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return f"stream-seed-{self.seed}-rate-{self.rate:g}-writer-{self.writer}-from-{since}"


@dataclass(frozen=True, slots=True)
class Streamed:
    """What a stream told."""

    events: int
    added: int
    already_known: int
    seconds: float


def stream(
    home: Home,
    order: StreamOrder,
    *,
    output: Path | None = None,
    told: Callable[[Streamed], None] | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Streamed:
    """Tell the events as they happen, into the landing table, or as Parquet files into a folder."""
    began, done = clock(), Streamed(0, 0, 0, 0.0)
    world = World(order.seed)
    steps = live(
        world, order.rate, order.minutes * MINUTE, order.start, clock=clock, sleep=sleep, writer=order.writer
    )  # fmt: skip
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for number, batch in enumerate(steps):
            pq.write_table(batch.events, output / f"{order.name}-{number:06d}.parquet")
            done = _more(done, batch.events.num_rows, batch.events.num_rows, clock() - began)
            if told:
                told(done)
        return done
    lakehouse = home.create().own()
    settle_merchants(home, lakehouse, world, merchants_of(home))
    with LandingStream(lakehouse.landing) as landing:
        for number, batch in enumerate(steps):
            appended = landing.append(batch.events, batch_id=f"{order.name}-{number}")
            done = _more(done, batch.events.num_rows, appended.added, clock() - began)
            if told:
                told(done)
    return done


def _more(done: Streamed, events: int, added: int, seconds: float) -> Streamed:
    return Streamed(done.events + events, done.added + added, done.already_known + events - added, seconds)
