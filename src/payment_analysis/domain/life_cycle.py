"""Life cycles: which states an attempt and a payment can be in, and every move between them, as tables.

An attempt lives past its authorisation: captured, refunded, charged back. Its *result* (domain/attempt.py) is what the
authorisation answered and never changes after approved, declined or error. A payment lives only through its attempts.
"""

from __future__ import annotations

from enum import StrEnum
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import AttemptResult
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class AttemptState(StrEnum):
    """Where an attempt stands."""

    CREATED = "created"  # known to us, not yet sent
    PENDING = "pending"  # sent; no answer yet, or the answer was lost (time-out)
    APPROVED = "approved"  # authorised: the amount is held, no money has moved
    DECLINED = "declined"  # somebody said no
    ERROR = "error"  # never got a yes or no
    VOIDED = "voided"  # the authorisation was released before capture
    EXPIRED = "expired"  # the authorisation lapsed before capture
    CAPTURED = "captured"  # money moves to the merchant
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"  # all of it went back
    CHARGED_BACK = "charged_back"  # the issuer took it back for the cardholder


class AttemptEvent(StrEnum):
    """What happens to an attempt."""

    SEND = "send"
    APPROVE = "approve"
    DECLINE = "decline"
    FAIL = "fail"
    VOID = "void"
    EXPIRE = "expire"
    CAPTURE = "capture"
    REFUND_PART = "refund_part"
    REFUND_ALL = "refund_all"
    REFUND_FAILS = "refund_fails"  # the cardholder's bank returned the refund
    CHARGE_BACK = "charge_back"
    WIN_DISPUTE = "win_dispute"  # the chargeback was reversed in the merchant's favour


_S, _E = AttemptState, AttemptEvent

ATTEMPT_MOVES: Mapping[tuple[AttemptState, AttemptEvent], AttemptState] = MappingProxyType(
    {
        (_S.CREATED, _E.SEND): _S.PENDING,
        (_S.CREATED, _E.DECLINE): _S.DECLINED,  # blocked before the network: fraud control, merchant, authentication
        (_S.CREATED, _E.FAIL): _S.ERROR,
        (_S.PENDING, _E.APPROVE): _S.APPROVED,
        (_S.PENDING, _E.DECLINE): _S.DECLINED,
        (_S.PENDING, _E.FAIL): _S.ERROR,
        (_S.APPROVED, _E.VOID): _S.VOIDED,
        (_S.APPROVED, _E.EXPIRE): _S.EXPIRED,
        (_S.APPROVED, _E.CAPTURE): _S.CAPTURED,
        (_S.CAPTURED, _E.REFUND_PART): _S.PARTIALLY_REFUNDED,
        (_S.CAPTURED, _E.REFUND_ALL): _S.REFUNDED,
        (_S.CAPTURED, _E.CHARGE_BACK): _S.CHARGED_BACK,
        (_S.PARTIALLY_REFUNDED, _E.REFUND_PART): _S.PARTIALLY_REFUNDED,
        (_S.PARTIALLY_REFUNDED, _E.REFUND_ALL): _S.REFUNDED,
        (_S.PARTIALLY_REFUNDED, _E.REFUND_FAILS): _S.CAPTURED,
        (_S.PARTIALLY_REFUNDED, _E.CHARGE_BACK): _S.CHARGED_BACK,
        (_S.REFUNDED, _E.REFUND_FAILS): _S.CAPTURED,
        (_S.REFUNDED, _E.CHARGE_BACK): _S.CHARGED_BACK,  # it happens: the cardholder asks both merchant and bank
        (_S.CHARGED_BACK, _E.WIN_DISPUTE): _S.CAPTURED,
    }
)

