"""What a decline means and what to do about it: the finer reasons, and the tables from them to everything coarser.

reason (finer) → standard (8) → group (6); reason → fault; reason → remedy and the wait before it.
The eight standards and six groups are the coarse level of the requirement documents. Their names are wide on purpose:
CARD_EXPIRED holds every credential that no longer works, SECURITY_CVV every secret that did not match (CVV, PIN,
address).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class DeclineReason(StrEnum):
    """Why somebody said no, as fine as the sources allow."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    FREQUENCY_EXCEEDED = "frequency_exceeded"
    ISSUER_UNAVAILABLE = "issuer_unavailable"
    SYSTEM_MALFUNCTION = "system_malfunction"
    ACQUIRER_ERROR = "acquirer_error"
    UNROUTABLE = "unroutable"
    TIMEOUT = "timeout"
    REENTER_TRANSACTION = "reenter_transaction"
    DO_NOT_HONOR = "do_not_honor"
    DO_NOT_TRY_AGAIN = "do_not_try_again"
    REFER_TO_ISSUER = "refer_to_issuer"
    TEMPORARY_REFUSAL = "temporary_refusal"
    BLOCKED_BY_ISSUER = "blocked_by_issuer"
    POLICY_DECLINE = "policy_decline"
    EXPIRED_CARD = "expired_card"
    CLOSED_ACCOUNT = "closed_account"
    NEW_ACCOUNT_INFORMATION = "new_account_information"
    LIFECYCLE_DECLINE = "lifecycle_decline"
    CVV_MISMATCH = "cvv_mismatch"
    WRONG_PIN = "wrong_pin"
    PIN_TRIES_EXCEEDED = "pin_tries_exceeded"
    PIN_OR_CHIP_REQUIRED = "pin_or_chip_required"
    ADDRESS_MISMATCH = "address_mismatch"
    IDENTITY_MISMATCH = "identity_mismatch"
    AUTHENTICATION_REQUIRED = "authentication_required"
    AUTHENTICATION_FAILED = "authentication_failed"
    SUSPECTED_FRAUD = "suspected_fraud"
    CONFIRMED_FRAUD = "confirmed_fraud"
    SECURITY_DECLINE = "security_decline"
    LOST_CARD = "lost_card"
    STOLEN_CARD = "stolen_card"
    BLOCKED_BY_FRAUD_CONTROL = "blocked_by_fraud_control"
    PICK_UP_CARD = "pick_up_card"
    INVALID_CARD_NUMBER = "invalid_card_number"
    CARD_ERROR = "card_error"
    RESTRICTED_CARD = "restricted_card"
    INACTIVE_CARD = "inactive_card"
    BLOCKED_BY_CARDHOLDER = "blocked_by_cardholder"
    NOT_PERMITTED_TO_CARDHOLDER = "not_permitted_to_cardholder"
    NOT_PERMITTED_TO_TERMINAL = "not_permitted_to_terminal"
    WRONG_ACCOUNT_TYPE = "wrong_account_type"
    PREPAID_OR_VIRTUAL_CARD = "prepaid_or_virtual_card"
    TOKEN_NOT_SUPPORTED = "token_not_supported"  # noqa: S105 - a network token, not a password
    INVALID_MERCHANT = "invalid_merchant"
    INVALID_TRANSACTION = "invalid_transaction"
    INVALID_AMOUNT = "invalid_amount"
    INVALID_INSTALLMENTS = "invalid_installments"
    FORMAT_ERROR = "format_error"
    DUPLICATE = "duplicate"
    STOP_RECURRING = "stop_recurring"
    VIOLATION_OF_LAW = "violation_of_law"
    AML_BLOCK = "aml_block"
    GATEWAY_REJECTED = "gateway_rejected"
    CANCELLED_BY_SHOPPER = "cancelled_by_shopper"
    TEST_CARD = "test_card"
    UNKNOWN = "unknown"


class StandardReason(StrEnum):
    """The eight standard reasons of the requirement documents."""

    FUNDS_OR_LIMIT = "FUNDS_OR_LIMIT"
    ISSUER_TECHNICAL = "ISSUER_TECHNICAL"
    ISSUER_DO_NOT_HONOR = "ISSUER_DO_NOT_HONOR"
    CARD_EXPIRED = "CARD_EXPIRED"
    SECURITY_CVV = "SECURITY_CVV"
    SECURITY_3DS_FAILED = "SECURITY_3DS_FAILED"
    FRAUD_SUSPECTED = "FRAUD_SUSPECTED"
    OTHER = "OTHER"


