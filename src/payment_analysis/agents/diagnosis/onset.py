"""Since when: the stretch of time in which a cell did worst (or best), by a cumulated sum of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from payment_analysis.agents.diagnosis.greedy import Moved
    from payment_analysis.agents.diagnosis.scan import Residuals
    from payment_analysis.ml.arrays import Array

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LOOK_BACK: Final = 3  # lengths of the period before it: what began earlier is part of the reference
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the first to the last attempt that speaks for the change."""

    start: datetime
    end: datetime
    lasts: bool  # up to the newest attempt of the cell
    began_before: bool  # before the period that was asked about


def stretch_of(moved: Moved, now: Residuals, before: Residuals) -> Stretch:
    """When the cell moved."""
    at, approved, expected = _in_order(moved, now, before)
    first, last = 0, len(at) - 1
    odds = _odds(approved[-int(moved.inside.sum()) :], expected[-int(moved.inside.sum()) :])
    for _ in range(ROUNDS):
        first, last = _heaviest(_evidence(approved, expected, odds))
        odds = _odds(approved[first : last + 1], expected[first : last + 1])
    begins = int(now.attempts.at_us.min())
    return Stretch(
        start=instant(at[first]),
        end=instant(at[last]),
        lasts=bool(last >= len(at) - 1 - _tail(expected)),
        began_before=bool(at[first] < begins),
    )


def _in_order(moved: Moved, now: Residuals, before: Residuals) -> tuple[Array, Array, Array]:
    """The cell's attempts of the period and of a while before it, in order of time."""
    since = now.attempts.at_us.min() - LOOK_BACK * (int(np.ptp(now.attempts.at_us)) + 1)
    earlier = moved.earlier & (before.attempts.at_us >= since)
    parts = [(before, np.flatnonzero(earlier)), (now, np.flatnonzero(moved.inside))]
    at = np.concatenate([part.attempts.at_us[rows] for part, rows in parts])
    approved = np.concatenate([part.attempts.approved[rows] for part, rows in parts])
    expected = np.concatenate([part.expected[rows] for part, rows in parts])
    order = np.argsort(at, kind="stable")
    return at[order], approved[order], np.clip(expected[order], 0.01, 0.99)


def _odds(approved: Array, expected: Array) -> float:
    """By which factor the odds of approval changed, about; never exactly one."""
    seen, due = (approved.sum() + 0.5) / (len(approved) + 1), expected.mean()
    factor = float(seen / (1 - seen) * (1 - due) / due)
    return factor if abs(np.log(factor)) > 0.1 else (0.9 if factor < 1 else 1.1)


def _evidence(approved: Array, expected: Array, odds: float) -> Array:
    """Of each attempt: log-likelihood under changed odds over that under usual ones."""
    changed = expected * odds / (1 - expected + expected * odds)
    return np.asarray(approved * np.log(changed / expected) + (1 - approved) * np.log((1 - changed) / (1 - expected)))


def _heaviest(evidence: Array) -> tuple[int, int]:
    """First and last of the run whose sum is largest (Kadane)."""
    sums = np.concatenate([[0.0], np.cumsum(evidence)])
    least = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - least))
    return int(np.argmin(sums[: last + 1])), last


def _tail(expected: Array) -> int:
    """How many good attempts at the end are no sign of recovery yet: three declines' worth."""
    return max(3, round(3 / max(1e-3, 1 - float(expected.mean()))))


def instant(at_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=int(at_us))
