"""Whether an incident is over, by the attempts since: the counts behind the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.alert_rules import ALERT_RULES
from payment_analysis.domain.incidents import Counted, Judged, Recovery, judge_recovery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.backend.dependencies import Warehouse

RECENT: Final = timedelta(hours=1)  # what is judged: the last hour of data, from the incident on

# The share an alert watches, as counts of v_scope_health_5min: what is counted, among what.
COUNTS: Final[dict[str, tuple[str, str]]] = {
    "approval_rate_pct": ("approved", "authorizations"),
    "high_risk_pct": ("high_risk", "scored"),
    "slow_pct": ("slow", "timed"),
    "unanswered_pct": ("unanswered", "attempts"),
}
TRIALS_MIN: Final = {rule.alert_type: rule.trials_min for rule in ALERT_RULES}


@dataclass(frozen=True, slots=True)
class Measured:
    """A verdict and the figures it stands on; shares are 0..1."""

    judged: Judged
    since: datetime | None
    counted: Counted
    normal: float | None
    broken: float | None


def measure(warehouse: Warehouse, details: Mapping[str, Any], as_of: datetime | None) -> Measured:
    """Judge an incident by what its alert watched."""
    metric, broken_pct = details.get("metric_name"), details.get("current_value")
    usual = details.get("usual_value")
    normal_pct = usual if usual is not None else details.get("threshold_value")
    if metric not in COUNTS or as_of is None or broken_pct is None or normal_pct in {None, broken_pct}:
        reason = "no alert told which share broke, so nothing can be measured"
        return Measured(Judged(Recovery.TOO_LITTLE_DATA, reason), None, Counted(0, 0), None, None)
    since = max(datetime.fromisoformat(details["last_detected"]), as_of - RECENT)
    hits, trials = COUNTS[metric]
    (found,) = warehouse.rows(
        f"select coalesce(sum({hits}), 0) as hits, coalesce(sum({trials}), 0) as trials from v_scope_health_5min "
        "where scope_type = :scope_type and scope_value = :scope_value and window_start >= :since",
        {"scope_type": details["scope_type"], "scope_value": details["scope_value"], "since": since},
    )
    counted = Counted(int(found["hits"]), int(found["trials"]))
    normal, broken = float(normal_pct) / 100, float(broken_pct) / 100
    judged = judge_recovery(counted, normal=normal, broken=broken, trials_min=TRIALS_MIN[details["alert_type"]])
    return Measured(judged, since, counted, normal, broken)
