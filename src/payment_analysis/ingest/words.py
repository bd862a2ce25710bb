"""Other people's words for our closed sets, in lower case. Our own words need no entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import (
    AttemptResult,
    CardNetwork,
    DeclinedBy,
    EntrySystem,
    Initiator,
    PaymentMethodType,
    TransStatus,
)

if TYPE_CHECKING:
    from enum import StrEnum

_WRITTEN: dict[StrEnum, str] = {
    AttemptResult.APPROVED: "accepted, authorised, authorized, captured, ok, paid, succeeded, success, successful",
    AttemptResult.DECLINED: "denied, failed, failure, refused, rejected",
    AttemptResult.PENDING: "processing, timeout, unknown",
    AttemptResult.ERROR: "technical_error",
    DeclinedBy.ISSUER: "bank, issuing_bank",
    DeclinedBy.NETWORK: "card_network, card_scheme, scheme",
    DeclinedBy.GATEWAY: "acquirer, processor, psp",
    DeclinedBy.FRAUD_CONTROL: "antifraud, anti_fraud, blocked, fraud, risk, risk_engine",
    DeclinedBy.AUTHENTICATION: "3ds, 3d_secure, three_d_secure",
    DeclinedBy.MERCHANT: "seller, shop",
    CardNetwork.VISA: "vi, visa card, visa credit, visa debit, visa electron, electron, vpay, v pay",
    CardNetwork.MASTERCARD: "master, master card, mc, mastercard credit, mastercard debit, eurocard, euro card",
    CardNetwork.MAESTRO: "maestro card",
    CardNetwork.AMEX: "american express, american_express, americanexpress, ax",
    CardNetwork.ELO: "elo card",
    CardNetwork.HIPERCARD: "hiper",
    CardNetwork.DINERS: "dc, diners club, diners club international, diners_club, dinersclub",
    CardNetwork.DISCOVER: "di, discover card, novus",
    CardNetwork.JCB: "japan credit bureau",
    CardNetwork.UNIONPAY: "china unionpay, china union pay, cup, union pay, union_pay",
    CardNetwork.CARTES_BANCAIRES: "carte bancaire, cartebancaire, cartes bancaires, cb",
    PaymentMethodType.CREDIT: "charge, credit card, credit_card, creditcard, deferred debit, deferred_debit",
    PaymentMethodType.DEBIT: "debit card, debit_card, debitcard",
    PaymentMethodType.PREPAID: "prepaid card, prepaid_card, prepaidcard",
    EntrySystem.PD: "digital platform, digital_platform, plataforma digital",
    EntrySystem.WS: "web service, web_service, webservice",
    EntrySystem.SEP: "single entry point, single_entry_point",
    EntrySystem.CHECKOUT: "hosted checkout, hosted_checkout",
    Initiator.CIT: "cardholder, customer",
    Initiator.MIT: "merchant",
    TransStatus.Y: "authenticated",
    TransStatus.A: "attempt_acknowledged, attempted",
    TransStatus.N: "failed, not authenticated",
    TransStatus.U: "processing_error, unavailable",
    TransStatus.C: "challenge",
    TransStatus.D: "decoupled",
    TransStatus.R: "rejected",
    TransStatus.I: "informational",
}


def words_of(values: type[StrEnum]) -> dict[str, str]:
    """Every way to write the members of a closed set, in lower case, and the member meant."""
    ours = {member.value.lower(): member.value for member in values}
    others = {word: member.value for member in values for word in _WRITTEN[member].split(", ")}
    assert not ours.keys() & others.keys(), ours.keys() & others.keys()
    return ours | others  # ours first: they are met most often
