"""Data files: Parquet written by DuckDB into a table's folder, invisible until a commit names them.

DuckDB writes them and returns the counts and limits that the Delta log wants, so nothing is streamed through a second
engine. A file may lack columns of its table, which Delta allows: who reads it sees nulls there. ZSTD at level 1
without bloom filters takes 5.4 s of CPU for a million rows of silver; level 3, which makes the files 2 % larger here,
takes 8.1 s.
"""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from payment_analysis.domain.errors import NoRoom, PaymentAnalysisError
from payment_analysis.lakehouse.schema import delta_schema, duckdb_type, empty, literal, type_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.schema import Columns

FILE_BYTES_TARGET: Final = 128 * 1024**2
ROW_GROUP_ROWS: Final = 122_880  # DuckDB's own size; smaller groups prune better by time but scan slower
DICTIONARY_WORDS_MAX: Final = 10_000  # a column of more values is given up sooner than by DuckDB: 4 % of the writing
DICTIONARY_BYTES_MAX: Final = 16_384  # names, which do not repeat, are given up soon
CLUSTER_COLUMN: Final = "event_timestamp"
_NO_ROOM: Final = ("no space left", "file too large", "quota exceeded")  # how systems say that a disk is full
_KNOWN_MAX: Final = 10_000

_known: dict[Path, frozenset[str]] = {}  # the columns of files; a file never changes, and asking takes milliseconds


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file in a table's folder, with what the log says of it."""

    path: Path
    rows: int
    size_bytes: int
    earliest: datetime | None = None  # limits of event_timestamp, when the table has one
    latest: datetime | None = None


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Say it plainly when a disk is full; any other failure to write is left as it is."""
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        if not any(sign in str(error).lower() for sign in _NO_ROOM):
            raise
        raise NoRoom(
            f"there is no room to write into {folder}",
            hint="make room on that disk and run the command again; what is committed is whole",
        ) from error


def write_files(connection: DuckDBPyConnection, select: str, folder: Path) -> tuple[DataFile, ...]:
    """Write the rows of a SELECT as Parquet files of about the target size; no row, no file."""
    options = (
        "format parquet, compression zstd, compression_level 1, write_bloom_filter false, return_stats true, "
        "append true, filename_pattern 'part-{uuidv7}', "
        f"file_size_bytes {FILE_BYTES_TARGET}, row_group_size {ROW_GROUP_ROWS}, "
        f"dictionary_size_limit {DICTIONARY_WORDS_MAX}"
    )
    with room_in(folder):
        written = connection.execute(f"copy ({select}) to {literal(str(folder))} ({options})").fetchall()
    files = []
    for filename, rows, size_bytes, _, statistics, *_ in written:
        path = folder / os.path.basename(filename)  # noqa: PTH119 - DuckDB returns text
        if rows == 0:
            path.unlink()
            continue
        limits = statistics.get(f'"{CLUSTER_COLUMN}"') or {}
        files.append(DataFile(path, rows, size_bytes, _instant(limits.get("min")), _instant(limits.get("max"))))
    return tuple(files)


def write_arrow(rows: pa.Table, folder: Path) -> tuple[DataFile, ...]:
    """Write a batch of a stream as one file, for a third of what the engine takes: no blank column, few statistics.

    10,000 events of 76 columns take 14 ms of one processor, as many rows of silver 22. ZSTD would take 3 ms more and
    half the room; compaction gives it to them later.
    """
    if not rows.num_rows:
        return ()
    kept = rows.select([name for name in rows.schema.names if rows[name].null_count < rows.num_rows])
    words = [field.name for field in kept.schema if _is_text(field.type)]
    limits = [CLUSTER_COLUMN] if CLUSTER_COLUMN in kept.schema.names else False
    path = folder / f"part-{uuid.uuid4()}.parquet"
    with room_in(folder):
        pq.write_table(
            kept,
            path,
            row_group_size=ROW_GROUP_ROWS,
            compression="snappy",
            use_dictionary=words,
            dictionary_pagesize_limit=DICTIONARY_BYTES_MAX,
            write_statistics=limits,
            store_schema=False,
        )
    ends = pc.min_max(kept[CLUSTER_COLUMN]).as_py() if limits else {"min": None, "max": None}
    return (DataFile(path, rows.num_rows, path.stat().st_size, ends["min"], ends["max"]),)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(kind) or pa.types.is_string(kind))


def fits_arrow(schema: pa.Schema, columns: Columns) -> bool:
    """Whether every column is one of these and has its type; words may stand in dictionaries."""
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if field.name not in columns or kind != arrow_type(columns[field.name]):
            return False
    return True


@cache
def arrow_type(word: str) -> pa.DataType:
    """The Arrow type that stands for a type word in a Parquet file."""
    return pa.schema(delta_schema({"column": word}).to_arrow()).field("column").type


def adopt_file(connection: DuckDBPyConnection, source: Path, folder: Path, *, time: str | None) -> DataFile:
    """Take a finished Parquet file into a table's folder without rewriting it: a second name for the same bytes."""
    path = _second_name(source, folder)
    limits = f"min({time}), max({time})" if time == CLUSTER_COLUMN else "null, null"
    rows, earliest, latest = connection.execute(f"select count(*), {limits} from {relation([path])}").fetchall()[0]
    return DataFile(path, rows, path.stat().st_size, earliest, latest)


