"""Landing: what arrived, once. An event that is already known is not added a second time.

The usual batch holds nothing known. Then its staged Parquet file *becomes* a data file of the table, and only the
column of keys is read; otherwise the rows that remain are written anew. Either way it is one commit, which carries the
batch's own name: a batch that was committed before the process died adds nothing when it is replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import (
    adopt_file,
    columns_held,
    committing,
    discard,
    fits,
    relation,
    write_files,
)
from payment_analysis.lakehouse.delta import retried
from payment_analysis.lakehouse.schema import contract, literal

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot
    from payment_analysis.lakehouse.schema import Columns

_FILE_ROWS_MAX: Final = 2**40
COMMITTED: Final = 1  # a batch is committed once: its application transaction knows no other version


@dataclass(frozen=True, slots=True)
class Appended:
    """What one batch did to the table."""

    added: int
    already_known: int


class Landing:
    """A table that only grows, and holds every key once."""

    def __init__(
        self, store: DeltaStore, name: str, columns: Columns, *, key: str, scratch: Path, time: str | None = None
    ) -> None:
        self.name = name
        self.store = store
        self.columns = columns
        self.key = key
        self._time = time  # equal keys have equal times, so only files of the batch's range are searched
        self.scratch = scratch

    def append(self, batch: Path | Sequence[Path] | pa.RecordBatchReader, *, batch_id: str) -> Appended:
        """Add the rows of a batch whose key is not in the table yet; a batch that was committed before adds nothing."""
        with duck.worker(self.scratch, memory_mb=duck.INTAKE_MEMORY_MB) as connection:
            staged, spooled = self._staged(connection, batch)
            try:
                return retried(lambda: self._append(connection, staged, batch_id))
            finally:
                discard(spooled)

    def ensure(self) -> Snapshot:
        """The table's newest version; the table is made when it does not exist, and gets the columns it lacks."""
        self.store.create(self.name, self.columns)
        self.store.widen(self.name, self.columns)
        return self.store.snapshot(self.name)

    def _append(self, connection: DuckDBPyConnection, staged: Sequence[Path], batch_id: str) -> Appended:
        snapshot = self.ensure()
        rows = _number(connection, f"select count(*) from {relation(staged)}") if staged else 0
        committed = snapshot.position(f"ingest:{batch_id}") is not None
        if committed or rows == 0:
            return Appended(added=0, already_known=rows)

        known = self._known(connection, staged, snapshot)
        if self._all_new(connection, staged, rows, known):
            files = self._take(connection, staged)
        else:
            files = self._write_new(connection, staged, known)
        added = sum(file.rows for file in files)
        with committing(files):
            self.store.commit(snapshot, files, positions={f"ingest:{batch_id}": COMMITTED})
        return Appended(added=added, already_known=rows - added)

    def _known(self, connection: DuckDBPyConnection, staged: Sequence[Path], snapshot: Snapshot) -> str:
        """The keys of the table that the batch could repeat, as a SELECT."""
        files = snapshot.files
        within = "true"
        if self._time and files:
            first, last = connection.execute(
                f"select min({self._time}), max({self._time}) from {relation(staged)}"
            ).fetchall()[0]
            files = tuple(f for f in files if f.earliest is None or (f.earliest <= last and f.latest >= first))
            within = f"{self._time} between {literal(str(first))} and {literal(str(last))}"
        if not files:
            return f"select null::varchar as {self.key} where false"
        return f"select {self.key} from {relation(file.path for file in files)} where {within}"

    def _all_new(self, connection: DuckDBPyConnection, staged: Sequence[Path], rows: int, known: str) -> bool:
        """Whether no key repeats, by 64-bit hashes: a collision only costs the longer way."""
        known_hashes = f"select hash({self.key}) from ({known})"
        different, again = connection.execute(
            "select count(distinct h), count(*) filter (is_known) "
            f"from (select hash({self.key}) as h, h in ({known_hashes}) as is_known from {relation(staged)})"
        ).fetchall()[0]
        return bool(different == rows and not again)

    def _take(self, connection: DuckDBPyConnection, staged: Sequence[Path]) -> tuple[DataFile, ...]:
        folder = self.store.folder(self.name)
        files: list[DataFile] = []
        for path in staged:
            if fits(connection, path, self.columns):
                files.append(adopt_file(connection, path, folder, time=self._time))
            else:
                files.extend(write_files(connection, self._contract(connection, [path], relation([path])), folder))
        return tuple(files)

    def _write_new(self, connection: DuckDBPyConnection, staged: Sequence[Path], known: str) -> tuple[DataFile, ...]:
        """Write the first row of every key that is not known; 128-bit keys and the places of other rows are in memory.

        A place is the row's number, counted through the files of the batch.
        """
        source = " union all by name ".join(
            f"select *, {number} * {_FILE_ROWS_MAX} + file_row_number as place "
            f"from {relation([path]).removesuffix(')')}, file_row_number = true)"
            for number, path in enumerate(staged)
        )
        run = connection.execute
        run(
            f"create or replace temp table repeated as select md5_number({self.key}) as id, min(place) as first_place "
            f"from ({source}) group by id having count(*) > 1"
        )
        run(
            f"create or replace temp table left_out as "
            f"with placed as (select md5_number({self.key}) as id, place from ({source})), "
            f"known as (select md5_number({self.key}) as id from ({known})) "
            "select place from placed semi join known using (id) union "
            "select place from placed join repeated using (id) where place <> first_place"
        )
        remaining = f"({source}) anti join left_out using (place)"
        return write_files(connection, self._contract(connection, staged, remaining), self.store.folder(self.name))

    def _contract(self, connection: DuckDBPyConnection, staged: Sequence[Path], rows: str) -> str:
        """The rows with those of the table's columns that the batch has."""
        held = columns_held(connection, staged)
        return contract({name: word for name, word in self.columns.items() if name in held}, rows)

    def _staged(
        self, connection: DuckDBPyConnection, batch: Path | Sequence[Path] | pa.RecordBatchReader
    ) -> tuple[list[Path], tuple[DataFile, ...]]:
        """The files of a batch, and those among them that are ours to delete: a stream is written down first."""
        if isinstance(batch, Path):
            return [batch], ()
        if isinstance(batch, Sequence):
            return list(batch), ()
        connection.register("arriving", batch)
        files = write_files(connection, contract(self.columns, "arriving"), self.scratch)
        connection.unregister("arriving")
        return [file.path for file in files], files


def _number(connection: DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
