"""The one definition of features: raw attempt columns in, numbers out; it is logged inside the model.

What a column means is learned when fitted (words seen, the usual amount of a currency), so serving sends raw attempts
and has nothing to encode.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.base import BaseEstimator, TransformerMixin

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.arrays import Array, codes, microseconds, numbers, strings, vocabulary
from payment_analysis.ml.columns import DOCUMENT_COLUMNS, FLAGS, NUMBERS, RAW, TIME, WORDS
from payment_analysis.ml.history import HISTORY_NUMBERS, HISTORY_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECOND_US: Final = 1_000_000
HOURS_WEEK: Final = 168
WORD_ROWS_MIN: Final = 20  # a word seen less often teaches nothing
AGAINST: Final = {  # what the amount is compared with: all in logarithms
    "previous": "card_previous_amount",
    "approved": "card_amount_approved_mean",
    "approved_max": "card_amount_approved_max",
    "refused_min": "card_amount_refused_min",
}
CLOCK: Final = ("hour", "weekday", "day_of_month")
AMOUNTS: Final = ("amount_log", "amount_over_usual", *(f"amount_over_{name}" for name in AGAINST))
INPUTS: Final = tuple(dict.fromkeys((*RAW, *HISTORY_NUMBERS, *HISTORY_WORDS)))


def table_of(attempts: Any) -> pa.Table:
    """Attempts as Arrow columns: an Arrow table, a data frame, or rows of the documents' six numbers."""
    if isinstance(attempts, pa.Table):
        return attempts
    if isinstance(attempts, pd.DataFrame):
        frame = attempts.rename(columns=dict(enumerate(DOCUMENT_COLUMNS)))
        return pa.Table.from_pandas(frame, preserve_index=False)
    rows = np.asarray(attempts, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != len(DOCUMENT_COLUMNS):
        raise BadInput(
            f"rows of shape {rows.shape} are no attempts",
            hint=f"give named columns, or rows of {len(DOCUMENT_COLUMNS)} numbers: {', '.join(DOCUMENT_COLUMNS)}",
        )
    return pa.table({name: rows[:, place] for place, name in enumerate(DOCUMENT_COLUMNS)})


class AttemptFeatures(TransformerMixin, BaseEstimator):
    """Numbers a model can split on; a missing column is missing, never zero."""

    def __init__(self, words: Sequence[str] = (*WORDS, *HISTORY_WORDS)) -> None:
        self.words = words

    @property
    def names(self) -> tuple[str, ...]:
        """What each column of the result is."""
        return (*NUMBERS, *AMOUNTS, *FLAGS, *CLOCK, *HISTORY_NUMBERS, *self.words)

    @property
    def word_places(self) -> list[int]:
        """Which of them are words: positions in a vocabulary without an order."""
        return list(range(len(self.names) - len(self.words), len(self.names)))

    def fit(self, attempts: Any, _labels: object = None) -> AttemptFeatures:
        """Learn the words and the usual amount of each currency."""
        rows = table_of(attempts)
        self.vocabulary_ = {name: vocabulary(strings(rows, name), WORD_ROWS_MIN) for name in self.words}
        amount = np.log1p(numbers(rows, "amount"))
        self.currencies_ = vocabulary(strings(rows, "currency"))
        currency = codes(strings(rows, "currency"), self.currencies_)
        medians = [np.nanmedian(amount[currency == code]) for code in range(len(self.currencies_))]
        self.usual_amount_log_ = np.array([*medians, np.nanmedian(amount)])  # the last is for an unknown currency
        return self

    def transform(self, attempts: Any) -> Array:
        """One row per attempt."""
        rows = table_of(attempts)
        made = [*(numbers(rows, name) for name in NUMBERS), *self._amounts(rows)]
        made += [*(numbers(rows, name) for name in FLAGS), *_clock(rows)]
        made += [numbers(rows, name) for name in HISTORY_NUMBERS]
        for name in self.words:
            made.append(_code(strings(rows, name), self.vocabulary_[name]))
        return np.column_stack(made)

    def row(self, attempt: Mapping[str, Any]) -> Array:
        """The same numbers for one attempt at once: a decision cannot wait for a table (see the test of equality)."""
        if not hasattr(self, "_places"):
            self._places = {
                name: dict(zip(words.to_pylist(), range(len(words)), strict=True)) for name, words in _all(self)
            }
        get = attempt.get
        made = [math.nan if (value := get(name)) is None else value for name in NUMBERS]
        amount = math.log1p(made[0]) if made else math.nan
        currency = self._places["currencies"].get(attempt.get("currency"), -1)
        made += [
            amount,
            amount - float(self.usual_amount_log_[currency]),
            *(math.nan if (value := get(name)) is None else amount - value for name in AGAINST.values()),
        ]
        made += [math.nan if (value := get(name)) is None else value for name in FLAGS]
        at = get(TIME)
        made += [math.nan] * len(CLOCK) if at is None else [float(at.hour), float(at.weekday()), float(at.day)]
        made += [math.nan if (value := get(name)) is None else value for name in HISTORY_NUMBERS]
        for name in self.words:
            word = get(name)
            if word is None:
                made.append(math.nan)
            else:
                places = self._places[name]
                made.append(places.get(word, len(places)))
        return np.array([made], dtype=np.float64)

    def __getstate__(self) -> dict[str, Any]:
        """What is looked up by word is made again where it is needed."""
        return {name: value for name, value in super().__getstate__().items() if name != "_places"}

    def _amounts(self, rows: pa.Table) -> list[Array]:
        amount = np.log1p(numbers(rows, "amount"))
        usual = self.usual_amount_log_[codes(strings(rows, "currency"), self.currencies_)]
        return [amount, amount - usual, *(amount - numbers(rows, name) for name in AGAINST.values())]


def _all(features: AttemptFeatures) -> list[tuple[str, pa.Array]]:
    return [*features.vocabulary_.items(), ("currencies", features.currencies_)]


def _code(words: pa.Array, known: pa.Array) -> Array:
    """A word never seen in training stands apart from a missing one."""
    code = codes(words, known).astype(np.float64)
    unknown = (code < 0) & np.asarray(pc.is_valid(words).to_numpy(zero_copy_only=False))
    return np.where(unknown, float(len(known)), np.where(code < 0, np.nan, code))


def _clock(rows: pa.Table) -> list[Array]:
    """Hour, weekday and day of the month, UTC."""
    if TIME not in rows.column_names or rows[TIME].null_count == rows.num_rows:
        return [np.full(rows.num_rows, np.nan)] * len(CLOCK)
    us = microseconds(rows, TIME)
    days = us.astype("datetime64[us]").astype("datetime64[D]")
    month_began = days.astype("datetime64[M]").astype("datetime64[D]")
    hour = (us // (3_600 * SECOND_US)) % 24
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    return [hour.astype(np.float64), weekday.astype(np.float64), (days - month_began).astype(np.int64) + 1.0]
