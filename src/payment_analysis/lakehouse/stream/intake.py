"""What has landed becomes bronze, and beside it what does not pass the checks: each with its position in its commit."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE, dropped, passing
from payment_analysis.lakehouse.checks import run_checks
from payment_analysis.lakehouse.data_file import adopt_files, committing, rows_of, write_files
from payment_analysis.lakehouse.delta import DEFINITION
from payment_analysis.lakehouse.schema import columns_of, contract
from payment_analysis.lakehouse.stream.head import Grown, Head
from payment_analysis.lakehouse.workbench import source_position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.table import Table
    from payment_analysis.lakehouse.workbench import Workbench

BATCH_ROWS_MAX: Final = 200_000  # behind, a batch grows to this: 250 bytes a row and column group stay in memory


@dataclass(frozen=True, slots=True)
class Taken:
    """One batch of landing in bronze: its rows are in `batch`."""

    generation: int  # of bronze, with the batch
    landed: int
    passed: int
    arrived: datetime | None  # the newest of them


class Intake:
    """Reads landing forward; bronze and quarantine have been built up to the same place when it begins."""

    def __init__(self, bench: Workbench, bronze: Table) -> None:
        self._bench, self._bronze, self._store = bench, bronze, bench.store
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
        return sum(grown.rows for grown in self._waiting)

    def _look(self) -> None:
        self._waiting.extend(grown for grown in self._landing.advance() if grown.files)

    def take(self) -> Taken | None:
        """The next batch, as large as what waits up to a limit; None when nothing has landed."""
        self._look()
        if not self._waiting:
            return None
        taken = [self._waiting.popleft()]
        while self._waiting and sum(one.rows for one in taken) + self._waiting[0].rows <= BATCH_ROWS_MAX:
            taken.append(self._waiting.popleft())
        files = [file for grown in taken for file in grown.files]
        run, passes = self._bench.connection.execute, passing(self._bronze)
        columns = self._bench.columns(LANDING)
        run(f"create or replace temp table batch as {rows_of((file.path for file in files), columns)}")
        landed, passed, arrived = run(
            f"select count(*), count(*) filter (where {passes}), max(_ingested_at) from batch"
        ).fetchall()[0]
        positions = {DEFINITION: self._definition, source_position(LANDING): taken[-1].generation}
        if passed < landed:
            self._put_aside(positions)
            run(f"delete from batch where not ({passes})")
        self._keep(files if passed == landed else None, positions)
        return Taken(self.bronze.generation, landed, passed, arrived)

    def _keep(self, files: Sequence[DataFile] | None, positions: dict[str, int]) -> None:
        """Commit the batch to bronze; landing's own files when all their rows pass."""
        connection, folder = self._bench.connection, self._store.folder(self._bronze.name)
        run_checks(connection, self._bronze, "batch")
        written = write_files(connection, "from batch", folder) if files is None else adopt_files(files, folder)
        with committing(written):
            self.bronze.commit(written, positions=positions)

    def _put_aside(self, positions: dict[str, int]) -> None:
        """Commit what does not pass to quarantine."""
        self._bench.bind_select(LANDING, "from batch")
        source = self._bench.sources[QUARANTINE]
        rows = contract(columns_of(source), f"({dropped(self._bench, self._bronze)})")
        written = write_files(self._bench.connection, rows, self._store.folder(QUARANTINE))
        with committing(written):
            self._quarantine.commit(written, positions=positions)
