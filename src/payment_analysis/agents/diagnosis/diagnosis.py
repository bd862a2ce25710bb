"""The diagnosis of a change: its parts, its causes, and what the data does not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.agents.diagnosis.absorbed import Absorbed, CauseClass, kind_of
from payment_analysis.agents.diagnosis.expectation import expectation_of
from payment_analysis.agents.diagnosis.gaps import gaps_of
from payment_analysis.agents.diagnosis.greedy import Moved, causes, is_extraordinary
from payment_analysis.agents.diagnosis.limits import cannot_tell
from payment_analysis.agents.diagnosis.mix import Split, split
from payment_analysis.agents.diagnosis.onset import instant, stretch_of
from payment_analysis.agents.diagnosis.scan import Cell, Residuals, Scored

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.agents.diagnosis.attempts import Attempts
    from payment_analysis.agents.diagnosis.gaps import Gap

EVERYWHERE: Final = Cell((), ())
SHIFT_MIN: Final = 0.003  # of the rate: less, shared by all or made by the mix, is no news
BASIS: Final = (
    "what the reference period approved, smoothed over dimensions (additive log-odds of {attempts:,} attempts)"
)
DAY_US: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that moved the rate."""

    cause: CauseClass
    where: dict[str, str]  # dimension to value; empty is everywhere
    effect: float  # on the whole rate, 0..1
    low: float  # 95 % interval of the effect
    high: float
    p_adjusted: float
    attempts: int
    missing: float  # approvals below (+) or above (-) what was expected
    value: float  # of the missing approvals, in the reporting currency
    value_per_day: float
    certainty: float  # share of the extra answers that speak for the class
    surge: float
    absorbed: tuple[Absorbed, ...]
    start: datetime | None
    end: datetime | None
    lasts: bool
    began_before: bool
    alike: tuple[dict[str, str], ...]  # places the data cannot tell from it


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why the rate moved between a reference and a period."""

    start: datetime
    end: datetime
    reference_start: datetime
    reference_end: datetime
    attempts: int
    reference_attempts: int
    split: Split
    causes: tuple[Cause, ...]
    gaps: tuple[Gap, ...]
    unexplained: float  # of the rate part, after all causes
    basis: str
    cannot_tell: tuple[str, ...]


def diagnose(now: Attempts, before: Attempts) -> Diagnosis:
    """Explain the change from one set of attempts to another."""
    expected = expectation_of(before)
    here, there = Residuals(now, expected(now)), Residuals(before, expected(before))
    parts = split(here, there)
    direction = -1.0 if parts.rate < 0 else 1.0
    found = causes(here, there, direction)
    told = [_cause(one, here, there) for one in found]
    told += _shared(here, there, found)
    rate_effects = sum(one.effect for one in told)
    told += _of_mix(parts)
    gaps = gaps_of(now, before)
    return Diagnosis(
        start=instant(now.at_us.min()),
        end=instant(now.at_us.max()),
        reference_start=instant(before.at_us.min()),
        reference_end=instant(before.at_us.max()),
        attempts=round(len(now) * now.weight),
        reference_attempts=round(len(before) * before.weight),
        split=parts,
        causes=tuple(sorted(told, key=lambda one: -abs(one.effect))),
        gaps=gaps,
        unexplained=parts.rate - rate_effects,
        basis=BASIS.format(attempts=len(before)),
        cannot_tell=cannot_tell(now, before, told, gaps),
    )


def _cause(moved: Moved, now: Residuals, before: Residuals) -> Cause:
    kind = kind_of(moved, now.attempts, before.attempts)
    when = stretch_of(moved, now, before)
    whole, weight = len(now.attempts), now.attempts.weight
    effect = moved.scored.moved / whole
    error = 1.96 * float(np.sqrt(now.variance[moved.inside].sum())) / whole
    value = -moved.scored.moved * weight * float(now.attempts.value[moved.inside].mean())
    days = (int(np.ptp(now.attempts.at_us)) + 1) / DAY_US
    return Cause(
        cause=kind.cause,
        where=moved.cell.values(now.attempts),
        effect=effect,
        low=effect - error,
        high=effect + error,
        p_adjusted=moved.scored.p_adjusted,
        attempts=round(moved.inside.sum() * weight),
        missing=-moved.scored.moved * weight,
        value=value,
        value_per_day=value / days,
        certainty=kind.certainty,
        surge=kind.surge,
        absorbed=kind.absorbed,
        start=when.start,
        end=when.end,
        lasts=when.lasts,
        began_before=when.began_before,
        alike=tuple(cell.values(now.attempts) for cell in moved.alike),
    )


def _shared(now: Residuals, before: Residuals, found: list[Moved]) -> list[Cause]:
    """What is left moved everywhere alike, if that is more than it does anyway."""
    left = np.ones(len(now.attempts), dtype=bool)
    left_before = np.ones(len(before.attempts), dtype=bool)
    for one in found:
        left &= ~one.inside
        left_before &= ~one.earlier
    if not left.any() or not left_before.any():
        return []
    rest = Residuals(now.attempts.part(np.flatnonzero(left)), now.expected[left])
    earlier = Residuals(before.attempts.part(np.flatnonzero(left_before)), before.expected[left_before])
    moved = float(rest.missing.sum())
    if abs(moved) / len(now.attempts) < SHIFT_MIN:
        return []
    whole = Scored(EVERYWHERE, int(left.sum()), moved, 0.0, 0.0)
    if not is_extraordinary(rest, earlier, whole):
        return []
    return [_cause(Moved(whole, left, left_before, ()), now, before)]


def _of_mix(parts: Split) -> list[Cause]:
    """The mix as a cause of its own: other payments came, and nobody treated them worse."""
    if abs(parts.mix) < SHIFT_MIN or not parts.moves:
        return []
    leading = parts.moves[0]
    return [
        Cause(
            cause=CauseClass.MIX_SHIFT,
            where={leading.dimension: leading.value},
            effect=parts.mix,
            low=parts.mix,
            high=parts.mix,
            p_adjusted=0.0,
            attempts=0,
            missing=0.0,
            value=0.0,
            value_per_day=0.0,
            certainty=min(1.0, abs(leading.effect / parts.mix)),
            surge=leading.share_now / max(leading.share_before, 1e-9),
            absorbed=(),
            start=None,
            end=None,
            lasts=False,
            began_before=False,
            alike=(),
        )
    ]