def adopt_files(files: Iterable[DataFile], folder: Path) -> tuple[DataFile, ...]:
    """Take data files of another table with the same columns into a table's folder."""
    return tuple(replace(file, path=_second_name(file.path, folder)) for file in files)


def _second_name(source: Path, folder: Path) -> Path:
    path = folder / f"part-{uuid.uuid4()}.parquet"
    os.utime(source)  # as old as now: vacuum deletes old files that no commit names, and this one is not named yet
    try:
        os.link(source, path)
    except OSError:  # another file system, or one without hard links
        with room_in(folder):
            shutil.copyfile(source, path)
    return path


def fits(connection: DuckDBPyConnection, path: Path, columns: Columns) -> bool:
    """Whether every column of a Parquet file is one of these and has its type; it need not have them all."""
    described = connection.execute(f"describe select * from {relation([path])}").fetchall()
    return all(columns.get(name) == type_word(kind) for name, kind, *_ in described)


def relation(paths: Iterable[Path]) -> str:
    """The rows of some data files, at least one, with the columns that any of them has, as a table expression."""
    listed = ", ".join(literal(str(path)) for path in paths)
    assert listed, "an empty table has no relation"
    return f"read_parquet([{listed}], union_by_name = true)"


def columns_held(connection: DuckDBPyConnection, paths: Iterable[Path]) -> frozenset[str]:
    """The columns that any of these files has."""
    wanted = tuple(paths)
    if len(_known) > _KNOWN_MAX:
        _known.clear()
    if unknown := [path for path in wanted if path not in _known]:
        listed = ", ".join(literal(str(path)) for path in unknown)
        found = connection.execute(
            f"select file_name, list(name) from parquet_schema([{listed}]) where type is not null group by file_name"
        ).fetchall()
        _known.update((Path(file), frozenset(names)) for file, names in found)
    return frozenset[str]().union(*(_known[path] for path in wanted))


def rows_of(paths: Iterable[Path], columns: Columns, *, count: int | None = None, filename: bool = False) -> str:
    """A SELECT of these columns over some data files, which may be none; a file without one of them has nulls there.

    Told the `count` of rows, the engine puts the smaller side of a join into memory; it does not count them itself.
    """
    files = tuple(paths)
    if not files:
        return empty({**columns, "filename": "string"} if filename else columns)
    listed = ", ".join(literal(str(path)) for path in files)
    wanted = ", ".join(
        f"{literal(name)}: {{name: {literal(name)}, type: {literal(duckdb_type(word))}, default_value: null}}"
        for name, word in columns.items()
    )
    named = ", filename = true" if filename else ""
    counted = f", explicit_cardinality = {count}" if count else ""
    return f"select * from read_parquet([{listed}], schema = map {{{wanted}}}{named}{counted})"


def blank_columns(connection: DuckDBPyConnection, paths: Iterable[Path], columns: Columns) -> frozenset[str]:
    """The columns of which the files' own statistics say that no row has a value; a column a file lacks is one."""
    listed = ", ".join(literal(str(path)) for path in paths)
    assert listed, "an empty table has no statistics"
    filled = connection.execute(
        "select distinct path_in_schema "  # a chunk without statistics may hold anything
        f"from parquet_metadata([{listed}]) where coalesce(stats_null_count < num_values, true)"
    ).fetchall()
    return frozenset(columns) - {name for (name,) in filled}


@contextmanager
def committing(files: Iterable[DataFile]) -> Iterator[None]:
    """Delete the files when their commit is refused.

    Only then: after any other interruption nobody knows whether the commit was made, and vacuum clears up what was not.
    """
    try:
        yield
    except PaymentAnalysisError:
        discard(files)
        raise


def discard(files: Iterable[DataFile]) -> None:
    """Delete files that no commit names."""
    for file in files:
        file.path.unlink(missing_ok=True)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
