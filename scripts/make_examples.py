"""Write the example exports of `examples/`: a shop of October 2026 in every format that is read.

Nothing in them is real: shops, customers and cards are drawn from a seed. Run `python -m scripts.make_examples` again
and nothing changes.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scripts.example_world import Attempt, attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
BERLIN = ZoneInfo("Europe/Berlin")
ADYEN_METHODS = {"visa": "visa", "mastercard": "mc", "amex": "amex"}


def major(attempt: Attempt, mark: str = ".") -> str:
    """12.34"""
    return f"{attempt.amount_minor // 100}{mark}{attempt.amount_minor % 100:02d}"


def canonical() -> str:
    """JSON lines of canonical fields, nulls left out."""
    lines = []
    for each in attempts(seed=1, payments=60):
        fields: dict[str, Any] = {
            "transaction_id": f"att-{each.payment:04d}-{each.number}",
            "payment_id": f"pay-{each.payment:04d}",
            "attempt_number": each.number,
            "merchant_id": "bookshop",
            "cardholder_id": each.customer,
            "card_token_id": f"tok_{each.card}",
            "amount_minor": each.amount_minor,
            "currency": each.currency,
            "event_timestamp": each.at.isoformat().replace("+00:00", "Z"),
            "result": "declined" if each.decline else "approved",
            "declined_by": each.declined_by,
            "decline_code_raw": each.code,
            "decline_reason": each.decline.stripe.upper() if each.decline else "",
            "merchant_advice_code": each.advice,
            "card_network": each.network,
            "card_last4": each.last4,
            "payment_method_type": each.funding,
            "issuer_country": each.country,
            "geo_country": each.country,
            "psp": each.psp,
            "initiator": "mit" if each.recurring else "cit",
            "is_recurring": each.recurring,
            "uses_3ds": bool(each.three_ds),
            "three_ds_friction": each.three_ds == "challenge" if each.three_ds else None,
            "three_ds_authenticated": each.declined_by != "authentication" if each.three_ds else None,
            "eci": each.eci,
            "is_network_token": each.token,
        }
        lines.append(json.dumps({name: value for name, value in fields.items() if value not in ("", None)}))
    return "\n".join(lines) + "\n"


def gateway() -> str:
    """The CSV of some gateway: semicolons, decimal commas, local times, its own words; see gateway.mapping.yml."""
    header = ("Bestellung", "Zeit", "Betrag", "Währung", "Status", "Antwortcode", "Grund", "Anbieter", "Karte", "Land")
    rows = [
        (
            f"B-{each.payment:05d}",
            each.at.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%S"),
            major(each, ","),
            each.currency,
            "abgelehnt" if each.decline else "ok",
            each.code,
            each.decline.words if each.decline else "",
            {"northgate": "Northgate", "rapidpay": "RapidPay"}[each.psp],
            {"visa": "VISA", "mastercard": "MC", "amex": "American Express"}[each.network],
            each.country,
        )
        for each in attempts(seed=2, payments=70)
    ]
    return table(header, rows, separator=";")


def stripe_charges() -> str:
    """A list of charge objects, cut down to the members that matter."""
    return json.dumps([charge(each) for each in attempts(seed=3, payments=45)], indent=1) + "\n"


def charge(each: Attempt) -> dict[str, Any]:
    """One charge: https://docs.stripe.com/api/charges/object."""
    kinds = {"": "authorized", "fraud_control": "blocked"}
    secure = {
        "authentication_flow": each.three_ds,
        "electronic_commerce_indicator": each.eci or None,
        "result": "failed" if each.declined_by == "authentication" else "authenticated",
        "version": "2.2.0",
    }
    return {
        "id": f"ch_example{each.payment:04d}n{each.number}",
        "object": "charge",
        "amount": each.amount_minor,
        "created": int(each.at.timestamp()),
        "currency": each.currency.lower(),
        "customer": f"cus_{each.customer}",
        "failure_code": "card_declined" if each.decline else None,
        "livemode": True,
        "outcome": {
            "network_advice_code": each.advice or None,
            "network_decline_code": each.code or None,
            "reason": each.decline.stripe if each.decline else None,
            "type": kinds.get(each.declined_by, "issuer_declined"),
        },
        "paid": each.decline is None,
        "payment_intent": f"pi_example{each.payment:04d}",
        "payment_method_details": {
            "card": {
                "brand": each.network,
                "checks": {"cvc_check": None if each.recurring else "pass"},
                "country": each.country,
                "fingerprint": f"fp{each.card}",
                "funding": each.funding,
                "last4": each.last4,
                "network": each.network,
                "network_token": {"used": each.token},
                "three_d_secure": secure if each.three_ds else None,
                "wallet": None,
            },
            "type": "card",
        },
        "status": "failed" if each.decline else "succeeded",
    }


