"""Takes a route that stopped working out of the traffic, and lets it back: change-point detection with a stated rate.

Each outcome is evidence for "down" against "up" (Page's cumulative sum of log-likelihood ratios). On a healthy route
the mean number of outcomes between two false alarms is at least exp(threshold) (Lorden 1971): with ours, one million.
A failure that may as well be the issuer's counts only when several issuers fail: one issuer's outage is no route's.
Down, a small share of decisions goes on as probes; their successes are summed the same way until the route returns.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, NamedTuple

USUAL_FAILURES: Final = 0.01  # of a healthy route, at most
OUTAGE_FAILURES: Final = 0.30  # what is looked for; more is found sooner
FALSE_ALARM_OUTCOMES: Final = 1_000_000
RETURN_ODDS: Final = 100.0  # to one, that it works again
STILL_DOWN_FAILURES: Final = 0.50
ISSUERS_MIN: Final = 3

LEAVE_AT: Final = math.log(FALSE_ALARM_OUTCOMES)
RETURN_AT: Final = math.log(RETURN_ODDS)
_FAILED: Final = math.log(OUTAGE_FAILURES / USUAL_FAILURES)
_CARRIED: Final = math.log((1.0 - OUTAGE_FAILURES) / (1.0 - USUAL_FAILURES))
_PROBE_CARRIED: Final = math.log((1.0 - USUAL_FAILURES) / (1.0 - STILL_DOWN_FAILURES))
_PROBE_FAILED: Final = math.log(USUAL_FAILURES / STILL_DOWN_FAILURES)


class Standing(StrEnum):
    """Whether a route takes part."""

    UP = "up"
    DOWN = "down"


class Step(StrEnum):
    """What happened to a route."""

    LEFT = "left"
    RETURNED = "returned"


class Watched(NamedTuple):
    """What the watch knows of a route; evidence is against its standing."""

    standing: Standing = Standing.UP
    evidence: float = 0.0
    issuers: frozenset[str] = frozenset()
    failures: int = 0
    outcomes: int = 0
    since_s: float = 0.0  # of the outcome that began the evidence


class Event(NamedTuple):
    """A step of one route, with the figures it rests on."""

    route: str
    step: Step
    at_s: float
    began_s: float
    failures: int
    outcomes: int

    @property
    def words(self) -> str:
        if self.step is Step.LEFT:
            return (
                f"{self.route} failed to carry {self.failures} of {self.outcomes} attempts and is left; a small share "
                "of payments watches for its return"
            )
        return f"{self.route} carried {self.outcomes - self.failures} of its last {self.outcomes} probes and is back"


NEW: Final = Watched()


def heard(
    route: str, watched: Watched, *, carried: bool, issuer: str | None, at_s: float
) -> tuple[Watched, Event | None]:
    """One more outcome of a route."""
    if watched.standing is Standing.UP:
        return _while_up(route, watched, carried=carried, issuer=issuer, at_s=at_s)
    return _while_down(route, watched, carried=carried, at_s=at_s)


def _while_up(
    route: str, watched: Watched, *, carried: bool, issuer: str | None, at_s: float
) -> tuple[Watched, Event | None]:
    if carried and watched.evidence == 0.0:
        return watched, None
    begins = watched.evidence == 0.0
    evidence = watched.evidence + (_CARRIED if carried else _FAILED)
    if evidence <= 0.0:
        return NEW, None
    now = Watched(
        Standing.UP,
        evidence,
        watched.issuers if carried else watched.issuers | {issuer or f"unknown {len(watched.issuers)}"},
        watched.failures + (not carried),
        watched.outcomes + 1,
        at_s if begins else watched.since_s,
    )
    if evidence < LEAVE_AT or len(now.issuers) < ISSUERS_MIN:
        return now, None
    event = Event(route, Step.LEFT, at_s, now.since_s, now.failures, now.outcomes)
    return Watched(Standing.DOWN, since_s=at_s), event


def _while_down(route: str, watched: Watched, *, carried: bool, at_s: float) -> tuple[Watched, Event | None]:
    evidence = max(0.0, watched.evidence + (_PROBE_CARRIED if carried else _PROBE_FAILED))
    if evidence == 0.0:
        return Watched(Standing.DOWN, since_s=watched.since_s), None
    now = watched._replace(evidence=evidence, failures=watched.failures + (not carried), outcomes=watched.outcomes + 1)
    if evidence < RETURN_AT:
        return now, None
    return NEW, Event(route, Step.RETURNED, at_s, watched.since_s, now.failures, now.outcomes)
