"""Rates with their uncertainty, and ranges of money: the number types of the report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import add
from statistics import NormalDist
from typing import TYPE_CHECKING

from payment_analysis.domain.metrics import TRIALS_MIN, Z_95, newcombe, wilson
from payment_analysis.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Proportion:
    """Successes of trials with the Wilson interval; without trials there is no rate."""

    successes: int
    trials: int
    rate: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, successes: int, trials: int, z: float = Z_95) -> Proportion:
        assert 0 <= successes <= trials, (successes, trials)
        if trials == 0:
            return cls(0, 0, None, None, None)
        low, high = wilson(successes, trials, z)
        return cls(successes, trials, successes / trials, low, high)

    @property
    def is_small(self) -> bool:
        return self.trials < TRIALS_MIN


@dataclass(frozen=True, slots=True)
class Difference:
    """One rate minus another, with Newcombe's interval."""

    difference: float
    low: float
    high: float

    @property
    def is_proven(self) -> bool:
        """The interval excludes zero."""
        return self.low > 0 or self.high < 0


def difference(one: Proportion, other: Proportion, z: float = Z_95) -> Difference | None:
    """One rate minus another; without trials on a side there is none."""
    if one.rate is None or other.rate is None:
        return None
    low, high = newcombe(one.successes, one.trials, other.successes, other.trials, z)
    return Difference(one.rate - other.rate, low, high)


def z_for(comparisons: int) -> float:
    """Find the normal quantile that keeps 95 % over several comparisons at once (Bonferroni)."""
    assert comparisons >= 1
    return NormalDist().inv_cdf(1 - 0.05 / (2 * comparisons))


@dataclass(frozen=True, slots=True)
class Stratum:
    """One cell of a standardisation: its weight in the reference population and what one group did in it."""

    weight: float
    successes: int
    trials: int


def standardised(strata: Sequence[Stratum]) -> tuple[float, float, float] | None:
    """Directly standardised rate with a Wilson interval on the effective sample size.

    The variance inside a cell uses (k + ½) / (n + 1), so a cell without failures does not claim certainty.
    """
    total = sum(cell.weight for cell in strata)
    if not strata or total <= 0:
        return None
    rate = variance = 0.0
    for cell in strata:
        assert cell.trials > 0
        share = cell.weight / total
        rate += share * cell.successes / cell.trials
        smooth = (cell.successes + 0.5) / (cell.trials + 1)
        variance += share**2 * smooth * (1 - smooth) / cell.trials
    smooth = min(max(rate, 0.5 / sum(c.trials for c in strata)), 1 - 0.5 / sum(c.trials for c in strata))
    effective = smooth * (1 - smooth) / variance
    half = Z_95 * math.sqrt(rate * (1 - rate) / effective + Z_95**2 / (4 * effective**2)) / (1 + Z_95**2 / effective)
    centre = (rate + Z_95**2 / (2 * effective)) / (1 + Z_95**2 / effective)
    return rate, max(0.0, centre - half), min(1.0, centre + half)


def scaled(money: Money, factor: float) -> Money:
    """Money times a ratio, to the nearest minor unit."""
    return Money(round(money.amount_minor * factor), money.currency)


def total(amounts: Iterable[Money | None]) -> Money | None:
    """Add up what is known; null when nothing is (no exchange rate anywhere)."""
    known = [amount for amount in amounts if amount is not None]
    return reduce(add, known) if known else None


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """What may be won: the low and high end by a stated method, and the expected value when the data gives one."""

    expected: Money | None
    low: Money
    high: Money

    @classmethod
    def of(cls, value: Money, low: float, expected: float | None, high: float) -> MoneyRange:
        """Take the low, expected and high share of a value."""
        return cls(None if expected is None else scaled(value, expected), scaled(value, low), scaled(value, high))

    def __add__(self, other: MoneyRange) -> MoneyRange:
        return MoneyRange(total([self.expected, other.expected]), self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> MoneyRange:
        expected = None if self.expected is None else scaled(self.expected, factor)
        return MoneyRange(expected, scaled(self.low, factor), scaled(self.high, factor))


def total_range(ranges: Iterable[MoneyRange | None]) -> MoneyRange | None:
    known = [item for item in ranges if item is not None]
    return reduce(add, known) if known else None
