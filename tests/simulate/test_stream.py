"""A stream goes on with the world: at its rate, on its clock, with the same people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from payment_analysis.domain.errors import BadInput
from payment_analysis.simulate.stream import live, ticks
from payment_analysis.simulate.world import World

START = datetime(2026, 3, 1, tzinfo=UTC)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now.timestamp()
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def events_of(world: World, **knobs: Any) -> pa.Table:
    clock = Clock(START)
    batches = live(world, rate=200, seconds=10, start=START, clock=clock, sleep=clock.sleep, **knobs)
    return pa.concat_tables([batch.events for batch in batches])


def test_a_stream_keeps_its_rate(world: World) -> None:
    assert events_of(world).num_rows == pytest.approx(2_000, abs=60)


def test_an_event_is_told_after_it_happened_and_within_a_step(world: World) -> None:
    events = events_of(world)
    known = [
        late or at
        for late, at in zip(events["updated_at"].to_pylist(), events["event_timestamp"].to_pylist(), strict=True)
    ]
    waited = [(told - at).total_seconds() for told, at in zip(events["_ingested_at"].to_pylist(), known, strict=True)]

    assert min(waited) >= 0
    assert max(waited) <= 0.2 + 1e-3


def test_the_same_seed_and_start_give_the_same_events(world: World) -> None:
    assert events_of(world).equals(events_of(world))


def test_two_writers_tell_different_events(world: World) -> None:
    one, two = events_of(world), events_of(world, writer=1)

    assert not set(one["transaction_id"].to_pylist()) & set(two["transaction_id"].to_pylist())


def test_a_stream_never_sleeps_when_it_is_behind(world: World) -> None:
    clock = Clock(START + timedelta(hours=1))

    for _ in live(world, rate=100, seconds=2, start=START, clock=clock, sleep=clock.sleep):
        pass

    assert clock.slept == []


def test_steps_are_in_order_and_end_with_the_stream(world: World) -> None:
    steps = list(ticks(world, 500, 3, START, tick_seconds=0.5))

    assert all(before.end_us < after.end_us for before, after in pairwise(steps))
    assert len(steps) == 6


def test_cards_and_merchants_are_those_of_the_history() -> None:
    world = World(9, cards=300)
    history = pa.concat_tables([batch.events for batch in world.history(3_000, 5, date(2026, 3, 1), truth=False)])
    stream = events_of(world)

    known, seen = (set(table["card_token_id"].to_pylist()) for table in (history, stream))

    assert len(seen & known) > 0.9 * len(seen)


def test_what_the_history_left_over_is_told_when_it_is_due() -> None:
    world = World(9, cards=3_000)
    history = world.history(20_000, 5, date(2026, 3, 1))
    for _ in history:
        pass
    rest = history.leftover
    assert rest is not None

    steps = list(ticks(world, 0.01, 21_600, START, leftover=rest, truth=True, tick_seconds=60))
    told = pa.concat_tables([step.batch.events for step in steps])
    shared = set(told["transaction_id"].to_pylist()) & set(rest.events["transaction_id"].to_pylist())

    assert len(shared) > 5
    assert all(step.batch.events.num_rows for step in steps)
    assert all(step.batch.truth is not None for step in steps)
    assert all(step.batch.truth.num_rows == step.batch.attempts for step in steps if step.batch.truth)


@pytest.mark.parametrize(
    "wrong", [{"rate": 0}, {"seconds": 0}, {"tick_seconds": 0}, {"start": START.replace(tzinfo=None)}]
)
def test_a_stream_that_cannot_be_is_a_clear_error(world: World, wrong: dict[str, Any]) -> None:
    knobs: dict[str, Any] = {"rate": 10, "seconds": 1, "start": START, **wrong}

    with pytest.raises(BadInput):
        next(ticks(world, **knobs))
