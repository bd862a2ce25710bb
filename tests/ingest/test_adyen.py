"""Adyen's received payment details report becomes attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ingest.reading import faults, fields

from payment_analysis.domain.attempt import AttemptResult, DeclinedBy
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest import adyen_words

if TYPE_CHECKING:
    from tests.ingest.reading import Read

ROW = {
    "Merchant Account": "ShopEU",
    "Psp Reference": "8515131751004933",
    "Merchant Reference": "order-1",
    "Payment Method": "visa",
    "Creation Date": "2026-10-01 12:00:00",
    "TimeZone": "CEST",
    "Currency": "EUR",
    "Amount": "12.50",
    "Shopper Interaction": "Ecommerce",
    "Issuer Name": "",
    "Issuer Id": "bank-7",
    "Issuer Country": "DE",
    "3D Directory Response": "",
    "3D Authentication Response": "",
    "Acquirer Response": "Approved",
    "Raw Acquirer Response": "00 : Approved",
    "Payment Method Variant": "visacorporatecredit",
}


def report(*rows: dict[str, str], preamble: str = "") -> str:
    lines = [",".join(ROW), *(",".join({**ROW, **row}.values()) for row in rows)]
    return preamble + "\n".join(lines) + "\n"


CASES: list[tuple[dict[str, str], dict[str, object]]] = [
    (
        {},
        {
            "transaction_id": "8515131751004933",
            "payment_id": "order-1",
            "amount_minor": 1250,
            "result": "approved",
            "declined_by": None,
            "decline_code_raw": None,
            "decline_reason": None,
            "issuer": "bank-7",
            "payment_method_type": "credit",
            "initiator": "cit",
            "psp": "adyen",
        },
    ),
    (
        {"Acquirer Response": "Refused", "Raw Acquirer Response": "51 : Insufficient funds"},
        {"result": "declined", "declined_by": "issuer", "decline_code_raw": "51", "decline_reason": "Insufficient funds"},
    ),
    (
        {"Acquirer Response": "Not enough balance", "Raw Acquirer Response": ""},
        {"result": "declined", "declined_by": None, "decline_code_raw": None, "decline_reason": "Not enough balance"},
    ),
    ({"Acquirer Response": "FRAUD", "Raw Acquirer Response": ""}, {"declined_by": "fraud_control"}),
    ({"Acquirer Response": "3D Not Authenticated"}, {"result": "declined", "declined_by": "authentication"}),
    ({"Acquirer Response": "Error"}, {"result": "error"}),
    ({"Acquirer Response": "Cancelled"}, {"result": "error"}),
    ({"Acquirer Response": "Pending"}, {"result": "pending"}),
    ({"Merchant Reference": ""}, {"payment_id": "8515131751004933"}),
    ({"Payment Method": "mc", "Payment Method Variant": "mcdebit"}, {"card_network": "mastercard", "payment_method_type": "debit"}),
    ({"Payment Method Variant": "visa_applepay"}, {"wallet": "apple_pay", "payment_method_type": None}),
    ({"Payment Method": "bcmc"}, {"card_network": None}),
    ({"Shopper Interaction": "ContAuth"}, {"entry_mode": "recurring", "initiator": None, "is_recurring": None}),
    ({"Shopper Interaction": "POS"}, {"entry_mode": None, "initiator": "cit", "is_recurring": False}),
    (
        {"3D Directory Response": "Y", "3D Authentication Response": "Y"},
        {"uses_3ds": True, "three_ds_authenticated": True, "three_ds_trans_status": "Y"},
    ),
    (
        {"3D Directory Response": "Y", "3D Authentication Response": "N"},
        {"uses_3ds": True, "three_ds_authenticated": False, "three_ds_trans_status": "N"},
    ),
    ({"3D Directory Response": "N"}, {"uses_3ds": False, "three_ds_authenticated": None}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_a_row_of_the_report_is_understood(read: Read, changes: dict[str, str], expected: dict[str, object]) -> None:
    staged = read(report(changes), "adyen")

    assert faults(staged) == []
    (row,) = fields(staged.accepted)
    assert {name: row.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("CEST", 10), ("CET", 11), ("UTC", 12), ("BST", 11), ("EDT", 16), ("BRT", 15), ("PST", 20), ("Europe/Berlin", 10)],
)
def test_the_time_zone_column_gives_the_instant(read: Read, zone: str, hour: int) -> None:
    (row,) = fields(read(report({"TimeZone": zone}), "adyen").accepted)

    assert row["event_timestamp"].hour == hour


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"TimeZone": "XQT"}, Reason.NOT_A_TIME),
        ({"TimeZone": ""}, Reason.NOT_A_TIME),
        ({"Payment Method": "ideal"}, Reason.NOT_A_CARD),
        ({"Payment Method": "klarna_paynow"}, Reason.NOT_A_CARD),
        ({"Acquirer Response": "Something else"}, Reason.UNKNOWN_VALUE),
        ({"Amount": "12,50"}, Reason.TOO_MANY_COLUMNS),
    ],
)
def test_a_row_that_is_no_card_attempt_is_rejected(read: Read, changes: dict[str, str], reason: Reason) -> None:
    assert [found for _, found, _ in faults(read(report(changes), "adyen"))] == [reason]


def test_lines_before_the_header_are_passed_over_and_line_numbers_stay(read: Read) -> None:
    staged = read(report({}, {"Amount": "x"}, preamble="Received payment details\nShopEU;October\n\n"), "adyen")

    assert staged.rows_accepted == 1
    assert faults(staged) == [(6, Reason.NOT_A_NUMBER, "amount_minor")]


def test_the_words_mean_members_of_our_closed_sets() -> None:
    assert set(adyen_words.RESULTS.values()) == {str(member) for member in AttemptResult}
    assert set(adyen_words.DECLINED_BY.values()) <= {str(member) for member in DeclinedBy}
    assert set(adyen_words.DECLINED_BY) <= set(adyen_words.RESULTS)
