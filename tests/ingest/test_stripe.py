"""Stripe's charges and its dashboard CSV become attempts."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.ingest.reading import faults, fields

from payment_analysis.domain.quarantine import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read

CARD = "payment_method_details.card"
SECURE = f"{CARD}.three_d_secure"
FAILED = {"status": "failed", "paid": False, "failure_code": "card_declined"}


@pytest.fixture
def charge(shared_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_data / "stripe_objects.json").read_text())["charge"]
    return found


def varied(charge: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy of a charge with other values at some paths."""
    other = copy.deepcopy(charge)
    for path, value in changes.items():
        *parents, member = path.split(".")
        place = other
        for parent in parents:
            place = place[parent]
        place[member] = value
    return other


def test_a_charge_lands_with_every_field_it_tells(read: Read, charge: dict[str, Any]) -> None:
    (row,) = fields(read(json.dumps([charge]), "stripe", name="f.json").accepted)

    assert row.pop("event_timestamp").isoformat() == "2009-02-13T23:31:30+00:00"
    assert row == {
        "transaction_id": "ch_1PgafuB7WZ01zgkWXYmPNZs8",
        "payment_id": "ch_1PgafuB7WZ01zgkWXYmPNZs8",
        "amount_minor": 100,
        "currency": "USD",
        "result": "approved",
        "is_test": True,
        "card_network": "visa",
        "card_last4": "4242",
        "card_token_id": "AOB934RVNwzk6xtn",
        "payment_method_type": "credit",
        "issuer_country": "US",
        "wallet": "link",
        "psp": "stripe",
        "cvv_result": "pass",
        "is_network_token": False,
    }


VARIED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"payment_intent": "pi_1"}, {"payment_id": "pi_1"}),
    ({"payment_intent": {"id": "pi_2", "object": "payment_intent"}}, {"payment_id": "pi_2"}),
    ({"customer": "cus_1"}, {"cardholder_id": "cus_1"}),
    ({"customer": {"id": "cus_2"}}, {"cardholder_id": "cus_2"}),
    ({"livemode": True}, {"is_test": False}),
    ({"status": "pending"}, {"result": "pending"}),
    ({"paid": False}, {"result": "pending"}),
    (FAILED, {"result": "declined", "decline_reason": "card_declined"}),
    (
        FAILED
        | {
            "outcome.type": "issuer_declined",
            "outcome.reason": "insufficient_funds",
            "outcome.network_decline_code": "51",
            "outcome.network_advice_code": "24",
        },
        {
            "result": "declined",
            "declined_by": "issuer",
            "decline_reason": "insufficient_funds",
            "decline_code_raw": "51",
            "merchant_advice_code": "24",
        },
    ),
    (FAILED | {"outcome.type": "blocked", "outcome.reason": "highest_risk_level"}, {"declined_by": "fraud_control"}),
    (FAILED | {"outcome.type": "invalid"}, {"declined_by": "gateway"}),
    ({f"{CARD}.network_token.used": True}, {"is_network_token": True}),
    ({f"{CARD}.network": None, f"{CARD}.brand": "mastercard"}, {"card_network": "mastercard"}),
    ({f"{CARD}.network": "cartes_bancaires"}, {"card_network": "cartes_bancaires"}),
    ({f"{CARD}.funding": "unknown"}, {"payment_method_type": None}),
    ({f"{CARD}.installments": {"plan": {"count": 6}}}, {"installments": 6}),
    ({f"{CARD}.checks.address_line1_check": "fail", f"{CARD}.checks.address_postal_code_check": "pass"}, {"avs_result": "fail/pass"}),
    (
        {
            f"{SECURE}.authentication_flow": "challenge",
            f"{SECURE}.result": "authenticated",
            f"{SECURE}.electronic_commerce_indicator": "05",
            f"{SECURE}.version": "2.2.0",
        },
        {
            "uses_3ds": True,
            "three_ds_friction": True,
            "three_ds_authenticated": True,
            "three_ds_trans_status": "Y",
            "eci": "05",
            "three_ds_version": "2.2.0",
        },
    ),
    (
        {f"{SECURE}.authentication_flow": "frictionless", f"{SECURE}.result": "attempt_acknowledged"},
        {"three_ds_friction": False, "three_ds_authenticated": False, "three_ds_trans_status": "A"},
    ),
    ({f"{SECURE}.result": "exempted", f"{SECURE}.exemption_indicator": "low_risk"}, {"uses_3ds": True, "sca_exemption": "tra"}),
    ({SECURE: None}, {"uses_3ds": None, "result": "approved"}),
    ({"currency": "jpy", "amount": 500}, {"amount_minor": 500}),
    ({"currency": "kwd", "amount": 5000}, {"amount_minor": 5000}),
    ({"currency": "isk", "amount": 500}, {"amount_minor": 5}),
    ({"currency": "ugx", "amount": 500}, {"amount_minor": 5}),
    ({"currency": "mga", "amount": 5}, {"amount_minor": 500}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), VARIED)