def stripe_payments() -> str:
    """The dashboard's payments CSV, with some of the columns that can be ticked."""
    header = ("id", "Created date (UTC)", "Amount", "Currency", "Decline Reason", "Status", "Seller Message")
    more = ("PaymentIntent ID", "Customer ID", "Card Brand", "Card Funding", "Card Last4", "Card Issue Country")
    rows = [
        (
            f"ch_dashboard{each.payment:04d}n{each.number}",
            each.at.strftime("%Y-%m-%d %H:%M:%S"),
            major(each),
            each.currency.lower(),
            each.decline.stripe if each.decline else "",
            "Paid" if each.decline is None else "Blocked" if each.declined_by == "fraud_control" else "Failed",
            "The bank did not return any further details with this decline." if each.decline else "Payment complete.",
            f"pi_dashboard{each.payment:04d}",
            f"cus_{each.customer}",
            {"visa": "Visa", "mastercard": "MasterCard", "amex": "American Express"}[each.network],
            each.funding,
            each.last4,
            each.country,
        )
        for each in attempts(seed=4, payments=45)
    ]
    return table(header + more, rows)


def adyen() -> str:
    """The received payment details report."""
    rows = [received(each) for each in attempts(seed=5, payments=70)]
    return table(tuple(rows[0]), [tuple(row.values()) for row in rows])


def received(each: Attempt) -> dict[str, str]:
    """One row of the report."""
    berlin = each.at.astimezone(BERLIN)
    answered = {"": "Approved", "fraud_control": "FRAUD", "authentication": "3D Not Authenticated"}
    words = f"{each.code} : {each.decline.words}" if each.decline and each.code else ""
    authentication = {"": "Y", "authentication": "N"}.get(each.declined_by, "Y")
    return {
        "Company Account": "ExampleCompany",
        "Merchant Account": "ExampleShop" + ("BR" if each.currency == "BRL" else "EU"),
        "Psp Reference": f"EX{each.payment:06d}{each.number:02d}CARD",
        "Merchant Reference": f"order-{each.payment:05d}",
        "Payment Method": ADYEN_METHODS[each.network],
        "Creation Date": berlin.strftime("%Y-%m-%d %H:%M:%S"),
        "TimeZone": berlin.tzname() or "",
        "Currency": each.currency,
        "Amount": major(each),
        "Type": "Payment",
        "Risk Scoring": "0",
        "Shopper Interaction": "ContAuth" if each.recurring else "Ecommerce",
        "Shopper Country": each.country,
        "Issuer Name": f"Example Bank {each.country}",
        "Issuer Country": each.country,
        "Shopper Reference": f"shopper-{each.customer}",
        "3D Directory Response": "Y" if each.three_ds else "",
        "3D Authentication Response": authentication if each.three_ds else "",
        "CVC2 Response": "" if each.recurring else "1",
        "Acquirer Response": answered.get(each.declined_by, "Refused"),
        "Raw Acquirer Response": words,
        "Payment Method Variant": ADYEN_METHODS[each.network] + ("" if each.network == "amex" else each.funding),
    }


def table(header: Sequence[str], rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


WRITERS = {
    "canonical.jsonl": canonical,
    "gateway.csv": gateway,
    "stripe_charges.json": stripe_charges,
    "stripe_payments.csv": stripe_payments,
    "adyen_received_payments.csv": adyen,
}

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES
    for name, write in WRITERS.items():
        (folder / name).write_text(write(), encoding="utf-8", newline="\n")
