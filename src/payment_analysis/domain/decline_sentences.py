"""A decline in plain language: one sentence per reason and one per remedy."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.decline_reasons import DeclineReason, Remedy

if TYPE_CHECKING:
    from collections.abc import Mapping

_R = DeclineReason

REASON_SENTENCES: Final[Mapping[DeclineReason, str]] = MappingProxyType(
    {
        _R.INSUFFICIENT_FUNDS: "There was not enough money on the account.",
        _R.LIMIT_EXCEEDED: "The amount is above a limit of the card.",
        _R.FREQUENCY_EXCEEDED: "The card was used too often in a short time.",
        _R.ISSUER_UNAVAILABLE: "The issuer's system could not be reached.",
        _R.SYSTEM_MALFUNCTION: "A system on the way to the issuer failed.",
        _R.ACQUIRER_ERROR: "The acquirer could not handle the message.",
        _R.UNROUTABLE: "The network found no way to this issuer.",
        _R.TIMEOUT: "No answer came in time.",
        _R.REENTER_TRANSACTION: "The issuer asks to send it once more.",
        _R.DO_NOT_HONOR: "The issuer refused and gave no reason.",
        _R.DO_NOT_TRY_AGAIN: "The issuer refused and does not want to be asked again.",
        _R.REFER_TO_ISSUER: "The issuer wants to be called by the cardholder.",
        _R.TEMPORARY_REFUSAL: "The issuer refused for the moment.",
        _R.BLOCKED_BY_ISSUER: "The issuer has blocked the card.",
        _R.POLICY_DECLINE: "A policy of the issuer or the network forbids it.",
        _R.EXPIRED_CARD: "The card has expired.",
        _R.CLOSED_ACCOUNT: "The account behind the card is closed.",
        _R.NEW_ACCOUNT_INFORMATION: "The card was replaced: newer card data exists.",
        _R.LIFECYCLE_DECLINE: "The network knows that this credential no longer works.",
        _R.CVV_MISMATCH: "The security code did not match.",
        _R.WRONG_PIN: "The PIN was wrong.",
        _R.PIN_TRIES_EXCEEDED: "The PIN was wrong too often.",
        _R.PIN_OR_CHIP_REQUIRED: "The issuer wants the PIN or the chip.",
        _R.ADDRESS_MISMATCH: "The billing address did not match.",
        _R.IDENTITY_MISMATCH: "What was said of the cardholder did not match.",
        _R.AUTHENTICATION_REQUIRED: "The issuer wants the cardholder to authenticate first.",
        _R.AUTHENTICATION_FAILED: "The cardholder could not be authenticated.",
        _R.SUSPECTED_FRAUD: "The issuer suspects fraud.",
        _R.CONFIRMED_FRAUD: "The card is known to be used by a fraudster.",
        _R.SECURITY_DECLINE: "A security check of the issuer failed.",
        _R.LOST_CARD: "The card was reported lost.",
        _R.STOLEN_CARD: "The card was reported stolen.",
        _R.BLOCKED_BY_FRAUD_CONTROL: "Fraud control stopped it before the issuer was asked.",
        _R.PICK_UP_CARD: "The issuer wants the card taken away.",
        _R.INVALID_CARD_NUMBER: "There is no card with this number.",
        _R.CARD_ERROR: "The card data was damaged or incomplete.",
        _R.RESTRICTED_CARD: "The card may not be used for this.",
        _R.INACTIVE_CARD: "The card is not active yet.",
        _R.BLOCKED_BY_CARDHOLDER: "The cardholder has switched such payments off.",
        _R.NOT_PERMITTED_TO_CARDHOLDER: "The cardholder's contract does not allow it.",
        _R.NOT_PERMITTED_TO_TERMINAL: "The merchant's contract does not allow it.",
        _R.WRONG_ACCOUNT_TYPE: "The kind of account does not fit the payment.",
        _R.PREPAID_OR_VIRTUAL_CARD: "Prepaid or virtual cards are not accepted here.",
        _R.TOKEN_NOT_SUPPORTED: "The network token does not work here.",
        _R.INVALID_MERCHANT: "The network does not know the merchant under this number.",
        _R.INVALID_TRANSACTION: "The kind of payment is not valid for this card.",
        _R.INVALID_AMOUNT: "The amount is not valid.",
        _R.INVALID_INSTALLMENTS: "The number of installments is not possible.",
        _R.FORMAT_ERROR: "The message was badly formed.",
        _R.DUPLICATE: "The same payment had just been sent.",
        _R.STOP_RECURRING: "The cardholder has ended this series of payments.",
        _R.VIOLATION_OF_LAW: "The law forbids this payment.",
        _R.AML_BLOCK: "It was stopped because of rules against money laundering.",
        _R.GATEWAY_REJECTED: "The gateway refused it before the issuer was asked.",
        _R.CANCELLED_BY_SHOPPER: "The shopper gave up.",
        _R.TEST_CARD: "A test card was used in live traffic.",
        _R.UNKNOWN: "The code says nothing that is known here.",
    }
)

REMEDY_SENTENCES: Final[Mapping[Remedy, str]] = MappingProxyType(
    {
        Remedy.RETRY_NOW: "Send it again at once.",
        Remedy.RETRY_LATER: "Send it again later.",
        Remedy.CHANGE_ROUTE: "Send it by another route.",
        Remedy.AUTHENTICATE: "Let the cardholder authenticate, then send it again.",
        Remedy.FIX_DATA: "Correct the message before it is sent again.",
        Remedy.ASK_CARDHOLDER: "Ask the cardholder to check the data or use another card.",
        Remedy.UPDATE_CARD: "Get the new card data.",
        Remedy.STOP: "Do not send it again.",
        Remedy.CHECK_STATUS_FIRST: "Ask for the outcome first: it may have gone through.",
        Remedy.MANUAL_REVIEW: "Let somebody look at it.",
    }
)


def say_decline(reason: str | None, action: str | None) -> str:
    """What happened and what to do, in words; a word outside of the tables is the unknown one."""
    known = DeclineReason(reason) if reason in set(DeclineReason) else DeclineReason.UNKNOWN
    remedy = REMEDY_SENTENCES[Remedy(action)] if action in set(Remedy) else ""
    return f"{REASON_SENTENCES[known]} {remedy}".strip()
