"""A batch of landing beside the engine: whole in Arrow, and for the engine only the columns that a definition names.

Two of three columns of silver are landing's own, row by row. Carried through the engine they cost 2 us a row of the 17
a row took; here they go round it, words in the dictionaries they were written with. The engine is given the row's
number in the place of one column that nothing names, and what it derives is put beside that row again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from payment_analysis.lakehouse.data_file import CLUSTER_COLUMN, arrow_type
from payment_analysis.lakehouse.schema import columns_of, duckdb_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from payment_analysis.lakehouse.schema import Columns
    from payment_analysis.lakehouse.stream.index import Array
    from payment_analysis.lakehouse.table import Table

ROW: Final = "_row"  # the number of a row in its batch
WORD_BYTES_MAX: Final = 4  # a row: a column of words that takes more is no dictionary, and would be made one


@dataclass(frozen=True, slots=True)
class Division:
    """Which columns of a batch the engine needs, and which of a table's columns it need not see."""

    named: Columns  # the batch's columns that the engine reads
    carried: tuple[str, ...]  # the table's columns that are the batch's own
    rider: str  # the column in whose place the number of the row passes the engine
    relation: str  # the batch as the definition reads it, over `batch`

    @property
    def around(self) -> frozenset[str]:
        """The columns of the table that the engine need not give."""
        return frozenset(self.carried) - {self.rider, CLUSTER_COLUMN}  # from whose time others are derived


def divide(parts: Iterable[Table], table: Table, columns: Columns, *, besides: Iterable[str]) -> Division:
    """Divide the columns of a batch: the engine gets those that these definitions or texts name."""
    words = set(re.findall(r"\w+", " ".join([*(part.sql for part in parts), *besides])))
    named = {name: word for name, word in columns.items() if name in words}
    rider = next(n for n, word in columns.items() if n in table.carried - named.keys() and word in ("int", "bigint"))
    blank = ", ".join(
        f"cast({ROW if name == rider else 'null'} as {duckdb_type(word)}) as {name}"
        for name, word in columns.items()
        if name not in named
    )
    carried = tuple(name for name in columns_of(table) if name in table.carried)
    return Division(named, carried, rider, f"select * exclude ({ROW}), {blank} from batch")


def read(paths: Sequence[Path], columns: Columns) -> pa.Table:
    """The rows of landing's files with all of these columns, null where a file lacks one."""
    metadata = [pq.read_metadata(path) for path in paths]
    worded = sorted(_words(max(metadata, key=lambda one: int(one.num_rows)), columns))
    tables = []
    for path, about in zip(paths, metadata, strict=True):
        held = set(about.schema.names)
        few = [name for name in worded if name in held]
        rows = pq.ParquetFile(path, metadata=about, read_dictionary=few).read(use_threads=False)
        tables.append(
            pa.table(
                {
                    name: _typed(rows[name], arrow_type(word))
                    if name in held
                    else pa.nulls(rows.num_rows, _stored(name, arrow_type(word), worded))
                    for name, word in columns.items()
                }
            )
        )
    return pa.concat_tables(tables).unify_dictionaries()


def plain(rows: pa.Table, columns: Columns) -> pa.Table:
    """These columns, with words spelt out."""
    return pa.table({name: _cast(rows[name], arrow_type(word)) for name, word in columns.items()})


def numbered(rows: pa.Table, columns: Columns) -> pa.Table:
    """These columns of a batch, with the number of each row in `_row`."""
    return plain(rows, columns).append_column(ROW, pa.array(np.arange(rows.num_rows, dtype=np.int32)))


def named_in(table: Table, columns: Columns) -> Columns:
    """The columns by which the checks of a table judge its rows, and name them."""
    words = set(re.findall(r"\w+", " ".join([*table.grain, *(check.predicate for check in table.checks)])))
    return {name: word for name, word in columns.items() if name in words}


def beside(landed: pa.Table, made: pa.Table, division: Division, columns: Columns) -> tuple[pa.Table, Array]:
    """What the engine made, in the order of the batch, with the columns that went round the engine; and row numbers."""
    rows = made[division.rider].to_numpy()
    order = np.argsort(rows)
    made = made.drop_columns([division.rider]).take(pa.array(order))
    if len(rows) < landed.num_rows:
        landed = landed.take(pa.array(rows[order]))
    given = set(made.schema.names)
    return pa.table({name: made[name] if name in given else landed[name] for name in columns}), rows[order]


def _words(file: pq.FileMetaData, columns: Columns) -> set[str]:
    """The columns of text that a file holds as numbers of few words."""
    if not file.num_row_groups:
        return set()
    group = file.row_group(0)
    chunks = (group.column(at) for at in range(group.num_columns))
    return {
        chunk.path_in_schema
        for chunk in chunks
        if columns.get(chunk.path_in_schema) == "string"
        and chunk.total_uncompressed_size <= WORD_BYTES_MAX * group.num_rows
    }


def _typed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if pa.types.is_dictionary(column.type) else _cast(column, kind)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)


def _stored(name: str, kind: pa.DataType, worded: Sequence[str]) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if name in worded else kind
