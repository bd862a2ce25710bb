"""The door of this room: a file in; out come two Parquet files, what may land and what may not."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from payment_analysis.domain.errors import BadFile, BadInput
from payment_analysis.domain.quarantine import mask
from payment_analysis.ingest.engine import engine
from payment_analysis.ingest.format import FORMATS, open_source
from payment_analysis.ingest.mapping import load_mapping
from payment_analysis.ingest.plan import literal
from payment_analysis.ingest.projection import (
    Origin,
    accepted_rows,
    content_hashes,
    rejected_rows,
    times_without_offset,
    unknown_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.ingest.engine import Engine
    from payment_analysis.ingest.format import Source
    from payment_analysis.ingest.mapping import Mapping

CLOCK_SKEW = timedelta(days=1)  # how far ahead of us a source's clock or time zone may be


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word of a closed set that is not known here; the field is null in these rows."""

    field: str
    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of one file. The two Parquet files are complete and may be landed as they are."""

    accepted: Path
    rejected: Path
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    by_reason: dict[str, int]
    file_digest: str
    batch_id: str  # equal for equal bytes read in the same way
    unknown: tuple[Unknown, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Request:
    path: Path
    format: str
    mapping: Mapping | None
    now: datetime


def read_file(
    path: Path,
    format: str,  # noqa: A002 - the word of the command line
    mapping: str | Path | None,
    stage: Path,
    progress: Callable[[float], None] | None = None,
    *,
    now: datetime | None = None,
) -> Staged:
    """Read a file into the folder `stage`.

    A row that is wrong is in `rejected` with its reason. A file that is wrong raises `BadFile`, a mapping that is
    wrong `BadMapping`, and then nothing is left in `stage`. `progress` is told the share done, 0 to 1.
    """
    if format not in FORMATS:
        raise BadInput(f"format {format!r} is unknown", hint=f"one of: {', '.join(FORMATS)}")
    if mapping is not None and format != "csv":
        raise BadInput(f"format {format} takes no mapping", hint="use format csv with a mapping")
    checked = load_mapping(mapping) if format == "csv" else None
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    stage.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=stage, prefix=".reading-") as scratch:
        work = Path(scratch)
        with engine(work, progress or (lambda _: None)) as opened:
            return _stage(opened, _Request(Path(path), format, checked, moment), work, stage)


def _stage(engine: Engine, request: _Request, work: Path, stage: Path) -> Staged:
    path, name, mapping, now = request.path, request.format, request.mapping, request.now
    latest = (now + CLOCK_SKEW).isoformat()
    engine.run(f"set variable latest_time = timestamptz {literal(latest)}", share=0)
    source = open_source(engine, path, name, mapping, work)
    origin = Origin(name, mask(path.name), source.digest, now.isoformat())
    batch_id = hashlib.sha256(f"{name}\n{mapping.text if mapping else ''}\n{source.digest}".encode()).hexdigest()
    accepted, rejected = work / "accepted.parquet", work / "rejected.parquet"
    try:
        rows_accepted = _write(engine, source, origin, accepted, rejected)
        all_fit = rows_accepted == source.raw.rows
        unknown = _unknown(engine, source, all_fit=all_fit)
        warnings = (*source.plan.warnings, *_naive_times(engine, source, all_fit=all_fit))
    except duckdb.InvalidInputException as error:
        what = str(error).splitlines()[0]
        raise BadFile(f"{path} is damaged: {what}", hint="copy or export the file again") from error
    by_reason = {
        str(reason): int(str(rows))
        for reason, rows in engine.rows(
            f"select reason, count(*) from {_parquet(rejected)} group by reason order by count(*) desc, reason"
        )
    }
    rows_rejected = sum(by_reason.values())
    assert rows_accepted + rows_rejected == source.raw.rows, (rows_accepted, rows_rejected, source.raw.rows)
    engine.reached(1.0)
    return Staged(
        accepted=accepted.replace(stage / f"{batch_id}.accepted.parquet"),
        rejected=rejected.replace(stage / f"{batch_id}.rejected.parquet"),
        rows_read=source.raw.rows,
        rows_accepted=rows_accepted,
        rows_rejected=rows_rejected,
        by_reason=by_reason,
        file_digest=source.digest,
        batch_id=batch_id,
        unknown=unknown,
        warnings=warnings,
    )


def _write(engine: Engine, source: Source, origin: Origin, accepted: Path, rejected: Path) -> int:
    """Write both files; the rows are looked at a second time only when some were not accepted."""
    plan, raw = source.plan, source.raw
    repeated = None if "transaction_id" in plan.given else _number_repeated_rows(engine, source)
    engine.copy(accepted_rows(plan, raw, origin, repeated), accepted, share=0.6)
    rows_accepted = engine.number(f"select count(*) from {_parquet(accepted)}")
    some_are_missing = rows_accepted < raw.rows
    engine.copy(f"{rejected_rows(plan, raw, origin)}{'' if some_are_missing else ' limit 0'}", rejected, share=0.05)
    return rows_accepted


def _number_repeated_rows(engine: Engine, source: Source) -> str:
    """A table with the place of every row among the rows that are identical to it; single rows are not in it."""
    engine.run(f"create table hashes as {content_hashes(source.plan, source.raw)}", share=0.1)
    engine.run(
        "create table repeated as select _row, row_number() over (partition by hash order by _row) as occurrence "
        "from hashes semi join (select hash from hashes group by hash having count(*) > 1) using (hash)",
        share=0.05,
    )
    return "repeated"


def _unknown(engine: Engine, source: Source, *, all_fit: bool) -> tuple[Unknown, ...]:
    sql = unknown_words(source.plan, source.raw, all_fit=all_fit)
    return tuple(Unknown(str(f), str(v), int(str(n))) for f, v, n in engine.rows(sql)) if sql else ()


def _naive_times(engine: Engine, source: Source, *, all_fit: bool) -> tuple[str, ...]:
    sql = times_without_offset(source.plan, source.raw, all_fit=all_fit)
    rows = engine.number(sql) if sql else 0
    return (f"{rows} values of event_timestamp say no offset and are read as UTC",) if rows else ()


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"
