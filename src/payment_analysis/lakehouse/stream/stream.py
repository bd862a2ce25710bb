"""The continuous build: landing → bronze → silver in micro-batches, always what a full recompute would give.

    with Stream(store, scratch, tables, sources, seeds) as stream:
        while not stopped:
            step = stream.step()          # takes what has landed; rows that follow what is known are visible at once
            stream.settle()               # late rows, payments: at a slower beat

Two positions stand in silver's commits. `ahead:` says up to which generation of bronze the rows that follow are in;
`source:`, which every build reads, says up to where *all* are. A pipeline that dies between them is started again and
goes over the rows between the two; an ordinary build does the same. Nothing is remembered outside Delta.

Who commits from another snapshot than the newest is refused by Delta, and takes up everything anew (`Conflict`).
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pyarrow.compute as pc

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.build import Build
from payment_analysis.lakehouse.checks import run_checks
from payment_analysis.lakehouse.data_file import committing, discard, rows_of, write_files
from payment_analysis.lakehouse.delta import DEFINITION
from payment_analysis.lakehouse.schema import columns_of, contract
from payment_analysis.lakehouse.stream import landed, settlement
from payment_analysis.lakehouse.stream.arrival import Arrivals
from payment_analysis.lakehouse.stream.following import Following
from payment_analysis.lakehouse.stream.head import Head
from payment_analysis.lakehouse.stream.intake import AS_MEASURED, Intake, Pace
from payment_analysis.lakehouse.stream.memory import NAMES, PREVIOUS, Memory
from payment_analysis.lakehouse.stream.paid import Paid
from payment_analysis.lakehouse.stream.plans import Plans
from payment_analysis.lakehouse.stream.writing import Writing
from payment_analysis.lakehouse.workbench import Workbench, source_position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.delta import DeltaStore
    from payment_analysis.lakehouse.seeds import Seeds
    from payment_analysis.lakehouse.stream.arrival import Parted
    from payment_analysis.lakehouse.table import Source, Table

BRONZE: Final = "payments_raw_bronze"
SILVER: Final = "payments_enriched_silver"
CLOCK: Final = "data_clock"
LARGE_FILE_ROWS: Final = 100_000  # a late row in one of these waits: rewriting it takes a second
FAR_PAUSE_SECONDS: Final = 300.0  # between two rewrites of large files
SETTLE_PAUSE_SECONDS: Final = 2.0
PAID_PAUSE_SECONDS: Final = 10.0
PAID_PAUSE_BUSY_SECONDS: Final = 60.0  # they take as long as a third of the batches themselves
CLOCK_PAUSE_SECONDS: Final = 1.0
AHEAD: Final = f"ahead:{BRONZE}"
NEEDED: Final = (*PREVIOUS, *NAMES, "payment_key")  # by which a batch is parted and set beside its past
MEMORY_MB: Final = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """What one micro-batch did."""

    landed: int = 0
    quarantined: int = 0
    written: int = 0  # rows of silver that became visible: while more waits, those of the batch before
    late: int = 0  # rows that wait for the next settlement
    arrived: datetime | None = None  # when the newest of them arrived, UTC


class Stream:
    """One continuous build over one lakehouse folder."""

    def __init__(
        self,
        store: DeltaStore,
        scratch: Path,
        tables: Mapping[str, Table],
        sources: Mapping[str, Source],
        seeds: Seeds,
        *,
        now: Callable[[], datetime],
        pace: Pace = AS_MEASURED,
    ) -> None:
        self._store, self._scratch, self._tables, self._sources = store, scratch, tables, sources
        self._seeds, self._now, self._pace = seeds, now, pace
        self._held = ExitStack()
        self._opened = False
        self._far_at = self._settled_at = self._paid_at = self._clock_at = float("-inf")
        self._waits: tuple[int, datetime | None] = (0, None)  # late rows of which none could be settled, and why

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def open(self) -> None:
        """Build what there is, and read into memory what the batches will need."""
        self._held.close()
        build = Build(self._store, self._scratch, self._tables, self._sources, self._seeds)
        build.run(now=self._now())
        connection = self._held.enter_context(duck.worker(self._scratch, memory_mb=MEMORY_MB))
        self._run = connection.execute
        self._run("set threads = 1")
        self._bench = Workbench(self._store, connection, self._scratch, self._tables, self._sources)
        self._silver = self._tables[SILVER]
        self._bench.open_reads(self._silver)
        self._definition = self._bench.definition(self._silver, besides=BRONZE)
        snapshot = self._bench.open(self._silver)
        self._head = Head(self._store, snapshot)
        self._clock_head = Head(self._store, self._store.snapshot(CLOCK))
        self._plans = Plans(self._held.enter_context(connection.cursor()))
        self._columns = columns_of(self._silver)
        self._memory = Memory(connection, self._plans, SILVER, self._columns)
        self._arrivals = Arrivals(connection, self._plans, self._memory)
        checked = [check.predicate for check in self._tables[BRONZE].checks]
        self._division = landed.divide(
            self._bench.below(self._silver), self._silver, self._bench.columns(BRONZE), besides=[*NEEDED, *checked]
        )
        self._checked = landed.named_in(self._silver, self._columns)
        self._intake = Intake(
            self._bench, self._plans, self._tables[BRONZE], named=self._division.named, pace=self._pace
        )
        self._held.callback(self._intake.close)
        self._ahead = self._bench.generation(BRONZE)
        if snapshot.position(source_position(BRONZE)) != self._ahead:
            raise Conflict(f"{SILVER} changed while the pipeline was started", hint="it starts again by itself")
        self._writing = Writing(self._head)
        self._held.callback(self._writing.close)
        self._paid = Paid(self._bench, SILVER, self._tables["payments_silver"])
        self._held.callback(self._paid.close)
        self._clock = self._run(f"select max(event_timestamp), max(reporting_currency) from {SILVER}").fetchall()[0]
        self._following = Following(self._bench, self._plans, self._silver, self._division)
        self._run(f"create or replace table input as {rows_of((), self._bench.columns(BRONZE))}")
        self._clock_told = self._clock
        self._waits = (0, None)
        self._far_at = self._settled_at = self._paid_at = self._clock_at = time.monotonic()
        self._opened = True

    def step(self) -> Step:
        """Take what has landed into bronze and quarantine, and what follows of it into silver."""
        with self._fenced():
            taken = self._intake.take()
            if taken is None:
                return Step()
            parted = self._arrivals.sort_out(taken.batch)
            self._ahead = taken.generation
            if parted.following:
                self._follow(taken.rows, parted)
            if not self._intake.reads_ahead:
                self._writing.complete()
            return Step(taken.landed, taken.landed - taken.passed, self._writing.seen(), parted.late, taken.arrived)

    def settle(self, *, everything: bool = False, busy: bool = False) -> int:
        """Work out late rows, and payments (of who is `busy` less often), when it is time or at once; rows settled."""
        now, pause = time.monotonic(), PAID_PAUSE_BUSY_SECONDS if busy or self.is_behind else PAID_PAUSE_SECONDS
        if self._opened and not everything and now - self._clock_at > CLOCK_PAUSE_SECONDS:
            with self._fenced():
                self._set_clock(now)
        if not everything and now - self._settled_at < SETTLE_PAUSE_SECONDS:
            return 0
        with self._fenced():
            self._writing.complete()
            far = everything or now - self._far_at > FAR_PAUSE_SECONDS
            settled = self._settle_late(far=far)
            if everything or (now - self._paid_at > pause and not self._paid.is_at_work):
                self._head.settle()
                self._memory.file()
                self._paid.begin(self._head, large_file_rows=None if far else LARGE_FILE_ROWS)
                self._paid_at = time.monotonic()
            if everything:
                self._paid.end()
            if far:
                self._far_at = time.monotonic()
            if everything:
                self._set_clock(now)
            self._settled_at = time.monotonic()
            return settled

    @property
    def waiting(self) -> int:
        """Rows that have landed and are not visible yet."""
        return self._intake.waiting if self._opened else 0

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that several batches are on their way at once."""
        return self._opened and self._intake.reads_ahead

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        """Open first when need be; after any failure open again, because memory may be ahead of what is committed."""
        if not self._opened:
            self.open()
        self._opened = False
        yield
        self._opened = True

    def _follow(self, rows: pa.Table, parted: Parted) -> None:
        """Work out what follows, commit the batch before, which was being written meanwhile, and write this one."""
        derived = self._following.rows(BRONZE, parted.batch, parted.cards)
        made, numbers = landed.beside(rows, derived, self._division, self._columns)
        self._plans.show("fresh", landed.plain(made, self._checked))
        run_checks(self._plans, self._silver, "fresh")
        self._writing.begin(made, self._positions())
        # Beside the writing: when the commit is refused all of it is read anew.
        at = np.searchsorted(parted.keys["row"], numbers)  # of two events of one attempt the later one stays
        self._memory.follow(made, {name: keys[at] for name, keys in parted.keys.items()})
        self._note(made)

    def _note(self, rows: pa.Table) -> None:
        """These rows of silver are new or not what they were: payments follow, and the data's clock."""
        self._paid.touch(rows)
        latest, currency = pc.max(rows["event_timestamp"]).as_py(), pc.max(rows["reporting_currency"]).as_py()
        if latest is not None and (self._clock[0] is None or latest > self._clock[0]):
            self._clock = (latest, max(filter(None, (currency, self._clock[1])), default=None))

    def _settle_late(self, *, far: bool) -> int:
        if not len(self._arrivals.late):
            return 0
        self._head.settle()
        large = [file.latest for file in self._head.files if file.rows > LARGE_FILE_ROWS and file.latest]
        after = None if far else max(large, default=None)
        if (len(self._arrivals.late), after) == self._waits:
            return 0
        self._memory.file()
        chosen = settlement.choose(self._bench.connection, after)
        if not chosen:
            self._waits = (len(self._arrivals.late), after)
            return 0
        self._waits = (0, None)
        if settlement.needs_the_long_way(self._bench.connection):
            raise Conflict("payments formed by a key changed", hint="the pipeline builds them the long way")
        settlement.find_concerned(self._bench.connection)
        self._intake.bronze.settle()
        settlement.fetch(self._bench.connection, "events", self._intake.bronze, self._bench.columns(BRONZE))
        added, removed = self._settled()
        self._run("delete from late where tx in (select tx from chosen)")
        self._arrivals.forget()
        self._commit(added, removed)
        self._memory.correct("settled")
        for rows in ("gone", "came"):
            noted = f"select payment_id, is_sale, event_timestamp, reporting_currency from {rows}"
            self._note(self._bench.connection.sql(noted).to_arrow_table())
        return chosen

    def _settled(self) -> tuple[tuple[DataFile, ...], tuple[DataFile, ...]]:
        """The files to add and to remove, worked out anew when a compaction took one of these away meanwhile."""
        self._head.settle()
        settlement.fetch(self._bench.connection, "stale", self._head, columns_of(self._silver), filename=True)
        settlement.set_out(self._bench.connection, self._memory)
        self._bench.bind_select(BRONZE, "from input")
        with self._bench.definition_of(self._silver) as select:
            settlement.work_out(self._bench.connection, self._silver, select)
        run_checks(self._bench.connection, self._silver, "came")
        added, removed = settlement.difference(self._bench.connection, self._silver, self._head, stored="stale")
        self._head.settle()
        if {file.path for file in removed} <= set(self._head.paths):
            return added, removed
        discard(added)
        return self._settled()

    def _commit(self, files: tuple[DataFile, ...], remove: tuple[DataFile, ...] = ()) -> None:
        with committing(files):
            self._head.commit(files, remove=[file.path for file in remove], positions=self._positions())

    def _positions(self) -> dict[str, int]:
        """How far everything is in when nothing waits, and how far what follows is."""
        positions = {DEFINITION: self._definition, AHEAD: self._ahead}
        if not len(self._arrivals.late):
            positions[source_position(BRONZE)] = self._ahead
        return positions

    def _set_clock(self, now: float) -> None:
        """Set the data's clock forward; an ordinary build reads it from silver again."""
        self._clock_at = now
        if self._clock == self._clock_told:
            return
        table = self._tables[CLOCK]
        self._run("create or replace temp table now as select ? as as_of, ? as reporting_currency", [*self._clock])
        files = write_files(self._bench.connection, contract(columns_of(table), "now"), self._clock_head.folder)
        self._clock_head.settle()
        with committing(files):
            self._clock_head.commit(files, remove=self._clock_head.paths, positions={DEFINITION: 0})
        self._clock_told = self._clock
