"""What the world answers when it says no: the reason, the source's word, and the code each network uses.

Codes: DE39 tables per brand of ABECS Normativo 21 (Cielo 2024-07); amex numbers its own with three digits. Mastercard
uses 63 for suspected fraud and 62 for a closed account. Hard-decline shares and masking: prototype.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from payment_analysis.domain.attempt import CardNetwork, DeclinedBy
from payment_analysis.simulate.arrays import Array, choose, cumulative
from payment_analysis.simulate.parameters import NETWORK_INDEX, NETWORKS


class Reason(IntEnum):
    """Why an attempt is not approved, as the world itself knows it."""

    INSUFFICIENT_FUNDS = 0
    LIMIT_EXCEEDED = 1
    DO_NOT_HONOR = 2
    SUSPECTED_FRAUD = 3
    EXPIRED_CARD = 4
    INVALID_CARD = 5
    NOT_PERMITTED = 6
    LOST_CARD = 7
    STOLEN_CARD = 8
    CLOSED_ACCOUNT = 9
    STOP_RECURRING = 10
    CVV_MISMATCH = 11
    VELOCITY_EXCEEDED = 12
    SYSTEM_MALFUNCTION = 13
    ISSUER_UNAVAILABLE = 14
    AUTHENTICATION_FAILED = 15
    FRAUD_CONTROL = 16
    MERCHANT_RULE = 17
    VALIDATION_ERROR = 18


@dataclass(frozen=True, slots=True)
class Answer:
    """How a reason is told: the source's word, who said no, and the code per network in the order of NETWORKS."""

    word: str
    declined_by: DeclinedBy
    codes: tuple[str | None, str | None, str | None, str | None, str | None]  # visa mastercard elo hipercard amex


_ISSUER, _NONE = DeclinedBy.ISSUER, (None, None, None, None, None)
ANSWERS: dict[Reason, Answer] = {
    Reason.INSUFFICIENT_FUNDS: Answer("INSUFFICIENT_FUNDS", _ISSUER, ("51", "51", "51", "51", "116")),
    Reason.LIMIT_EXCEEDED: Answer("LIMIT_EXCEEDED", _ISSUER, ("61", "61", "61", "61", "121")),
    Reason.DO_NOT_HONOR: Answer("DO_NOT_HONOR", _ISSUER, ("05", "05", "05", "05", "100")),
    Reason.SUSPECTED_FRAUD: Answer("FRAUD_SUSPECTED", _ISSUER, ("59", "63", "59", "63", "100")),
    Reason.EXPIRED_CARD: Answer("EXPIRED_CARD", _ISSUER, ("54", "54", "54", "54", "101")),
    Reason.INVALID_CARD: Answer("INVALID_CARD", _ISSUER, ("14", "14", "14", "14", "122")),
    Reason.NOT_PERMITTED: Answer("NOT_PERMITTED", _ISSUER, ("57", "57", "57", "57", "200")),
    Reason.LOST_CARD: Answer("LOST_CARD", _ISSUER, ("41", "41", "41", "41", "200")),
    Reason.STOLEN_CARD: Answer("STOLEN_CARD", _ISSUER, ("43", "43", "43", "43", "200")),
    Reason.CLOSED_ACCOUNT: Answer("CLOSED_ACCOUNT", _ISSUER, ("46", "62", "46", "62", "200")),
    Reason.STOP_RECURRING: Answer("STOP_RECURRING", _ISSUER, ("R1", "05", "57", "57", "200")),
    Reason.CVV_MISMATCH: Answer("CVV_MISMATCH", _ISSUER, ("N7", "63", "63", "63", "122")),
    Reason.VELOCITY_EXCEEDED: Answer("VELOCITY_EXCEEDED", _ISSUER, ("65", "65", "65", "65", "100")),
    Reason.SYSTEM_MALFUNCTION: Answer("SYSTEM_MALFUNCTION", DeclinedBy.NETWORK, ("96", "96", "96", "96", "911")),
    Reason.ISSUER_UNAVAILABLE: Answer("ISSUER_UNAVAILABLE", _ISSUER, ("91", "91", "91", "91", "912")),
    Reason.AUTHENTICATION_FAILED: Answer("3DS_AUTH_FAILED", DeclinedBy.AUTHENTICATION, _NONE),
    Reason.FRAUD_CONTROL: Answer("FRAUD_SUSPECTED", DeclinedBy.FRAUD_CONTROL, _NONE),
    Reason.MERCHANT_RULE: Answer("BLOCKED_BY_RULE", DeclinedBy.MERCHANT, _NONE),
    Reason.VALIDATION_ERROR: Answer("VALIDATION_ERROR", DeclinedBy.GATEWAY, _NONE),
}
HARD_SHARES: dict[Reason, float] = {  # of cards that can never pay; prototype (41 split into lost and stolen)
    Reason.EXPIRED_CARD: 0.38,
    Reason.INVALID_CARD: 0.24,
    Reason.NOT_PERMITTED: 0.16,
    Reason.LOST_CARD: 0.08,
    Reason.STOLEN_CARD: 0.04,
    Reason.CLOSED_ACCOUNT: 0.10,
}
WORDS: list[str] = sorted({answer.word for answer in ANSWERS.values()})
WORD_OF: Array = np.array([WORDS.index(ANSWERS[reason].word) for reason in Reason])
CODES: list[str] = sorted({code for answer in ANSWERS.values() for code in answer.codes if code})
CODE_OF: Array = np.array(
    [[CODES.index(code) if code else -1 for code in ANSWERS[reason].codes] for reason in Reason]
)  # reason x network → position in CODES, -1 when nobody coded it

