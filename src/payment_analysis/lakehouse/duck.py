"""DuckDB connections: a worker that writes for one job and a reader that is kept and can do nothing but read.

Both speak UTC. A thread takes its own cursor and fetches its result to the end.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb

from payment_analysis.lakehouse.schema import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

BUILD_MEMORY_MB: Final = 2400  # a million attempts of 114 columns without spilling; `up` with them must fit in 4 GB
INTAKE_MEMORY_MB: Final = 400  # reading a file of any size stays below 1 GB for the whole process
READ_MEMORY_MB: Final = 1000
_HERE: Final = "looked_at"  # a view with nothing in it
CELLS_COUNTED: Final = "cells_counted"  # what partial aggregates call the sum of counts, which is zero over nothing


@contextmanager
def worker(scratch: Path, *, memory_mb: int, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one job: bounded memory, spilling into the scratch folder, row order not kept.

    With one thread all work is done by the thread that asks, at its priority.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    connection = _connect(scratch, memory_mb)
    try:
        if threads is not None:
            connection.execute(f"set threads = {threads}")
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set disabled_optimizers = 'build_side_probe_side'")
        yield connection
    finally:
        connection.close()


@contextmanager
def shown(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> Iterator[None]:
    """Let a name stand for an Arrow table for a while."""
    connection.register(name, rows)
    try:
        yield
    finally:
        connection.unregister(name)


def reader(folders: Sequence[Path], scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can open files below these folders and nothing else, whatever SQL reaches it."""
    scratch.mkdir(parents=True, exist_ok=True)
    connection = _connect(scratch, READ_MEMORY_MB)
    connection.execute(f"create macro {CELLS_COUNTED}(counts) as cast(coalesce(sum(counts), 0) as bigint)")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_directories = [{', '.join(literal(str(folder)) for folder in folders)}]",
        "parquet_metadata_cache = true",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    connection.execute(f"create view {_HERE} as select 1")
    return connection


def pinned(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A cursor for which every name stays what it is now: a transaction, begun by looking at the catalog."""
    cursor = connection.cursor()
    cursor.begin()
    cursor.execute(f"from {_HERE}").fetchall()
    return cursor


def _connect(scratch: Path, memory_mb: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"temp_directory": str(scratch), "memory_limit": f"{memory_mb}MB"})
    connection.execute("set global TimeZone = 'UTC'")  # of cursors, too: they take nothing else over
    return connection
