"""Stripe charge objects: a JSON list, one object per line, or pages of the list API.

One payment intent has many charges: each charge is an attempt, the intent is the payment.
https://docs.stripe.com/api/charges/object
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.money import STRIPE_EXPONENTS, exponent
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest.json_rows import kind_of
from payment_analysis.ingest.plan import Given, Plan, RowFault, Style, cases

if TYPE_CHECKING:
    from payment_analysis.ingest.plan import Raw

_DETAILS = "payment_method_details"
_CARD = f"{_DETAILS}.card"
_SECURE = f"{_CARD}.three_d_secure"
_OBJECTS = (
    "outcome",
    _DETAILS,
    _CARD,
    f"{_CARD}.checks",
    f"{_CARD}.installments",
    f"{_CARD}.network_token",
    f"{_CARD}.wallet",
    _SECURE,
)
_DIRECT = {
    "transaction_id": "id",
    "cardholder_id": "customer",
    "currency": "currency",
    "event_timestamp": "created",
    "decline_code_raw": "outcome.network_decline_code",
    "merchant_advice_code": "outcome.network_advice_code",
    "card_last4": f"{_CARD}.last4",
    "card_token_id": f"{_CARD}.fingerprint",
    "payment_method_type": f"{_CARD}.funding",
    "issuer": f"{_CARD}.issuer",
    "issuer_country": f"{_CARD}.country",
    "wallet": f"{_CARD}.wallet.type",
    "is_network_token": f"{_CARD}.network_token.used",
    "installments": f"{_CARD}.installments.plan.count",
    "cvv_result": f"{_CARD}.checks.cvc_check",
    "three_ds_version": f"{_SECURE}.version",
    "eci": f"{_SECURE}.electronic_commerce_indicator",
    "merchant_id": "on_behalf_of",
}
_OTHERS = (
    "object",
    "amount",
    "payment_intent",
    "status",
    "paid",
    "livemode",
    "failure_code",
    "outcome.type",
    "outcome.reason",
    f"{_DETAILS}.type",
    f"{_CARD}.brand",
    f"{_CARD}.network",
    f"{_CARD}.checks.address_line1_check",
    f"{_CARD}.checks.address_postal_code_check",
    f"{_SECURE}.authentication_flow",
    f"{_SECURE}.exemption_indicator",
    f"{_SECURE}.result",
)
PATHS = (*_DIRECT.values(), *_OTHERS, *_OBJECTS)
_RESULTS = {"succeeded": "approved", "failed": "declined", "pending": "pending"}
_DECLINED_BY = {"issuer_declined": "issuer", "blocked": "fraud_control", "invalid": "gateway"}
_FRICTION = {"challenge": "true", "frictionless": "false"}
# three_d_secure.result of https://docs.stripe.com/api/charges/object; exempted and not_supported leave it open.
_AUTHENTICATED = {"authenticated": "true", "attempt_acknowledged": "false", "failed": "false"}
_TRANS_STATUS = {"authenticated": "Y", "attempt_acknowledged": "A", "failed": "N", "processing_error": "U"}
_EXEMPTIONS = {"low_risk": "tra", "none": ""}


def plan(raw: Raw) -> Plan:
    """The plan for charge objects."""
    given = {target: Given(raw.columns[path], path) for target, path in _DIRECT.items()}
    given |= _computed(raw)
    at = raw.columns
    wrong_kinds = (
        RowFault(Reason.NOT_AN_OBJECT, f"{kind_of(raw, path)} not in ('OBJECT', 'NULL')", path, f"left({at[path]}, 80)")
        for path in _OBJECTS
    )
    no_texts = (
        RowFault(Reason.NOT_A_TEXT, f"{kind_of(raw, path)} in ('OBJECT', 'ARRAY')", path)
        for path in (*_DIRECT.values(), *_OTHERS)
        if path not in ("customer", "payment_intent")  # may be expanded into the whole object
    )
    what = f"coalesce({at[f'{_DETAILS}.type']}, {at['object']}, 'unknown')"
    kind = f"coalesce({at[f'{_DETAILS}.type']}, 'card')"
    no_card = f"coalesce({at['object']}, 'charge') <> 'charge' or {kind} not in ('card', 'card_present')"
    return Plan(
        "stripe",
        given,
        style=Style(epoch=True),
        faults=(*wrong_kinds, RowFault(Reason.NOT_A_CARD, no_card, f"{_DETAILS}.type", what), *no_texts),
        scanned={path: at[path] for path in (*_DIRECT.values(), *_OTHERS)},
    )


def _computed(raw: Raw) -> dict[str, Given]:
    at = raw.columns
    intent, charge = _id_of(raw, "payment_intent"), at["id"]
    result, secure = at[f"{_SECURE}.result"], at[f"{_SECURE}.authentication_flow"]
    address, postcode = at[f"{_CARD}.checks.address_line1_check"], at[f"{_CARD}.checks.address_postal_code_check"]
    failed, unpaid = f"{at['status']} = 'failed'", f"{at['status']} = 'succeeded' and {at['paid']} = 'false'"
    reason = f"coalesce({at['outcome.reason']}, {at['failure_code']})"
    return {
        "payment_id": Given(f"coalesce({intent}, {charge})", "payment_intent"),
        "cardholder_id": Given(_id_of(raw, "customer"), "customer"),
        "psp": Given("'stripe'", "constant"),
        "amount_minor": Given(_iso_minor(at["amount"], at["currency"]), "amount"),
        "result": Given(f"case when {unpaid} then 'pending' else {at['status']} end", "status", _RESULTS),
        "declined_by": Given(f"case when {failed} then {cases(at['outcome.type'], _DECLINED_BY)} end", "outcome.type"),
        "decline_reason": Given(f"case when {failed} then {reason} end", "outcome.reason"),
        "card_network": Given(f"coalesce({at[f'{_CARD}.network']}, {at[f'{_CARD}.brand']})", f"{_CARD}.network"),
        "avs_result": Given(f"nullif(concat_ws('/', {address}, {postcode}), '')", f"{_CARD}.checks"),
        "uses_3ds": Given(f"case when coalesce({secure}, {result}) is not null then 'true' end", _SECURE),
        "three_ds_friction": Given(cases(secure, _FRICTION), f"{_SECURE}.authentication_flow"),
        "three_ds_authenticated": Given(cases(result, _AUTHENTICATED), f"{_SECURE}.result"),
        "three_ds_trans_status": Given(cases(result, _TRANS_STATUS), f"{_SECURE}.result"),
        "sca_exemption": Given(at[f"{_SECURE}.exemption_indicator"], f"{_SECURE}.exemption_indicator", _EXEMPTIONS),
        "is_test": Given(f"case {at['livemode']} when 'false' then 'true' when 'true' then 'false' end", "livemode"),
    }


def _id_of(raw: Raw, path: str) -> str:
    """An id, also when the API was asked to expand it into its object."""
    text = raw.columns[path]
    return f"case when {kind_of(raw, path)} = 'OBJECT' then json_extract_string({text}, '$.id') else {text} end"


def _iso_minor(amount: str, currency: str) -> str:
    """Stripe counts a few currencies in other units than ISO 4217: move the decimal point."""
    moves = []
    for code, places in STRIPE_EXPONENTS.items():
        shift = exponent(code) - places
        moved = f"{amount} || '{'0' * shift}'" if shift > 0 else _shifted_down(amount, -shift)
        moves.append(f"when '{code}' then {moved}")
    return f"case upper({currency}) {' '.join(moves)} else {amount} end"


def _shifted_down(amount: str, places: int) -> str:
    """5050 by two places is 50.50, and 500 is 5.00, which is whole again."""
    padded = f"lpad({amount}, cast(greatest(length({amount}), {places + 1}) as integer), '0')"
    return f"left({padded}, -{places}) || '.' || right({padded}, {places})"
