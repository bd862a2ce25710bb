"""Rows of silver on their way into it: written beside the work, committed in order.

While more waits, the files of a batch are written as the next one is worked out, and its commit comes before that
one's. Nothing is lost when that fails: silver's position stays behind bronze's, and the next start goes over the rows.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.data_file import committing, write_arrow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    import pyarrow as pa

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.stream.head import Head

PART_ROWS_MIN: Final = 25_000  # a batch of more is written by several threads, each a file of its own
THREADS: Final = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: int
    files: tuple[Future[tuple[DataFile, ...]], ...]
    positions: Mapping[str, int]


class Writing:
    """One batch at a time into one table."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._writers = ThreadPoolExecutor(THREADS, "silver")
        self._batch: _Batch | None = None
        self._visible = 0

    def begin(self, rows: pa.Table, positions: Mapping[str, int]) -> None:
        """Write a batch; the one before is committed first."""
        files = tuple(self._writers.submit(write_arrow, part, self._head.folder) for part in _parts(rows))
        self.complete()
        self._batch = _Batch(rows.num_rows, files, positions)

    def complete(self) -> None:
        """Commit the batch that is being written, when there is one."""
        batch, self._batch = self._batch, None
        if batch is None:
            return
        files = tuple(file for part in batch.files for file in part.result())
        with committing(files):
            self._head.commit(files, positions=batch.positions)
        self._visible += batch.rows

    def seen(self) -> int:
        """The rows that were committed since the last time this was asked."""
        visible, self._visible = self._visible, 0
        return visible

    def close(self) -> None:
        """Wait for what is being written."""
        self._writers.shutdown()


def _parts(rows: pa.Table) -> list[pa.Table]:
    """A batch in as many parts as threads write it: a large one in one for each processor."""
    size = max(PART_ROWS_MIN, -(-rows.num_rows // THREADS))
    return [rows.slice(start, size) for start in range(0, rows.num_rows, size)]