class ReasonGroup(StrEnum):
    """The six groups of the requirement documents."""

    FRAUD = "fraud"
    FUNDS = "funds"
    CARD = "card"
    SECURITY = "security"
    ISSUER = "issuer"
    OTHER = "other"


class Fault(StrEnum):
    """On whose side the cause lies."""

    ISSUER = "issuer"
    CARDHOLDER = "cardholder"
    MERCHANT = "merchant"
    GATEWAY = "gateway"
    FRAUD_CONTROL = "fraud_control"
    AUTHENTICATION = "authentication"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What to do next."""

    RETRY_NOW = "retry_now"
    RETRY_LATER = "retry_later"
    CHANGE_ROUTE = "change_route"
    AUTHENTICATE = "authenticate"
    FIX_DATA = "fix_data"
    ASK_CARDHOLDER = "ask_cardholder"
    UPDATE_CARD = "update_card"
    STOP = "stop"
    CHECK_STATUS_FIRST = "check_status_first"
    MANUAL_REVIEW = "manual_review"


# Remedies a machine may carry out alone: the same payment is sent again, perhaps later or by another route.
RESENDS: frozenset[Remedy] = frozenset({Remedy.RETRY_NOW, Remedy.RETRY_LATER, Remedy.CHANGE_ROUTE})


@dataclass(frozen=True, slots=True)
class Profile:
    """What follows from a reason when no network rule and no advice says otherwise; `wait` only with a resend."""

    standard: StandardReason
    fault: Fault
    remedy: Remedy
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """One row of the coarse taxonomy; `recoverable_share` (0..1) is the documents' heuristic, not a measurement."""

    group: ReasonGroup
    actionability: str
    default_action: str
    recoverable_share: float


STANDARDS: Mapping[StandardReason, Standard] = MappingProxyType(
    {
        StandardReason.FUNDS_OR_LIMIT: Standard(
            ReasonGroup.FUNDS, "HIGH", "Retry after 24 to 72 hours, with pay-days in mind", 0.25
        ),
        StandardReason.ISSUER_TECHNICAL: Standard(ReasonGroup.ISSUER, "HIGH", "Retry soon or by another route", 0.40),
        StandardReason.ISSUER_DO_NOT_HONOR: Standard(
            ReasonGroup.ISSUER, "MEDIUM", "Another checkout path: 3DS or network token", 0.20
        ),
        StandardReason.CARD_EXPIRED: Standard(
            ReasonGroup.CARD, "HIGH", "Update the card: account updater or ask the cardholder", 0.05
        ),
        StandardReason.SECURITY_CVV: Standard(
            ReasonGroup.SECURITY, "MEDIUM", "Ask for the security code again or authenticate", 0.05
        ),
        StandardReason.SECURITY_3DS_FAILED: Standard(
            ReasonGroup.SECURITY, "MEDIUM", "Another way to authenticate", 0.05
        ),
        StandardReason.FRAUD_SUSPECTED: Standard(
            ReasonGroup.FRAUD, "LOW", "Review antifraud rules for good customers refused", 0.10
        ),
        StandardReason.OTHER: Standard(ReasonGroup.OTHER, "LOW", "Review by a person", 0.05),
    }
)

# The three waits are the house's choice where the network gives no number. A day: funds and limits renew daily (the
# requirement documents retry after 24 to 72 hours). Five minutes: an outage is rarely longer.
_AT_ONCE = timedelta(0)
_MINUTES = timedelta(minutes=5)
_A_DAY = timedelta(days=1)


def _profiles() -> Iterator[tuple[DeclineReason, Profile]]:
    """Read the table below: reason, standard, fault, remedy, wait."""
    waits = {"-": None, "at_once": _AT_ONCE, "minutes": _MINUTES, "a_day": _A_DAY}
    for line in _PROFILE_TABLE.strip().splitlines():
        reason, standard, fault, remedy, wait = line.split()
        yield (
            DeclineReason(reason),
            Profile(StandardReason(standard), Fault(fault), Remedy(remedy), waits[wait]),
        )


