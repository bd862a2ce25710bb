"""What a diagnosis cannot tell, said plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.agents.diagnosis.absorbed import CauseClass
from payment_analysis.agents.diagnosis.attempts import DIMENSIONS, NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.diagnosis.attempts import Attempts
    from payment_analysis.agents.diagnosis.diagnosis import Cause
    from payment_analysis.agents.diagnosis.gaps import Gap

FEW: Final = 2_000  # attempts of a period, in which a drop of half a point cannot be told from chance
REFERENCE_PERIODS_MIN: Final = 6
UNCERTAIN: Final = 0.6


def cannot_tell(now: Attempts, before: Attempts, causes: Sequence[Cause], gaps: Sequence[Gap]) -> tuple[str, ...]:
    """Every limit that holds here."""
    told = []
    if (share := smallest_visible(now)) is not None:
        told.append(f"Causes that cost less than about {100 * share:.1f} percentage points are below what chance does.")
    if len(now) < FEW:
        told.append(f"The period has {len(now):,} attempts: only large drops show.")
    if np.ptp(before.at_us) < REFERENCE_PERIODS_MIN * np.ptp(now.at_us):
        told.append("The reference is short, so how much a part moves in ordinary times is not known.")
    missing = [name for name in DIMENSIONS if (words := now.columns[name].words) == (NONE,) or len(words) < 2]
    if missing:
        told.append(f"The data does not tell attempts apart by {', '.join(missing)}: a cause there stays hidden.")
    told += [_alike(cause) for cause in causes if cause.alike]
    if any(cause.cause is CauseClass.UNCLEAR or cause.certainty < UNCERTAIN for cause in causes):
        told.append("Issuers often answer with a code that hides the reason, so the class of a cause may be wrong.")
    if any(cause.cause is CauseClass.RULE_CHANGE for cause in causes):
        told.append("Whose rule changed can only be said by who keeps it: attempts show the answers, not the rules.")
    if now.weight > 1 or before.weight > 1:
        told.append("Counts are scaled up from a sample of the attempts.")
    if gaps:
        told.append("Some of the change may be the data and not the payments: see what is missing in it.")
    return tuple(told)


def smallest_visible(now: Attempts) -> float | None:
    """About the smallest effect on the rate that a cell of a tenth of the attempts shows against chance."""
    if not len(now):
        return None
    rate = float(now.approved.mean())
    return 5.0 * float(np.sqrt(0.1 * rate * (1 - rate) / len(now)))


def _alike(cause: Cause) -> str:
    here = " and ".join(cause.where.values()) or "everywhere"
    others = "; or ".join(" and ".join(place.values()) for place in cause.alike)
    return f"{here} cannot be told from {others}: they are nearly the same attempts."
