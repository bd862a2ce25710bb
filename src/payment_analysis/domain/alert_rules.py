"""Alert rules: which share is watched, what is too much, and how often an alert may be false.

Every rule watches a share of attempts in a window, within one scope (everything, one PSP, one issuer, …). `limit` holds
it against a fixed number, `usual` against the same hour of the same weekday in the four weeks before. Either way chance
alone must not cause an alert: the share has to leave the band that it leaves in `false_alarm_rate` of the windows when
nothing has changed. With a hundred scopes one rule judges about 30,000 windows a day, so a rate of one in a million is
one false alert in a month. The rate holds for weeks that differ by chance only: when they really differ, say by a
payday, that is news to a rule, and it says so.

The documents' limits (85 % approved, 20 risky attempts an hour) fired always or depended on volume. A limit that the
usual share breaks as well is silent, because `usual` then knows better.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_IN_A_MILLION: Final = 1e-6
ONE_IN_A_THOUSAND: Final = 1e-3  # beyond a limit that is itself far from what is usual


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule; percentages are of the share, and points of its difference where the basis is `usual`."""

    alert_type: str
    metric_name: str
    basis: Literal["limit", "usual"]
    direction: Literal["below", "above"]
    high_pct: float
    critical_pct: float
    trials_min: int  # fewer say nothing: the band of 30 attempts is 40 points wide at one in a million
    false_alarm_rate: float
    meaning: str

    @property
    def z(self) -> float:
        """How many standard errors from the middle the band ends, one-sided."""
        return NormalDist().inv_cdf(1 - self.false_alarm_rate)


ALERT_RULES: Final = (
    AlertRule(
        "LOW_APPROVAL_RATE",
        "approval_rate_pct",
        "limit",
        "below",
        high_pct=80,
        critical_pct=70,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_THOUSAND,
        meaning="Too few of the attempts that issuer or network answered are approved.",
    ),
    AlertRule(
        "APPROVAL_RATE_DROP",
        "approval_rate_pct",
        "usual",
        "below",
        high_pct=3,
        critical_pct=15,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_MILLION,
        meaning="Fewer are approved than in this hour of the week.",
    ),
    AlertRule(
        "HIGH_FRAUD_RATE",
        "high_risk_pct",
        "limit",
        "above",
        high_pct=10,
        critical_pct=20,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_THOUSAND,
        meaning="Too many of the scored attempts are in risk tier high.",
    ),
    AlertRule(
        "FRAUD_RATE_RISE",
        "high_risk_pct",
        "usual",
        "above",
        high_pct=2,
        critical_pct=10,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_MILLION,
        meaning="More are in risk tier high than in this hour of the week.",
    ),
    AlertRule(
        "HIGH_LATENCY",
        "slow_pct",
        "limit",
        "above",
        high_pct=50,
        critical_pct=80,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_THOUSAND,
        meaning="Most answers take longer than half a second: their median does.",
    ),
    AlertRule(
        "LATENCY_RISE",
        "slow_pct",
        "usual",
        "above",
        high_pct=10,
        critical_pct=40,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_MILLION,
        meaning="More answers take longer than half a second than in this hour of the week.",
    ),
    AlertRule(
        "HIGH_ERROR_RATE",
        "unanswered_pct",
        "limit",
        "above",
        high_pct=5,
        critical_pct=20,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_THOUSAND,
        meaning="Too many attempts get neither a yes nor a no: time-outs and failures.",
    ),
    AlertRule(
        "ERROR_RATE_RISE",
        "unanswered_pct",
        "usual",
        "above",
        high_pct=2,
        critical_pct=10,
        trials_min=30,
        false_alarm_rate=ONE_IN_A_MILLION,
        meaning="More attempts get neither a yes nor a no than in this hour of the week.",
    ),
)


def alert_rule_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `alert_thresholds`: one per rule."""
    for rule in ALERT_RULES:
        yield {
            "alert_type": rule.alert_type,
            "metric_name": rule.metric_name,
            "basis": rule.basis,
            "direction": rule.direction,
            "high_pct": float(rule.high_pct),
            "critical_pct": float(rule.critical_pct),
            "trials_min": rule.trials_min,
            "false_alarm_rate": rule.false_alarm_rate,
            "z": rule.z,
            "meaning": rule.meaning,
        }
