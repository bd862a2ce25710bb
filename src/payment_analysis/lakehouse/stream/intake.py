"""What has landed becomes bronze, and beside it what does not pass the checks: each with its position in its commit."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE, dropped, passing
from payment_analysis.lakehouse.checks import run_checks
from payment_analysis.lakehouse.data_file import adopt_files, committing, write_files
from payment_analysis.lakehouse.delta import DEFINITION
from payment_analysis.lakehouse.duck import shown
from payment_analysis.lakehouse.schema import columns_of, contract
from payment_analysis.lakehouse.stream import landed
from payment_analysis.lakehouse.stream.head import Grown, Head
from payment_analysis.lakehouse.workbench import source_position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.stream.plans import Plans
    from payment_analysis.lakehouse.table import Table
    from payment_analysis.lakehouse.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Pace:
    """How a stream that is behind works: in larger batches, several of them on their way at once."""

    batch_rows_max: int = 200_000  # a batch grows to this: 250 bytes a row and column group stay in memory
    ahead_rows_min: int = 50_000  # when so many wait, the next batch is read while the one at hand is worked out


AS_MEASURED: Final = Pace()


@dataclass(frozen=True, slots=True)
class Taken:
    """One batch of landing in bronze."""

    rows: pa.Table  # all that landed
    batch: pa.Table  # those that pass, in the columns that the engine needs, with their places among all in `_row`
    generation: int  # of bronze, with the batch
    landed: int
    passed: int
    arrived: datetime | None  # the newest of them


class Intake:
    """Reads landing forward; bronze and quarantine have been built up to the same place when it begins."""

    def __init__(self, bench: Workbench, plans: Plans, bronze: Table, *, named: Columns, pace: Pace) -> None:
        """Begin where bronze stands; of a batch the engine is given the `named` columns."""
        self._bench, self._plans, self._bronze, self._store, self._pace = bench, plans, bronze, bench.store, pace
        self._named = named
        self._reader = ThreadPoolExecutor(1, "landing")
        self._next: _Batch | None = None
        landing = bench.reopen(bench.sources[LANDING])
        snapshot, quarantine = bench.reopen(bronze), bench.reopen(bench.sources[QUARANTINE])
        read = snapshot.position(source_position(LANDING))
        files = None if read is None else self._store.files_since(landing, read)
        if files is None or quarantine.position(source_position(LANDING)) != read:
            raise Conflict("bronze was written while the pipeline was started", hint="it starts again by itself")
        self._landing = Head(self._store, landing)
        self.bronze = Head(self._store, snapshot)
        self._quarantine = Head(self._store, quarantine)
        self._definition = bench.definition(bronze, besides=LANDING)
        by_path = {file.path: file for file in landing.files}
        if not set(files) <= by_path.keys():
            raise Conflict("landing was compacted while the pipeline was started", hint="it starts again by itself")
        landed = Grown(landing.generation, tuple(by_path[path] for path in files))
        self._waiting = deque([landed] if files else [])  # what has landed since bronze was built

    @property
    def waiting(self) -> int:
        """Rows that have landed and are not taken."""
        self._look()
        return sum(grown.rows for grown in self._waiting) + (self._next.rows if self._next else 0)

    @property
    def reads_ahead(self) -> bool:
        """Whether the next batch is being read already."""
        return self._next is not None

    def close(self) -> None:
        """Wait for what is being read."""
        self._reader.shutdown()

    def _look(self) -> None:
        self._waiting.extend(grown for grown in self._landing.advance() if grown.files)

    def _begin(self) -> _Batch:
        """Begin to read the next batch, as large as what waits up to a limit."""
        taken = [self._waiting.popleft()]
        while self._waiting and sum(one.rows for one in taken) + self._waiting[0].rows <= self._pace.batch_rows_max:
            taken.append(self._waiting.popleft())
        files = tuple(file for grown in taken for file in grown.files)
        return _Batch(taken[-1].generation, files, self._reader.submit(self._read, files))

    def _read(self, files: Sequence[DataFile]) -> tuple[pa.Table, pa.Table]:
        """The rows of landing's files, and what the engine needs of them."""
        rows = landed.read([file.path for file in files], self._bench.columns(LANDING))
        return rows, landed.numbered(rows, self._named)

    def take(self) -> Taken | None:
        """The next batch; None when nothing has landed."""
        self._look()
        if self._next is None and not self._waiting:
            return None
        batch, self._next = self._next or self._begin(), None
        rows, named = batch.reading.result()
        self._look()
        if sum(grown.rows for grown in self._waiting) >= self._pace.ahead_rows_min:
            self._next = self._begin()
        passes = passing(self._bronze)
        self._plans.show("batch", named)
        count, passed, arrived = self._plans.execute(
            f"select count(*), count(*) filter (where {passes}), max(_ingested_at) from batch"
        ).fetchall()[0]
        positions = {DEFINITION: self._definition, source_position(LANDING): batch.generation}
        if passed < count:
            self._put_aside(rows, positions)
            kept = self._plans.arrays(f"select {landed.ROW} as row from batch where {passes}")["row"]
            named = named.take(pa.array(np.sort(kept)))
            self._plans.show("batch", named)
        run_checks(self._plans, self._bronze, "batch")
        with committing(written := self._written(batch, None if passed == count else rows)):
            self.bronze.commit(written, positions=positions)
        return Taken(rows, named, self.bronze.generation, count, passed, arrived)

    def _written(self, batch: _Batch, parted: pa.Table | None) -> tuple[DataFile, ...]:
        """The files of bronze: landing's own when all their rows pass, else those rows that do."""
        folder = self._store.folder(self._bronze.name)
        if parted is None:
            return adopt_files(batch.files, folder)
        with self._bound(parted):
            return write_files(self._bench.connection, f"from {LANDING} where {passing(self._bronze)}", folder)

    def _put_aside(self, rows: pa.Table, positions: dict[str, int]) -> None:
        """Commit what does not pass to quarantine."""
        source = self._bench.sources[QUARANTINE]
        with self._bound(rows):
            put_aside = contract(columns_of(source), f"({dropped(self._bench, self._bronze)})")
            written = write_files(self._bench.connection, put_aside, self._store.folder(QUARANTINE))
        with committing(written):
            self._quarantine.commit(written, positions=positions)

    @contextmanager
    def _bound(self, rows: pa.Table) -> Iterator[None]:
        """Let landing's name stand for a batch with all its columns."""
        with shown(self._bench.connection, "whole_batch", rows):
            self._bench.bind_select(LANDING, contract(self._bench.columns(LANDING), "whole_batch"))
            yield


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files of landing that are being read."""

    generation: int  # of landing, with them
    files: tuple[DataFile, ...]
    reading: Future[tuple[pa.Table, pa.Table]]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)