MACS: tuple[str, ...] = ("01", "02", "03", "21", "24", "25", "26", "27", "28", "29", "30")
_FUNDS_MACS = np.arange(MACS.index("24"), len(MACS))
FUNDS_MAC_DAYS = np.array([1 / 24, 1, 2, 4, 6, 8, 10])  # 24-30: wait so long, only with code 51 (Mastercard)
FUNDS_MAC_SHARE = 0.55  # chosen: issuers that say when to come back; the others answer 02
ONE_HOUR_SHARE = 0.05  # chosen: of those, issuers that always say one hour
# Chosen: share of Mastercard declines of a reason that carry the advice; a reason not named carries none.
ADVICE: dict[Reason, tuple[tuple[str, float], ...]] = {
    Reason.LIMIT_EXCEEDED: (("02", 0.6),),
    Reason.DO_NOT_HONOR: (("02", 0.45), ("03", 0.07)),
    Reason.SUSPECTED_FRAUD: (("02", 0.15), ("03", 0.25)),
    Reason.EXPIRED_CARD: (("01", 0.65), ("03", 0.2)),
    Reason.INVALID_CARD: (("01", 0.40), ("03", 0.5)),
    Reason.NOT_PERMITTED: (("03", 0.8),),
    Reason.LOST_CARD: (("03", 0.9),),
    Reason.STOLEN_CARD: (("03", 0.95),),
    Reason.CLOSED_ACCOUNT: (("03", 0.9),),
    Reason.STOP_RECURRING: (("21", 1.0),),
    Reason.VELOCITY_EXCEEDED: (("02", 0.5),),
    Reason.ISSUER_UNAVAILABLE: (("02", 0.3),),
}
_MASTERCARD = NETWORK_INDEX[CardNetwork.MASTERCARD]
assert len(NETWORKS) == len(ANSWERS[Reason.DO_NOT_HONOR].codes)


def _advice_shares() -> Array:
    """Reason x advice code, with silence as the last column, as cumulative shares."""
    shares = np.zeros((len(Reason), len(MACS) + 1))
    for reason in Reason:
        for mac, share in ADVICE.get(reason, ()):
            shares[reason, MACS.index(mac)] = share
        shares[reason, -1] = 1.0 - shares[reason].sum()
    return np.stack([cumulative(row) for row in shares])


_ADVICE_SHARES = _advice_shares()


def advice(reason: Array, network: Array, days_until_money: Array, rng: np.random.Generator) -> Array:
    """Position of the merchant advice code in MACS, -1 for none: only Mastercard advises."""
    uniform, second = rng.random(len(reason)), rng.random(len(reason))
    silent = len(MACS)
    told = (uniform[:, None] >= _ADVICE_SHARES[np.maximum(reason, 0)]).sum(axis=1)
    wait_days = np.maximum(days_until_money - rng.random(len(reason)), 1 / 48)  # money comes at some hour of that day
    blurred = wait_days * np.exp(rng.normal(0.0, 0.35, len(reason)))
    when = _FUNDS_MACS[np.minimum(np.searchsorted(FUNDS_MAC_DAYS, blurred), len(FUNDS_MAC_DAYS) - 1)]
    when = np.where(second < FUNDS_MAC_SHARE * ONE_HOUR_SHARE, MACS.index("24"), when)
    funds = np.where(second < FUNDS_MAC_SHARE, when, MACS.index("02"))
    told = np.where(reason == Reason.INSUFFICIENT_FUNDS, funds, told)
    return np.where((reason >= 0) & (network == _MASTERCARD) & (told < silent), told, -1)


def draw_hard_reason(count: int, rng: np.random.Generator) -> Array:
    """Reasons of cards that can never pay."""
    shares = np.array(list(HARD_SHARES.values()))
    return np.array(list(HARD_SHARES))[choose(cumulative(shares), rng.random(count))]
