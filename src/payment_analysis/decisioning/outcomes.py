"""What an outcome means for the route that carried it: whether it worked, what it teaches, whose fault a failure is.

Only what may be a fault on the provider's side counts against a provider. A technical answer in the issuer's name (91,
96) may be either's: it counts, and the watch leaves no route for the failures of one issuer alone. What else the
issuer answers teaches how this issuer treats this route; what lies with cardholder, merchant, authentication or fraud
control says nothing about a route.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from payment_analysis.domain.decline_reasons import StandardReason
from payment_analysis.domain.declines import Fault, classify

if TYPE_CHECKING:
    from datetime import date

    from payment_analysis.domain.attempt import CardNetwork
    from payment_analysis.domain.countries import Region


class Outcome(StrEnum):
    """How a decision went."""

    APPROVED = "approved"
    DECLINED = "declined"
    TIMEOUT = "timeout"
    ERROR = "error"


class Lesson(NamedTuple):
    """What a route learns from an outcome; None where it says nothing."""

    fault: Fault | None
    carried: bool | None  # the provider brought an answer (True) or failed to (False)
    approved: bool | None  # the issuer's answer, where it is about more than the cardholder


FINAL: Final = frozenset({Outcome.APPROVED, Outcome.DECLINED, Outcome.ERROR})
_SAYS_NOTHING: Final = frozenset({Fault.CARDHOLDER, Fault.MERCHANT, Fault.AUTHENTICATION, Fault.FRAUD_CONTROL})


def lesson_of(
    outcome: Outcome,
    code: str | None,
    reason: str | None,
    *,
    network: CardNetwork | None,
    region: Region,
    on: date,
) -> Lesson:
    """Read an outcome; a time-out or an error without a code is the provider's."""
    if outcome is Outcome.APPROVED:
        return Lesson(None, carried=True, approved=True)
    if outcome in {Outcome.TIMEOUT, Outcome.ERROR} and not (code or reason):
        return Lesson(Fault.GATEWAY, carried=False, approved=None)
    told = classify(network, code, None, region, on, reason)
    fault = told.fault
    if fault is Fault.GATEWAY or told.standard is StandardReason.ISSUER_TECHNICAL:
        return Lesson(fault, carried=False, approved=None)
    if outcome in {Outcome.TIMEOUT, Outcome.ERROR}:
        return Lesson(fault, carried=None, approved=None)
    return Lesson(fault, carried=True, approved=None if fault in _SAYS_NOTHING else False)


def may_follow(before: Outcome | None, now: Outcome) -> bool:
    """Whether an outcome may come after another: an unknown one is resolved, a refusal may still turn out approved."""
    if before is None or before is Outcome.TIMEOUT:
        return True
    return before is not now and before is not Outcome.APPROVED
