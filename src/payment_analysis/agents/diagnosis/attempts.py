"""Attempts of two periods as arrays: one code per value of a dimension, the same codes in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.ml.arrays import microseconds, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.ml.arrays import Array

# What a cause may be narrowed down to; a cell is up to three of them at once.
DIMENSIONS: Final = (
    "issuer",
    "issuer_country",
    "psp",
    "card_network",
    "geo_country",
    "merchant_segment",
    "merchant_id",
    "payment_solution",
    "entry_system",
)
# What payments differ by besides: never a cause, always part of the mix.
COVARIATES: Final = ("is_retry", "is_recurring", "payment_method_type", "amount_bucket", "event_hour")
ANSWER: Final = ("declined_by_resolved", "decline_reason_detail", "result")
COLUMNS: Final = (*DIMENSIONS, *COVARIATES, *ANSWER, "event_timestamp", "reporting_amount")
VALUES_MAX: Final = 400  # of a dimension: the most frequent ones; the rest are one value, `(other)`
OTHER, NONE = "(other)", "(none)"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words as codes into its words."""

    codes: Array
    words: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Attempts:
    """Attempts, each an approval or not; unanswered ones are not approved."""

    columns: Mapping[str, Coded]
    answers: Coded  # who declined and why, `approved`, or the result when nobody answered
    approved: Array
    at_us: Array
    value: Array  # in the reporting currency, 0 when it has no rate
    weight: float = 1.0  # attempts each row stands for

    def __len__(self) -> int:
        return len(self.approved)

    def part(self, rows: Array) -> Attempts:
        """Some of the attempts."""
        return Attempts(
            {name: Coded(column.codes[rows], column.words) for name, column in self.columns.items()},
            Coded(self.answers.codes[rows], self.answers.words),
            self.approved[rows],
            self.at_us[rows],
            self.value[rows],
            self.weight,
        )


def attempts_of(table: pa.Table) -> Attempts:
    """Encode a table with COLUMNS, one row per sale."""
    approved = np.asarray(pc.equal(table["result"], "approved").combine_chunks().to_numpy(zero_copy_only=False), float)
    return Attempts(
        columns={name: _coded(table[name]) for name in (*DIMENSIONS, *COVARIATES)},
        answers=_answers(table),
        approved=approved,
        at_us=microseconds(table, "event_timestamp"),
        value=np.nan_to_num(numbers(table, "reporting_amount")),
    )


def _answers(table: pa.Table) -> Coded:
    reason = pc.binary_join_element_wise(
        pc.fill_null(table["declined_by_resolved"].cast(pa.string()), "unknown"),
        pc.fill_null(table["decline_reason_detail"].cast(pa.string()), "unknown"),
        ":",
    )
    is_declined = pc.equal(table["result"].cast(pa.string()), "declined")
    return _coded(pc.if_else(is_declined, reason, table["result"].cast(pa.string())), limit=10_000)


def _coded(column: pa.ChunkedArray, limit: int = VALUES_MAX) -> Coded:
    words = column.combine_chunks()
    if pa.types.is_dictionary(words.type):
        words = words.cast(words.type.value_type)
    encoded = pc.fill_null(words.cast(pa.string()), NONE).dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int32)
    names = tuple(encoded.dictionary.to_pylist())
    if len(names) <= limit:
        return Coded(codes, names)
    order = np.argsort(-np.bincount(codes, minlength=len(names)), kind="stable")
    place = np.full(len(names), limit - 1, dtype=np.int32)
    place[order[: limit - 1]] = np.arange(limit - 1, dtype=np.int32)
    return Coded(place[codes], (*(names[index] for index in order[: limit - 1]), OTHER))


def joint(columns: Sequence[Coded]) -> tuple[Array, int]:
    """One code per combination of values, and how many there may be."""
    code, size = columns[0].codes.astype(np.int64), columns[0].size
    for column in columns[1:]:
        code, size = code * column.size + column.codes, size * column.size
    return code, size
