"""A history on disk: what the platform may read, and the truth in a folder of its own.

<folder>/events/part-00000.parquet       the landing table's rows
<folder>/decisions/part-00000.parquet    what the logging policies chose, with propensities
<folder>/merchants.parquet               rows of merchants_dim_bronze
<folder>/truth/attempts/part-00000.parquet
<folder>/truth/planted_incidents.parquet
<folder>/leftover/{events,decisions,truth}.parquet   decided, but after the end: a stream continues with it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from payment_analysis.simulate.batch import Batch
from payment_analysis.simulate.incidents import incident_rows
from payment_analysis.simulate.truth import ATTEMPTS, INCIDENTS, TRUTH

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.simulate.world import History, World

ROWS_PER_FILE = 250_000  # files of about 15 MB, each a narrow span of time
COMPRESSION = "zstd"
EVENTS, DECISIONS, MERCHANTS, LEFTOVER = "events", "decisions", "merchants.parquet", "leftover"


@dataclass(frozen=True, slots=True)
class Written:
    """What a history left on disk."""

    events: list[Path]
    decisions: list[Path]
    merchants: Path
    truth: Path
    attempts: int
    rows: int


def true_fraud_share(written: Written) -> float:
    """The share of attempts that truly were fraud, 0..1: one number about the world, told when it is made."""
    marks = [
        pq.read_table(path, columns=["is_fraud"])["is_fraud"] for path in sorted(written.truth.glob("*/*.parquet"))
    ]
    return float(sum(pc.sum(mark).as_py() or 0 for mark in marks) / max(1, sum(len(mark) for mark in marks)))


def write_history(world: World, history: History, folder: Path) -> Written:
    """Write a history batch by batch; memory holds a file's rows at most."""
    events, decisions = _Parts(folder / EVENTS), _Parts(folder / DECISIONS)
    truth = _Parts(folder / TRUTH / ATTEMPTS)
    attempts = 0
    for batch in history:
        attempts += batch.attempts
        events.add(batch.events)
        decisions.add(batch.decisions)
        if batch.truth is not None:
            truth.add(batch.truth)
    for parts in (events, decisions, truth):
        parts.close()
    (folder / TRUTH).mkdir(parents=True, exist_ok=True)
    pq.write_table(incident_rows(history.incidents), folder / TRUTH / INCIDENTS)
    pq.write_table(world.merchants(), folder / MERCHANTS)
    if history.leftover is not None:
        write_leftover(history.leftover, folder / LEFTOVER)
    return Written(events.paths, decisions.paths, folder / MERCHANTS, folder / TRUTH, attempts, events.rows)


def write_leftover(leftover: Batch, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(leftover.events, folder / "events.parquet")
    pq.write_table(leftover.decisions, folder / "decisions.parquet")
    if leftover.truth is not None:
        pq.write_table(leftover.truth, folder / "truth.parquet")


def read_leftover(folder: Path) -> Batch | None:
    """What a history decided for the time after its end; nothing when there is no such folder."""
    if not (folder / "events.parquet").exists():
        return None
    truth = folder / "truth.parquet"
    return Batch(
        pq.read_table(folder / "events.parquet"),
        pq.read_table(folder / "decisions.parquet"),
        pq.read_table(truth) if truth.exists() else None,
    )


class _Parts:
    """Parquet files of a table that grows, a row group per batch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: pq.ParquetWriter | None = None
        self._in_file = 0
        self.paths: list[Path] = []
        self.rows = 0

    def add(self, rows: pa.Table) -> None:
        if self._writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.paths.append(self._folder / f"part-{len(self.paths):05d}.parquet")
            self._writer = pq.ParquetWriter(
                self.paths[-1], rows.schema, compression=COMPRESSION, use_dictionary=_repeating(rows.schema)
            )
        self._writer.write_table(rows)
        self._in_file += rows.num_rows
        self.rows += rows.num_rows
        if self._in_file >= ROWS_PER_FILE:
            self.close()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer, self._in_file = None, 0


_UNIQUE = frozenset({"transaction_id", "payment_id", "_event_key", "event_timestamp", "_ingested_at"})


def _repeating(schema: pa.Schema) -> list[str]:
    """Columns a dictionary makes smaller: all but names, instants and real numbers."""
    return [
        field.name
        for field in schema
        if field.name not in _UNIQUE and not pa.types.is_floating(field.type) and not pa.types.is_nested(field.type)
    ]
