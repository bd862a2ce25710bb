"""How a rule and an experiment come into force and leave it: their states, and the steps between them."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping


class RuleStatus(StrEnum):
    """Where a rule stands; a shadow rule is asked and written down, and changes nothing."""

    DRAFT = "draft"
    SHADOW = "shadow"
    ACTIVE = "active"
    RETIRED = "retired"


class ExperimentStatus(StrEnum):
    """Where an experiment stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class ProposalKind(StrEnum):
    """What a proposed change is about; `proposed_value` is JSON for all but the first."""

    DECISION_CONFIG = "decision_config"  # target_key: the key; proposed_value: its text
    DECLINE_CODE = "decline_code"  # target_key: the code; label, category, default_backoff_seconds, max_attempts
    ROUTE_PERFORMANCE = "route_performance"  # target_key: the route; approval_rate_pct, avg_latency_ms, cost_score
    RULE = "rule"  # target_key: a name; the body of POST /api/rules
    EXPERIMENT = "experiment"  # target_key: a name; the body of POST /api/experiments


_R, _E = RuleStatus, ExperimentStatus
RULE_STEPS: Final[Mapping[RuleStatus, frozenset[RuleStatus]]] = MappingProxyType(
    {
        _R.DRAFT: frozenset({_R.SHADOW, _R.ACTIVE, _R.RETIRED}),
        _R.SHADOW: frozenset({_R.DRAFT, _R.ACTIVE, _R.RETIRED}),
        _R.ACTIVE: frozenset({_R.SHADOW, _R.RETIRED}),
        _R.RETIRED: frozenset({_R.DRAFT}),
    }
)
EXPERIMENT_STEPS: Final[Mapping[ExperimentStatus, frozenset[ExperimentStatus]]] = MappingProxyType(
    {
        _E.DRAFT: frozenset({_E.RUNNING, _E.STOPPED}),
        _E.RUNNING: frozenset({_E.PAUSED, _E.STOPPED}),
        _E.PAUSED: frozenset({_E.RUNNING, _E.STOPPED}),
        _E.STOPPED: frozenset(),
    }
)


def step_rule(now: RuleStatus, wanted: RuleStatus) -> None:
    """Raise `Conflict` unless a rule may go from one state to the other."""
    if wanted not in RULE_STEPS[now]:
        raise Conflict(f"The rule is {now}; it cannot become {wanted}.", hint=_possible(RULE_STEPS[now]))


def step_experiment(now: ExperimentStatus, wanted: ExperimentStatus) -> None:
    """Raise `Conflict` unless an experiment may go from one state to the other."""
    if wanted not in EXPERIMENT_STEPS[now]:
        raise Conflict(f"The experiment is {now}; it cannot become {wanted}.", hint=_possible(EXPERIMENT_STEPS[now]))


def _possible(steps: frozenset[RuleStatus] | frozenset[ExperimentStatus]) -> str:
    return f"it can become {', '.join(sorted(steps))}" if steps else "this state is its last; make a new one"