RESULT_OF_STATE: Mapping[AttemptState, AttemptResult] = MappingProxyType(
    {
        _S.CREATED: AttemptResult.PENDING,
        _S.PENDING: AttemptResult.PENDING,
        _S.APPROVED: AttemptResult.APPROVED,
        _S.DECLINED: AttemptResult.DECLINED,
        _S.ERROR: AttemptResult.ERROR,
        _S.VOIDED: AttemptResult.APPROVED,
        _S.EXPIRED: AttemptResult.APPROVED,
        _S.CAPTURED: AttemptResult.APPROVED,
        _S.PARTIALLY_REFUNDED: AttemptResult.APPROVED,
        _S.REFUNDED: AttemptResult.APPROVED,
        _S.CHARGED_BACK: AttemptResult.APPROVED,
    }
)


def advance(state: AttemptState, event: AttemptEvent) -> AttemptState:
    """Return the state after the event; a move that cannot happen is an error that lists what can."""
    if (state, event) not in ATTEMPT_MOVES:
        possible = sorted(known for origin, known in ATTEMPT_MOVES if origin is state)
        raise BadInput(
            f"an attempt that is {state} cannot {event}",
            hint=f"possible from here: {', '.join(possible)}" if possible else f"{state} is final",
        )
    return ATTEMPT_MOVES[state, event]


class PaymentState(StrEnum):
    """Where a payment stands after its attempts so far."""

    OPEN = "open"  # no attempt yet
    UNRESOLVED = "unresolved"  # not approved, and the outcome of an attempt is still unknown
    FAILED = "failed"  # every attempt so far got a no or an error
    AUTHORISED = "authorised"  # the first attempt was approved
    RECOVERED = "recovered"  # a later attempt was approved


_P, _R = PaymentState, AttemptResult

# A further attempt with this result moves the payment. When a pending attempt is resolved later, the payment is
# computed again from all its attempts; that is why no move resolves one.
PAYMENT_MOVES: Mapping[tuple[PaymentState, AttemptResult], PaymentState] = MappingProxyType(
    {
        (_P.OPEN, _R.APPROVED): _P.AUTHORISED,
        (_P.OPEN, _R.DECLINED): _P.FAILED,
        (_P.OPEN, _R.ERROR): _P.FAILED,
        (_P.OPEN, _R.PENDING): _P.UNRESOLVED,
        (_P.UNRESOLVED, _R.APPROVED): _P.RECOVERED,
        (_P.UNRESOLVED, _R.DECLINED): _P.UNRESOLVED,  # the earlier attempt may still turn out approved
        (_P.UNRESOLVED, _R.ERROR): _P.UNRESOLVED,
        (_P.UNRESOLVED, _R.PENDING): _P.UNRESOLVED,
        (_P.FAILED, _R.APPROVED): _P.RECOVERED,
        (_P.FAILED, _R.DECLINED): _P.FAILED,
        (_P.FAILED, _R.ERROR): _P.FAILED,
        (_P.FAILED, _R.PENDING): _P.UNRESOLVED,
        (_P.AUTHORISED, _R.APPROVED): _P.AUTHORISED,  # a second approval is a double charge, not a better payment
        (_P.AUTHORISED, _R.DECLINED): _P.AUTHORISED,
        (_P.AUTHORISED, _R.ERROR): _P.AUTHORISED,
        (_P.AUTHORISED, _R.PENDING): _P.AUTHORISED,
        (_P.RECOVERED, _R.APPROVED): _P.RECOVERED,
        (_P.RECOVERED, _R.DECLINED): _P.RECOVERED,
        (_P.RECOVERED, _R.ERROR): _P.RECOVERED,
        (_P.RECOVERED, _R.PENDING): _P.RECOVERED,
    }
)


def advance_payment(state: PaymentState, result: AttemptResult) -> PaymentState:
    """Return the payment's state after one further attempt."""
    return PAYMENT_MOVES[state, result]


def payment_state(results: Iterable[AttemptResult]) -> PaymentState:
    """Return the state of a payment from the present results of its attempts, in their order."""
    return reduce(advance_payment, results, PaymentState.OPEN)
