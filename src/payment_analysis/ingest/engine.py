"""DuckDB with bounded memory, and a progress that can be watched."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from payment_analysis.domain.quarantine import holds_card_number
from payment_analysis.ingest.plan import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MEMORY_MB = 400  # of the goal of 1 GB in all; Python with its libraries needs about 150
THREADS = 2
# 79 columns, most of them null in most files: small row groups stay in the cache, and a dictionary of thousands of
# words is not worth building. Together a fifth less processor time than the defaults.
_PARQUET = "format parquet, compression snappy, row_group_size 40960, dictionary_size_limit 4096"
_PROGRESS_SECONDS = 0.1


class Engine:
    """One connection with its scratch space, for one file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, progress: Callable[[float], None]) -> None:
        self.connection = connection
        self._progress = progress
        self._done = 0.0

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.connection.execute(sql).fetchall()

    def number(self, sql: str) -> int:
        return int(str(self.rows(sql)[0][0]))

    def run(self, sql: str, *, share: float) -> None:
        """Run a long statement that is this share of the whole work."""
        finished = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(finished, share), daemon=True)
        watcher.start()
        try:
            self.connection.execute(sql)
        finally:
            finished.set()
            watcher.join()
        self.reached(self._done + share)

    def copy(self, select: str, target: Path, *, share: float, ordered: bool = False) -> None:
        """Write the rows of a SELECT as one Parquet file."""
        self.connection.execute(f"set preserve_insertion_order = {str(ordered).lower()}")
        self.run(f"copy ({select}) to {literal(str(target))} ({_PARQUET})", share=share)

    def reached(self, share: float) -> None:
        self._done = min(share, 1.0)
        self._progress(self._done)

    def _watch(self, finished: threading.Event, share: float) -> None:
        while not finished.wait(_PROGRESS_SECONDS):
            percent = self.connection.query_progress()
            if percent > 0:
                self._progress(min(self._done + share * percent / 100, 1.0))


@contextmanager
def engine(work: Path, progress: Callable[[float], None]) -> Iterator[Engine]:
    """Open an engine whose spilled data lives, and dies, with the folder."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": THREADS,
        "temp_directory": str(work / "spill"),
    }
    with duckdb.connect(str(work / "scratch.duckdb"), config=settings) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = true")
        connection.execute("set enable_progress_bar_print = false")
        connection.create_function("holds_card_number", holds_card_number, ["varchar"], "boolean")
        yield Engine(connection, progress)
