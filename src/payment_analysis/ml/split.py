"""Earlier attempts teach, later ones examine; a payment is never on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from payment_analysis.ml.arrays import Array, codes, microseconds, strings, vocabulary

if TYPE_CHECKING:
    from datetime import datetime

TRAIN_UNTIL, CALIBRATE_UNTIL = 0.67, 0.77  # of the span; four days of calibration drifted with the days of the month


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of three windows in order of time."""

    train: Array
    calibrate: Array
    test: Array
    train_until_us: int
    test_from_us: int


def payment_codes(attempts: pa.Table) -> Array:
    """A number for each payment; an attempt without a payment is one by itself."""
    words = strings(attempts, "payment_id")
    code = codes(words, vocabulary(words))
    alone = np.flatnonzero(code < 0)
    code = code.astype(np.int64)
    code[alone] = len(code) + alone
    return code


def split_by_time(
    attempts: pa.Table, train_until: float = TRAIN_UNTIL, calibrate_until: float = CALIBRATE_UNTIL
) -> Split:
    """Cut the span of the attempts, which are in order of time, in three."""
    at_us = microseconds(attempts, "event_timestamp")
    begin, end = int(at_us[0]), int(at_us[-1]) + 1
    return cut(attempts, begin + int((end - begin) * train_until), begin + int((end - begin) * calibrate_until), end)


def cut(attempts: pa.Table, train_until_us: int, test_from_us: int, end_us: int) -> Split:
    """Three windows; a payment that began before a window is not in it."""
    at_us = microseconds(attempts, "event_timestamp")
    _, first_row, which = np.unique(payment_codes(attempts), return_index=True, return_inverse=True)
    began = at_us[first_row][which]
    return Split(
        train=np.flatnonzero(at_us < train_until_us),
        calibrate=np.flatnonzero((began >= train_until_us) & (at_us < test_from_us)),
        test=np.flatnonzero((began >= test_from_us) & (at_us < end_us)),
        train_until_us=train_until_us,
        test_from_us=test_from_us,
    )


def instant(us: int) -> datetime:
    """An instant for people."""
    return pa.scalar(us, pa.timestamp("us", tz="UTC")).as_py()  # type: ignore[no-any-return] # pyarrow has no types