def test_a_varied_charge_is_understood(
    read: Read, charge: dict[str, Any], changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    staged = read(json.dumps([varied(charge, changes)]), "stripe", name="f.json")

    assert faults(staged) == []
    (row,) = fields(staged.accepted)
    assert {name: row.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payment_method_details.type": "sepa_debit"}, Reason.NOT_A_CARD),
        ({"object": "refund"}, Reason.NOT_A_CARD),
        ({"outcome": "declined"}, Reason.NOT_AN_OBJECT),
        ({CARD: []}, Reason.NOT_AN_OBJECT),
        ({"amount": [1]}, Reason.NOT_A_TEXT),
        ({"amount": None}, Reason.MISSING_REQUIRED),
        ({"currency": "isk", "amount": 550}, Reason.AMOUNT_PRECISION),
        ({"status": "lost"}, Reason.UNKNOWN_VALUE),
    ],
)
def test_a_charge_that_is_no_card_attempt_is_rejected(
    read: Read, charge: dict[str, Any], changes: dict[str, Any], reason: Reason
) -> None:
    staged = read(json.dumps([charge, varied(charge, changes)]), "stripe", name="f.json")

    assert [(row, found) for row, found, _ in faults(staged)] == [(2, reason)]


def test_lists_lines_and_pages_hold_the_same_attempts(read: Read, charge: dict[str, Any]) -> None:
    charges = [varied(charge, {"id": f"ch_{number}", "payment_intent": "pi_1"}) for number in range(5)]
    page = {"object": "list", "has_more": False, "data": charges}
    notations = {
        "list.json": json.dumps(charges),
        "pretty.json": json.dumps(charges, indent=2),
        "lines.jsonl": "\n".join(map(json.dumps, charges)),
        "page.json": json.dumps(page),
        "pretty_page.json": json.dumps(page, indent=1),
        "mark.json": "\ufeff" + json.dumps(charges),
    }

    found = [fields(read(text, "stripe", name=name).accepted) for name, text in notations.items()]

    assert all(rows == found[0] for rows in found)
    assert [(row["transaction_id"], row["payment_id"]) for row in found[0]][-1] == ("ch_4", "pi_1")


def test_the_payment_intent_of_the_samples_is_no_attempt(read: Read, shared_data: Path) -> None:
    objects = json.loads((shared_data / "stripe_objects.json").read_text())

    staged = read(json.dumps(list(objects.values())), "stripe", name="f.json")

    assert staged.by_reason == {Reason.NOT_A_CARD: 1}
    assert staged.rows_accepted == 1


DASHBOARD = """\
id,Created date (UTC),Amount,Currency,Decline Reason,Status,PaymentIntent ID,Card Brand,Mode
ch_1,2026-10-01 12:00,10.50,eur,,Paid,pi_1,Visa,Live
ch_2,2026-10-01 12:01:02,1000,jpy,insufficient_funds,Failed,,MasterCard,Test
ch_3,2026-10-01 12:02,5.00,usd,,Blocked,pi_3,American Express,Live
ch_4,2026-10-01 12:03,5.001,usd,,Paid,pi_4,Visa,Live
"""


def test_the_dashboard_csv_is_read(read: Read) -> None:
    staged = read(DASHBOARD, "stripe")

    names = ("transaction_id", "payment_id", "amount_minor", "result", "declined_by", "card_network", "is_test")
    assert [tuple(row.get(name) for name in names) for row in fields(staged.accepted)] == [
        ("ch_1", "pi_1", 1050, "approved", None, "visa", False),
        ("ch_2", "ch_2", 1000, "declined", None, "mastercard", True),
        ("ch_3", "pi_3", 500, "declined", "fraud_control", "amex", False),
    ]
    assert faults(staged) == [(5, Reason.AMOUNT_PRECISION, "amount_minor")]
