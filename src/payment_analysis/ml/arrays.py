"""Numpy arrays out of Arrow columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]
MILLISECOND_US = 1_000


def column(rows: pa.Table, name: str) -> pa.Array | None:
    """One column in one piece, or nothing when there is no such column or nobody filled it."""
    if name not in rows.column_names:
        return None
    values = rows[name].combine_chunks()
    return None if values.null_count == len(values) else values


def numbers(rows: pa.Table, name: str) -> Array:
    """Real numbers; a missing value is nan."""
    values = column(rows, name)
    if values is None:
        return np.full(rows.num_rows, np.nan)
    return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False))


def strings(rows: pa.Table, name: str) -> pa.Array:
    """Words; a missing column is all null."""
    values = column(rows, name)
    if values is None:
        return pa.nulls(rows.num_rows, pa.string())
    return values.cast(pa.string())


def codes(words: pa.Array, vocabulary: pa.Array) -> Array:
    """Positions in a vocabulary; -1 for a word that is missing or unknown."""
    return np.asarray(pc.fill_null(pc.index_in(words, value_set=vocabulary), -1).to_numpy(zero_copy_only=False))


def microseconds(rows: pa.Table, name: str) -> Array:
    """Instants in microseconds since 1970, UTC; a missing one is the smallest integer."""
    values = column(rows, name)
    if values is None:
        return np.full(rows.num_rows, np.iinfo(np.int64).min)
    instants = values.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    return np.asarray(pc.fill_null(instants, np.iinfo(np.int64).min).to_numpy(zero_copy_only=False))


def is_known(instants: Array) -> Array:
    return np.asarray(instants != np.iinfo(np.int64).min)


def vocabulary(words: pa.Array, rows_min: int = 1) -> pa.Array:
    """The distinct words that occur often enough, in alphabetical order."""
    counted = pc.value_counts(words.drop_null())
    often = counted.filter(pc.greater_equal(counted.field("counts"), rows_min)).field("values")
    return often.take(pc.array_sort_indices(often))


def joined(rows: pa.Table, names: Sequence[str]) -> pa.Array:
    """Words of several columns as one key; null where one of them is missing."""
    return pc.binary_join_element_wise(*(strings(rows, name) for name in names), "|")
