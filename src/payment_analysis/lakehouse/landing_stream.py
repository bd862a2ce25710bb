"""Landing for a writer that stays: many small batches, each one commit, and no event twice.

What is known is kept in memory as 64-bit hashes of the keys, and follows what other writers commit. A batch that
repeats none of them is written as it is; one that may repeat some goes the exact way that files go. A batch is known
by its name: after a crash the writer hands out the same batches again, and those that were committed add nothing.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from random import SystemRandom
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import committing, fits_arrow, relation, write_arrow, write_files
from payment_analysis.lakehouse.landing import COMMITTED, Appended
from payment_analysis.lakehouse.schema import contract
from payment_analysis.lakehouse.stream.head import Head
from payment_analysis.lakehouse.stream.index import Index, distinct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.landing import Landing
    from payment_analysis.lakehouse.stream.index import Array

MEMORY_MB: Final = 600
TRIES_MAX: Final = 60  # two writers on a busy machine lost a race five times running
PAUSE_SECONDS_MAX: Final = 0.1
DICE: Final = SystemRandom()  # two writers do not meet again


class LandingStream:
    """An open writer of one landing table."""

    def __init__(self, landing: Landing) -> None:
        self._landing = landing
        self._held = ExitStack()

    def __enter__(self) -> Self:
        snapshot = self._landing.ensure()
        self._connection = self._held.enter_context(duck.worker(self._landing.scratch, memory_mb=MEMORY_MB))
        self._connection.execute("set threads = 1")
        self._known = Index()
        self._head = Head(self._landing.store, snapshot)
        self._learn(snapshot.paths)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def append(self, rows: pa.Table, *, batch_id: str) -> Appended:
        """Add the rows whose key is not in the table yet."""
        for _ in range(TRIES_MAX):
            try:
                return self._append(rows, batch_id)
            except Conflict:
                time.sleep(DICE.uniform(0, PAUSE_SECONDS_MAX))
        return self._append(rows, batch_id)

    def _append(self, rows: pa.Table, batch_id: str) -> Appended:
        self._learn([file.path for grown in self._head.advance() for file in grown.files])
        if self._head.position(f"ingest:{batch_id}") is not None:
            return Appended(added=0, already_known=rows.num_rows)
        keys = self._hashed("arriving", rows.select([self._landing.key]))
        if len(distinct(keys)) < len(keys) or self._known.knows(keys).any():
            return self._landing.append(rows.to_reader(), batch_id=batch_id)
        files = self._written(rows)
        with committing(files):
            self._head.commit(files, positions={f"ingest:{batch_id}": COMMITTED})
        self._known.know(keys)
        return Appended(added=rows.num_rows, already_known=0)

    def _written(self, rows: pa.Table) -> tuple[DataFile, ...]:
        folder, columns = self._landing.store.folder(self._landing.name), self._landing.columns
        if fits_arrow(rows.schema, columns):
            return write_arrow(rows, folder)
        with duck.shown(self._connection, "arriving", rows):
            held = {column: word for column, word in columns.items() if column in rows.schema.names}
            return write_files(self._connection, contract(held, "arriving"), folder)

    def _learn(self, paths: Sequence[Path]) -> None:
        """Know the keys of data files."""
        if paths:
            self._known.know(distinct(self._hashes(relation(paths))))

    def _hashed(self, name: str, keys: pa.Table) -> Array:
        with duck.shown(self._connection, name, keys):
            return self._hashes(name)

    def _hashes(self, rows: str) -> Array:
        found = self._connection.execute(f"select hash({self._landing.key}) as h from {rows}").fetchnumpy()
        return np.asarray(found["h"])
