"""The world: a population, its calendar, and the payments that happen in it; everything follows from a seed.

world = World(seed=7)
history = world.history(attempts=1_000_000, days=90, end=date(2026, 11, 1))
for batch in history: ...            # events, logged decisions, truth: in order of time
history.leftover                     # what was decided but happens after the end: hand it to a stream
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.domain.errors import BadInput
from payment_analysis.simulate.arrays import hashed, mix64
from payment_analysis.simulate.attempts import attempts_of
from payment_analysis.simulate.backlog import Backlog
from payment_analysis.simulate.batch import Batch, batch_of
from payment_analysis.simulate.events import Events, events_of
from payment_analysis.simulate.incidents import Incident, active, instant, instant_us, spontaneous
from payment_analysis.simulate.merchants import merchant_rows
from payment_analysis.simulate.payments import draw_payments
from payment_analysis.simulate.population import Population
from payment_analysis.simulate.regimes import usual_incidents
from payment_analysis.simulate.seasons import DAY_US, SLOT_US, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

CARDS = 200_000  # inventory: card tokens
ATTEMPTS_PER_WINDOW = 25_000  # arrays of this length stay in the processor's cache
RETRIES_REACH_US = 70 * DAY_US  # five scheduled retries of fourteen days each
ATTEMPTS_PER_PAYMENT = 1.06  # first guess; each window corrects it


@dataclass(frozen=True, slots=True)
class Run:
    """One history or stream: its name keeps transaction ids of different runs apart."""

    kind: int
    name: int
    truth: bool

    @classmethod
    def of(cls, kind: int, numbers: tuple[int, ...], *, truth: bool) -> Run:
        keys = [np.array([number], dtype=np.int64).astype(np.uint64) for number in numbers]
        return cls(kind, int(hashed(kind, *keys)[0]), truth)


class World:
    """A seeded world; the same seed and number of cards give the same people for ever."""

    def __init__(self, seed: int, *, cards: int = CARDS, calm: bool = False) -> None:
        if seed < 0:
            raise BadInput(f"seed {seed} is negative", hint="give a seed of 0 or more")
        if cards < 1:
            raise BadInput(f"{cards} cards are too few", hint="give at least one card")
        self.seed = seed
        self.calm = calm  # without spontaneous failures and campaigns
        self.population = Population.of(seed, cards)

    def merchants(self) -> pa.Table:
        """The rows of merchants_dim_bronze."""
        return merchant_rows(self.population.merchants)

    def incidents(self, planted: tuple[Incident, ...], start_us: int, end_us: int) -> list[Incident]:
        """Planted incidents and, unless the world is calm, what fails by itself in a span."""
        for incident in planted:
            for what in ("issuer", "psp", "network", "country", "segment", "merchant_id"):
                self.population.names.position(incident, what)  # an unknown name is an error now, not later
        by_itself = [] if self.calm else spontaneous(self.seed, self.population.names, start_us, end_us)
        return [*active(planted, start_us, end_us), *by_itself]

    def generate(self, run: Run, window: Window, chunk: int, payments: int, incidents: list[Incident]) -> Events:
        """All events of the payments that start in a window: a function of the seed, the run and the chunk."""
        rng = np.random.default_rng([self.seed, run.kind, run.name, chunk])
        touching = active(incidents, window.start_us, window.end_us)
        wanted = draw_payments(self.population, window, payments, rng, touching)
        counter = np.arange(len(wanted.mit), dtype=np.uint64) + np.uint64(chunk << 32)
        names = mix64(counter + np.array([run.name], dtype=np.uint64))
        return events_of(attempts_of(self.population, wanted, names, rng, incidents, truth=run.truth))

    def history(
        self,
        attempts: int,
        days: int,
        end: date | datetime,
        *,
        incidents: tuple[Incident, ...] | None = None,
        truth: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> History:
        """Exactly so many attempts over the days before the end, which is the start of that day or the instant."""
        if attempts < 1 or days < 1:
            raise BadInput(f"{attempts} attempts over {days} days is no history", hint="give at least one of each")
        finish = end if isinstance(end, datetime) else datetime(end.year, end.month, end.day, tzinfo=UTC)
        if finish.tzinfo is None:
            raise BadInput(f"end {end} has no time zone", hint="give a date or an instant with a time zone")
        start = finish - timedelta(days=days)
        planted = usual_incidents(start, finish) if incidents is None else incidents
        return History(self, attempts, instant_us(start), instant_us(finish), planted, truth=truth, progress=progress)


class History:
    """Batches in order of time. Iterate once."""

    def __init__(
        self,
        world: World,
        attempts: int,
        start_us: int,
        end_us: int,
        planted: tuple[Incident, ...],
        *,
        truth: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._world, self._attempts, self._progress = world, attempts, progress
        self._run = Run.of(1, (attempts, start_us, end_us, len(world.population.cards.issuer)), truth=truth)
        self._windows = _windows(start_us, end_us, attempts)
        self.planted = planted
        self.incidents = world.incidents(planted, start_us, end_us + RETRIES_REACH_US)
        self.start, self.end = instant(start_us), instant(end_us)
        self.leftover: Batch | None = None  # known when all batches are taken

    def __iter__(self) -> Iterator[Batch]:
        backlog, told, ratio = Backlog(), 0, ATTEMPTS_PER_PAYMENT
        weights = np.array([window.weights.sum() for window in self._windows])
        targets = np.rint(self._attempts * np.cumsum(weights) / weights.sum()).astype(int)
        chunk = 0
        for window, target in zip(self._windows, targets, strict=True):
            while True:  # once, but for the last window, which must reach the number asked for
                missing = int(target) - told - backlog.first_due(window.end_us)
                last = window is self._windows[-1]
                if missing <= 0 and (chunk or last):
                    break
                payments = int(np.ceil(missing / ratio))
                events = self._world.generate(self._run, window, chunk, max(payments, 1), self.incidents)
                chunk += 1
                before = backlog.first_due(window.end_us)
                backlog.add(events)
                ratio = max(1.0, (backlog.first_due(window.end_us) - before) / max(payments, 1))
                if not last:
                    break
            taken = backlog.take(window.end_us, self._attempts - told)
            if taken is not None and len(taken.due_us):
                batch = batch_of(self._world.population, taken)
                told += batch.attempts
                yield batch
            if self._progress is not None:
                self._progress(told, self._attempts)
        rest = backlog.rest()
        self.leftover = None if rest is None else batch_of(self._world.population, rest)


def _windows(start_us: int, end_us: int, attempts: int) -> list[Window]:
    """Equal spans, cut at quarter-hours, of about so many attempts each."""
    slots = max(1, -(-(end_us - start_us) // SLOT_US))
    count = min(slots, max(1, -(-attempts // ATTEMPTS_PER_WINDOW)))
    cuts = [start_us + SLOT_US * (slots * index // count) for index in range(count)]
    return [Window.of(begin, finish) for begin, finish in zip(cuts, [*cuts[1:], end_us], strict=True)]