_PROFILE_TABLE = """
    insufficient_funds           FUNDS_OR_LIMIT       cardholder      retry_later         a_day
    limit_exceeded               FUNDS_OR_LIMIT       cardholder      retry_later         a_day
    frequency_exceeded           FUNDS_OR_LIMIT       cardholder      retry_later         a_day
    issuer_unavailable           ISSUER_TECHNICAL     issuer          retry_later         minutes
    system_malfunction           ISSUER_TECHNICAL     issuer          retry_later         minutes
    acquirer_error               ISSUER_TECHNICAL     gateway         change_route        at_once
    unroutable                   ISSUER_TECHNICAL     gateway         change_route        at_once
    timeout                      ISSUER_TECHNICAL     gateway         check_status_first  -
    reenter_transaction          ISSUER_TECHNICAL     issuer          retry_now           at_once
    do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          change_route        at_once
    do_not_try_again             ISSUER_DO_NOT_HONOR  issuer          stop                -
    refer_to_issuer              ISSUER_DO_NOT_HONOR  issuer          ask_cardholder      -
    temporary_refusal            ISSUER_DO_NOT_HONOR  issuer          retry_later         a_day
    blocked_by_issuer            ISSUER_DO_NOT_HONOR  issuer          ask_cardholder      -
    policy_decline               ISSUER_DO_NOT_HONOR  issuer          manual_review       -
    expired_card                 CARD_EXPIRED         cardholder      update_card         -
    closed_account               CARD_EXPIRED         cardholder      update_card         -
    new_account_information      CARD_EXPIRED         merchant        update_card         -
    lifecycle_decline            CARD_EXPIRED         cardholder      manual_review       -
    cvv_mismatch                 SECURITY_CVV         cardholder      fix_data            -
    wrong_pin                    SECURITY_CVV         cardholder      ask_cardholder      -
    pin_tries_exceeded           SECURITY_CVV         cardholder      ask_cardholder      -
    pin_or_chip_required         SECURITY_CVV         cardholder      ask_cardholder      -
    address_mismatch             SECURITY_CVV         cardholder      fix_data            -
    identity_mismatch            SECURITY_CVV         cardholder      fix_data            -
    authentication_required      SECURITY_3DS_FAILED  authentication  authenticate        -
    authentication_failed        SECURITY_3DS_FAILED  authentication  ask_cardholder      -
    suspected_fraud              FRAUD_SUSPECTED      issuer          authenticate        -
    confirmed_fraud              FRAUD_SUSPECTED      issuer          stop                -
    security_decline             FRAUD_SUSPECTED      issuer          manual_review       -
    lost_card                    FRAUD_SUSPECTED      cardholder      stop                -
    stolen_card                  FRAUD_SUSPECTED      cardholder      stop                -
    blocked_by_fraud_control     FRAUD_SUSPECTED      fraud_control   manual_review       -
    pick_up_card                 OTHER                issuer          stop                -
    invalid_card_number          OTHER                cardholder      update_card         -
    card_error                   OTHER                cardholder      fix_data            -
    restricted_card              OTHER                issuer          ask_cardholder      -
    inactive_card                OTHER                cardholder      ask_cardholder      -
    blocked_by_cardholder        OTHER                cardholder      ask_cardholder      -
    not_permitted_to_cardholder  OTHER                issuer          ask_cardholder      -
    not_permitted_to_terminal    OTHER                merchant        fix_data            -
    wrong_account_type           OTHER                merchant        fix_data            -
    prepaid_or_virtual_card      OTHER                cardholder      stop                -
    token_not_supported          OTHER                merchant        fix_data            -
    invalid_merchant             OTHER                merchant        fix_data            -
    invalid_transaction          OTHER                merchant        fix_data            -
    invalid_amount               OTHER                merchant        fix_data            -
    invalid_installments         OTHER                merchant        fix_data            -
    format_error                 OTHER                merchant        fix_data            -
    duplicate                    OTHER                merchant        check_status_first  -
    stop_recurring               OTHER                cardholder      stop                -
    violation_of_law             OTHER                issuer          stop                -
    aml_block                    OTHER                issuer          stop                -
    gateway_rejected             OTHER                gateway         manual_review       -
    cancelled_by_shopper         OTHER                cardholder      ask_cardholder      -
    test_card                    OTHER                merchant        stop                -
    unknown                      OTHER                unknown         manual_review       -
"""

PROFILES: Mapping[DeclineReason, Profile] = MappingProxyType(dict(_profiles()))
