"""Words of Adyen's reports, in lower case, and what they mean to us; an empty meaning is no value.

Refusal words: https://docs.adyen.com/development-resources/refusal-reasons/ (the texts of `refusalReason`).
"""

from __future__ import annotations

from typing import Final

_DECLINES: Final = """
    3d not authenticated, avs declined, blocked card, card requires online pin, cvc declined, declined,
    declined non generic, expired card, fraud, fraud-cancelled, invalid amount, invalid card number, invalid pin,
    issuer suspected fraud, issuer unavailable, mobile pin required, no checking account available on card,
    no savings account available on card, not 3d authenticated, not enough balance, pin tries exceeded,
    pin validation not possible, referral, refused, restricted card, revocation of auth, transaction not permitted,
    withdrawal amount exceeded, withdrawal count exceeded
"""

RESULTS: Final = {
    **dict.fromkeys(("approved", "authorised", "authorized"), "approved"),
    **dict.fromkeys((" ".join(word.split()) for word in _DECLINES.split(",")), "declined"),
    **dict.fromkeys(("pending", "received", "unknown"), "pending"),
    **dict.fromkeys(("acquirer error", "cancelled", "error", "not submitted", "not supported"), "error"),
    **dict.fromkeys(("shopper cancelled", "validation error"), "error"),
}
DECLINED_BY: Final = {
    **dict.fromkeys(("fraud", "fraud-cancelled"), "fraud_control"),
    **dict.fromkeys(("3d not authenticated", "not 3d authenticated"), "authentication"),
}
OFFSETS: Final = {
    **dict.fromkeys(("UTC", "GMT", "WET"), "+00:00"),
    **dict.fromkeys(("CET", "BST", "WEST"), "+01:00"),
    **dict.fromkeys(("CEST", "EET", "SAST"), "+02:00"),
    **dict.fromkeys(("EEST", "MSK"), "+03:00"),
    **dict.fromkeys(("SGT", "HKT", "AWST"), "+08:00"),
    **dict.fromkeys(("EST", "CDT"), "-05:00"),
    **dict.fromkeys(("MST", "PDT"), "-07:00"),
    "JST": "+09:00",
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "NZST": "+12:00",
    "NZDT": "+13:00",
    "BRT": "-03:00",
    "EDT": "-04:00",
    "MDT": "-06:00",
    "PST": "-08:00",
}
NETWORKS: Final = {"mc": "mastercard", "cup": "unionpay", "cartebancaire": "cartes_bancaires", "hiper": "hipercard"}
# Endings of the payment method variant: visacredit, mcdebit, visacorporateprepaid; mc_applepay.
FUNDING_ENDINGS: Final = {
    **{word: word for word in ("credit", "debit", "prepaid")},
    **dict.fromkeys(("maestro", "electron", "vpay"), "debit"),
}
WALLET_ENDINGS: Final = {"applepay": "apple_pay", "googlepay": "google_pay", "samsungpay": "samsung_pay"}
ENTRY_MODES: Final = {"ecommerce": "ecom", "contauth": "recurring", "moto": "manual"}
INITIATORS: Final = {"ecommerce": "cit", "pos": "cit", "moto": "cit"}
# ContAuth is both: a stored card with the shopper present (one click) and a subscription without. So the initiator of a
# ContAuth row stays open, and so does whether it recurs.
RECURRING: Final = {"ecommerce": "false", "pos": "false", "moto": "false"}
USED_3DS: Final = {"y": "true", "c": "true", "a": "true", "n": "false"}
TRANS_STATUS: Final = {word.lower(): word for word in ("Y", "A", "N", "U", "C", "D", "R", "I")}
AUTHENTICATED: Final = {"y": "true", "a": "false", "n": "false", "r": "false"}
NOT_CARDS: Final = (
    "alipay",
    "alipay_hk",
    "bcmc_mobile",
    "blik",
    "boleto",
    "boletobancario",
    "directebanking",
    "eps",
    "giropay",
    "ideal",
    "multibanco",
    "paypal",
    "pix",
    "sepadirectdebit",
    "swish",
    "trustly",
    "vipps",
    "wechatpay",
)
