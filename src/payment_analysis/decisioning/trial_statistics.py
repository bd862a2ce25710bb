"""What an experiment shows: intervals that hold at every look, the sample-ratio check, guardrails, subjects needed.

An always-valid interval (Robbins' normal mixture; Johari, Pekelis, Walsh 2015) covers the truth at all looks together,
so a result may be read every day. It is wider than the usual interval, by about a half where the experiment was planned
to end. `effect_min` tunes where it is narrowest, not whether it is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, erfc, exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHA: Final = 0.05
POWER: Final = 0.80
SUBJECTS_MIN: Final = 100  # per side; the normal approximation of fewer does not hold at every look
RATIO_ALARM: Final = 1e-3  # p below it: the split is not the one that was planned


@dataclass(frozen=True, slots=True)
class Sample:
    """One number per subject of one variant, by its sums."""

    subjects: int
    total: float
    squares: float

    @classmethod
    def of_share(cls, subjects: int, hits: int) -> Sample:
        """Subjects that did or did not."""
        return cls(subjects, hits, hits)

    @property
    def mean(self) -> float | None:
        return self.total / self.subjects if self.subjects else None

    @property
    def variance(self) -> float:
        """Of one subject; one imagined hit and miss keep a share of 0 or 1 from being certain."""
        if self.total == self.squares:  # a share
            share = (self.total + 1) / (self.subjects + 2)
            return share * (1 - share)
        return max(self.squares / self.subjects - (self.total / self.subjects) ** 2, 0.0)


@dataclass(frozen=True, slots=True)
class Lift:
    """How much more a variant has of something than the control; `low` and `high` hold at every look."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def lift(treated: Sample, control: Sample, effect_min: float, alpha: float = ALPHA) -> Lift | None:
    """The difference of the means; None before both sides have enough subjects to say anything."""
    assert effect_min > 0
    if min(treated.subjects, control.subjects) < SUBJECTS_MIN:
        return None
    error = treated.variance / treated.subjects + control.variance / control.subjects
    value = treated.total / treated.subjects - control.total / control.subjects
    half = always_valid_half_width(error, effect_min, alpha)
    return Lift(value, value - half, value + half)


def always_valid_half_width(error: float, effect_min: float, alpha: float = ALPHA) -> float:
    """Half the width of the interval for an estimate whose squared standard error is `error`."""
    prior = effect_min**2
    grown = (error + prior) / error if error else 1.0
    return sqrt(2 * error * (error + prior) / prior * (log(1 / alpha) + log(grown) / 2)) if error else 0.0


def ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """How likely a split at least this far from the planned shares is by chance (chi-square)."""
    total = sum(counts)
    if not total:
        return 1.0
    distance = sum((count - total * share) ** 2 / (total * share) for count, share in zip(counts, shares, strict=True))
    return chi_square_tail(distance, len(counts) - 1)


def chi_square_tail(distance: float, freedom: int) -> float:
    """The chance that a chi-square variable of so many degrees of freedom exceeds the distance."""
    half = distance / 2
    tail = erfc(sqrt(half)) if freedom % 2 else exp(-half)
    power = 0.5 if freedom % 2 else 1.0
    while power < freedom / 2:
        tail += exp(power * log(half) - half - lgamma(power + 1)) if half else 0.0
        power += 1
    return min(tail, 1.0)


class Guard(StrEnum):
    """What a guardrail says."""

    FINE = "fine"
    BREACHED = "breached"
    OPEN = "open"  # too little is known to say either


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Something that must not get worse by more than `slack`; more of it is worse."""

    name: str
    slack: float
    unit: str
    meaning: str


GUARDRAILS: Final = (
    Guardrail("fraud", 0.001, "share of subjects", "Subjects with a payment reported as fraud."),
    Guardrail("latency", 50.0, "ms", "Average answer time of the payment service."),
    Guardrail("scheme_fees", 0.05, "currency per subject", "Networks' fees, reporting currency."),
)


def guard(guardrail: Guardrail, found: Lift | None) -> Guard:
    """Breached when even the lower end is above the slack, fine when even the upper end is within it."""
    if found is None:
        return Guard.OPEN
    if found.low > guardrail.slack:
        return Guard.BREACHED
    return Guard.FINE if found.high <= guardrail.slack else Guard.OPEN


@dataclass(frozen=True, slots=True)
class Plan:
    """How many subjects an experiment needs."""

    per_variant: tuple[int, ...]
    total: int
    days: float | None


def plan(
    base: float,
    effect: float,
    shares: Sequence[float],
    *,
    per_day: float | None = None,
    alpha: float = ALPHA,
    power: float = POWER,
) -> Plan:
    """Subjects for a difference of shares: the control against the smallest variant, at a fixed end.

    Looking every day costs about half as many again before the always-valid interval excludes zero.
    """
    assert 0 < base < 1
    assert effect
    normal = NormalDist()
    z = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    control, smallest = shares[0], min(shares[1:])
    total = z**2 * base * (1 - base) * (1 / control + 1 / smallest) / effect**2
    per_variant = tuple(ceil(total * share) for share in shares)
    return Plan(per_variant, sum(per_variant), None if not per_day else sum(per_variant) / per_day)
