"""Counts over windows of the past, per key: sorted once, asked with binary search.

What is known strictly before an instant is counted, nothing else. Training asks for a million instants at once and
serving for one; it is the same search over the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from payment_analysis.ml.arrays import Array, codes, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

SPAN_MS: Final = 1 << 42  # 139 years: instants of one key never meet those of the next


@dataclass(frozen=True, slots=True)
class Tally:
    """Facts of one kind of key, in order of key and of the moment they were known."""

    keys: pa.Array
    place: Array  # key * SPAN_MS + milliseconds, ascending
    sums: Mapping[str, Array]  # running totals, one longer than place
    values: Mapping[str, Array]  # of each fact, in the order of place

    @classmethod
    def of(
        cls,
        words: pa.Array,
        known_ms: Array,
        sums: Mapping[str, Array],
        values: Mapping[str, Array] | None = None,
        peaks: Mapping[str, Array] | None = None,
    ) -> Tally:
        """Facts that come in order of time; those without a key or a known moment are left out.

        A peak is the largest value so far of its key, nan before the first; it is asked for like any last value.
        """
        keys = vocabulary(words)
        code = codes(words, keys)
        there = np.flatnonzero((code >= 0) & (known_ms >= 0))
        place = code[there] * np.int64(SPAN_MS) + known_ms[there]
        order = there[np.argsort(place, kind="stable")]
        return cls(
            keys,
            np.sort(place, kind="stable"),
            {name: np.concatenate([[0.0], np.cumsum(fact[order])]) for name, fact in sums.items()},
            {name: value[order] for name, value in (values or {}).items()}
            | {name: _peak(code[order], value[order]) for name, value in (peaks or {}).items()},
        )

    def ask(self, words: pa.Array, at_ms: Array) -> Asked:
        """Look from these instants back at what was known of these keys."""
        code = codes(words, self.keys)
        start = np.maximum(code, 0) * np.int64(SPAN_MS)
        return Asked(self, code >= 0, start, at_ms, np.searchsorted(self.place, start + at_ms, side="left"))


@dataclass(frozen=True, slots=True)
class Asked:
    """Instants and keys somebody asks about."""

    tally: Tally
    known: Array
    start: Array
    at_ms: Array
    end: Array  # first fact that is too late

    def _begin(self, window_ms: int) -> Array:
        return np.asarray(
            np.searchsorted(self.tally.place, self.start + np.maximum(self.at_ms - window_ms, 0), side="left")
        )

    def count(self, window_ms: int) -> Array:
        """Facts of the window that ends just before the instant."""
        return np.where(self.known, self.end - self._begin(window_ms), 0).astype(np.float64)

    def sum(self, name: str, window_ms: int) -> Array:
        """Their total."""
        running = self.tally.sums[name]
        return np.where(self.known, running[self.end] - running[self._begin(window_ms)], 0.0)

    def last(self, name: str, missing: float = np.nan) -> Array:
        """The value of the newest fact before the instant."""
        values = self.tally.values[name]
        before = self.end - 1
        if not len(values):
            return np.full(len(self.end), missing)
        there = self.known & (before >= 0) & (self.tally.place[np.maximum(before, 0)] >= self.start)
        return np.where(there, values[np.maximum(before, 0)], missing)


def _peak(code: Array, value: Array) -> Array:
    """The running maximum of each key; nan is no value."""
    filled = pd.Series(np.where(np.isfinite(value), value, -np.inf))
    so_far = filled.groupby(code, sort=False).cummax().to_numpy()
    return np.where(np.isfinite(so_far), so_far, np.nan)
