"""A change of decision configuration as the rule that does the same, so that it is replayed like one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.decisioning.actions import ActionKind, AuthenticationPath, RuleAction
from payment_analysis.decisioning.fields import Decision
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

# The path below and above each threshold of the vendor's score.
_THRESHOLDS: Final[Mapping[str, tuple[AuthenticationPath, AuthenticationPath]]] = {
    "risk_threshold_medium": (AuthenticationPath.NONE, AuthenticationPath.FRICTIONLESS),
    "risk_threshold_high": (AuthenticationPath.FRICTIONLESS, AuthenticationPath.CHALLENGE),
}
# Only stricter values can be replayed: the log knows no attempt that was never made.
_STRICTER: Final[Mapping[str, tuple[ActionKind, str]]] = {
    "retry_max_attempts_control": (ActionKind.CAP_ATTEMPTS, ""),
    "retry_max_attempts_treatment": (ActionKind.CAP_ATTEMPTS, ""),
    "retry_backoff_recurring_control": (ActionKind.RETRY_AFTER, "is_recurring"),
    "retry_backoff_recurring_treatment": (ActionKind.RETRY_AFTER, "is_recurring"),
    "retry_backoff_transient": (ActionKind.RETRY_AFTER, "decline_reason_standard = 'ISSUER_TECHNICAL'"),
    "retry_backoff_soft_treatment": (ActionKind.RETRY_AFTER, "is_retryable"),
}
REPLAYED: Final = (*_THRESHOLDS, *_STRICTER)


def rule_like(key: str, current: float, proposed: float) -> tuple[Decision, str, RuleAction]:
    """Decision, condition and action of the rule that changes what the new value changes; raises `BadInput`."""
    if current == proposed:
        raise BadInput(f"{key} is {current:g} already", hint="propose another value")
    if key in _THRESHOLDS:
        below, above = _THRESHOLDS[key]
        if not (0 <= current <= 1 and 0 <= proposed <= 1):
            raise BadInput(f"{key} is a ratio, and not {proposed:g}", hint="give a number from 0 to 1")
        low, high = sorted((current, proposed))
        path = below if proposed > current else above
        condition = f"fraud_score >= {low:.6f} AND fraud_score < {high:.6f}"
        return Decision.AUTHENTICATION, condition, RuleAction(ActionKind.FORCE_PATH, str(path))
    if key not in _STRICTER:
        raise BadInput(f"{key} cannot be replayed over stored attempts", hint=f"one of {', '.join(REPLAYED)}")
    kind, condition = _STRICTER[key]
    is_stricter = proposed < current if kind is ActionKind.CAP_ATTEMPTS else proposed > current
    if not is_stricter or proposed < 1 or proposed != int(proposed):
        raise BadInput(
            f"{key} from {current:g} to {proposed:g} makes attempts that nobody made yet: the log cannot tell",
            hint="run an experiment",
        )
    return Decision.RETRY, condition, RuleAction(kind, int(proposed))
