"""Maintenance: few files instead of many, a checkpoint, and no file that nobody needs. Bounded, and never in the way.

A reader keeps the files of its snapshot for an hour after they were replaced; a writer that changed the same files in
the meantime wins, and the work is done another time.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import (
    CLUSTER_COLUMN,
    FILE_BYTES_TARGET,
    blank_columns,
    discard,
    rows_of,
    write_files,
)
from payment_analysis.lakehouse.halt import Halt
from payment_analysis.lakehouse.schema import delta_columns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot

SMALL_FILE_BYTES: Final = FILE_BYTES_TARGET // 4
SMALL_FILES_MAX: Final = 16  # a scan of 3,000 small files takes 1.8 s, of one large file 0.1 s; of 16 one sees nothing
ALL_SMALL_FILES_MAX: Final = 40  # over all tiers
COMPACTED_BYTES_MAX: Final = FILE_BYTES_TARGET // 2  # per table and run, some seconds: little and often
COMMITS_PER_CHECKPOINT: Final = 50
COMMITS_PER_VACUUM: Final = 1_000  # of a stream: every file of its last hour is looked at
VACUUM_SECONDS: Final = 600.0  # a table with rarer checkpoints is cleaned with each
RETENTION_HOURS: Final = 1
MEMORY_MB: Final = 600


@dataclass(frozen=True, slots=True)
class Maintained:
    """What was done to one table."""

    table: str
    files_compacted: int
    files_deleted: int


def maintain(
    store: DeltaStore,
    scratch: Path,
    names: Iterable[str],
    *,
    well: dict[str, int] | None = None,
    halt: Halt | None = None,
) -> tuple[Maintained, ...]:
    """Look after the tables that need it; the versions of those that are `well` are noted, so that none is asked twice.

    A `halt` ends it, and interrupts what is being written.

    Opening a table takes 12 ms, and most of them never change while a stream writes to four.
    """
    done = []
    seen, halt = {} if well is None else well, halt or Halt()
    for name in names:
        if halt.is_set():
            break
        version = store.version(name)
        if version is None or seen.get(name) == version:
            continue
        snapshot = store.snapshot(name)
        compacted = _compact(store, scratch, snapshot, halt)
        deleted = _tidy_log(store, name)
        if compacted or deleted:
            done.append(Maintained(name, compacted, deleted))
        else:
            seen[name] = version
    return tuple(done)


def _compact(store: DeltaStore, scratch: Path, snapshot: Snapshot, halt: Halt) -> int:
    """Write small files together, in order of event time; the rows stay the same, so nobody reads them as new."""
    chosen = _small_files(snapshot)
    if not chosen:
        return 0
    columns = delta_columns(snapshot.table.schema())
    in_order = f" order by {CLUSTER_COLUMN}" if all(file.earliest for file in chosen) else ""
    with duck.worker(scratch, memory_mb=MEMORY_MB, threads=1) as connection, halt.over(connection):
        blank = blank_columns(connection, (file.path for file in chosen), columns)
        filled = {name: word for name, word in columns.items() if name not in blank}
        listed = rows_of((file.path for file in chosen), filled)
        written = write_files(connection, f"{listed}{in_order}", store.folder(snapshot.name))
    assert sum(file.rows for file in written) == sum(file.rows for file in chosen), "compaction keeps every row"
    try:
        store.commit(snapshot, written, remove=[file.path for file in chosen], data_change=False)
    except Conflict:
        discard(written)
        return 0
    return len(chosen)


def _small_files(snapshot: Snapshot) -> list[DataFile]:
    """The files of the lowest tier that has too many; a row is written again once per tier, not with every batch."""
    tiers: dict[int, list[DataFile]] = {}
    for file in snapshot.files:
        if file.size_bytes < SMALL_FILE_BYTES:
            tiers.setdefault(_tier(file.size_bytes), []).append(file)
    for tier in sorted(tiers):
        if len(tiers[tier]) > SMALL_FILES_MAX:
            return _within(tiers[tier])
    small = [file for files in tiers.values() for file in files]
    return _within(small) if len(small) > ALL_SMALL_FILES_MAX else []


def _tier(size_bytes: int) -> int:
    """0 below 256 KB, 1 below 4 MB, 2 below 64 MB."""
    return max(0, (size_bytes.bit_length() - 15) // 4)


def _within(files: list[DataFile]) -> list[DataFile]:
    chosen: list[DataFile] = []
    size_bytes = 0
    for file in sorted(files, key=lambda file: file.size_bytes):
        size_bytes += file.size_bytes
        if size_bytes > COMPACTED_BYTES_MAX:
            break
        chosen.append(file)
    return chosen


def _tidy_log(store: DeltaStore, name: str) -> int:
    """Checkpoint a long log, drop what it covers, delete files that no version within the retention names."""
    checkpoint, made_at = _checkpoint(store.folder(name) / "_delta_log" / "_last_checkpoint")
    version = store.version(name)
    assert version is not None, "the table exists"
    if version - checkpoint < COMMITS_PER_CHECKPOINT:
        return 0
    table = store.snapshot(name).table
    table.create_checkpoint()
    table.cleanup_metadata()
    is_busy = time.time() - made_at < VACUUM_SECONDS
    if is_busy and version // COMMITS_PER_VACUUM == checkpoint // COMMITS_PER_VACUUM:
        return 0
    deleted = table.vacuum(retention_hours=RETENTION_HOURS, dry_run=False, enforce_retention_duration=False, full=True)
    return len(deleted)


def _checkpoint(hint: Path) -> tuple[int, float]:
    """The version of the newest checkpoint and when it was made; zeros when there is none."""
    try:
        return int(json.loads(hint.read_text(encoding="utf-8"))["version"]), hint.stat().st_mtime
    except (FileNotFoundError, ValueError):
        return 0, 0.0
