"""Incidents: what broke, who acts, and whether it is over by what the data says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final


class Severity(StrEnum):
    """How bad an incident is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class IncidentStatus(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    MITIGATING = "mitigating"
    RESOLVED = "resolved"


class TaskStatus(StrEnum):
    """Where a remediation task stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class Recovery(StrEnum):
    """What the data says after an incident began."""

    RESOLVED = "resolved"
    IMPROVING = "improving"
    STILL_FAILING = "still_failing"
    TOO_LITTLE_DATA = "too_little_data"


# Severity of an alert (v_active_alerts) as severity of the incident it drafts.
SEVERITY_OF_ALERT: dict[str, Severity] = {"CRITICAL": Severity.HIGH, "HIGH": Severity.MEDIUM}

CLOSED_MIN: Final = 0.5  # of the gap to normal: less of it closed is not yet an improvement worth a word
Z: Final = 1.645  # one-sided 95 %: "over" and "better" are said only when chance is no explanation


@dataclass(frozen=True, slots=True)
class Counted:
    """A share by its counts."""

    hits: int
    trials: int

    @property
    def share(self) -> float | None:
        return self.hits / self.trials if self.trials else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its reason in words."""

    recovery: Recovery
    reason: str


def judge_recovery(since: Counted, *, normal: float, broken: float, trials_min: int) -> Judged:
    """Compare the share since the incident with the normal one and with the one that was measured when it broke.

    All shares are 0..1. Trouble lies on the side of normal on which `broken` lies.
    """
    assert normal != broken
    assert trials_min >= 1
    if since.share is None or since.trials < trials_min:
        return Judged(Recovery.TOO_LITTLE_DATA, f"{since.trials} attempts since, {trials_min} are needed to judge")
    gap = abs(broken - normal)
    side = 1 if broken > normal else -1
    excess = (since.share - normal) * side
    chance = Z * sqrt(max(normal * (1 - normal), 1e-6) / since.trials)
    closed = 1 - excess / gap
    words = f"{since.share:.1%} of {since.trials} attempts since, {normal:.1%} is normal, {broken:.1%} when it broke"
    if excess <= min(chance, gap * (1 - CLOSED_MIN)):
        return Judged(Recovery.RESOLVED, words)
    if closed >= CLOSED_MIN:
        return Judged(Recovery.IMPROVING, words)
    return Judged(Recovery.STILL_FAILING, words)
