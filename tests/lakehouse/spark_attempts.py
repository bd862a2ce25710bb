"""Attempts made to be awkward: every kind of null, unknown, tie, revision, currency and hour that two engines may see
differently. The same seed gives the same rows.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.lakehouse.small import attempt

from payment_analysis.domain.attempt import FIELDS, CardNetwork, DeclinedBy, EntrySystem, FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]

SEED = 7
PAYMENTS = 450
# Midnights in UTC, both days on which Europe and America move their clocks, a leap day, the last month and today.
DAYS = [
    datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC),
    datetime(2025, 10, 26, 0, 59, 59, 999_999, tzinfo=UTC),
    datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    *(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day) for day in range(30)),
    *(datetime(2026, 3, 31, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 24, 3)),
]
END = datetime(2026, 4, 1, tzinfo=UTC)  # the last day is the one that real-time views look at
BUSY_HOUR = datetime(2026, 3, 31, 22, 4, tzinfo=UTC)
INGESTED_AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
CODES = [
    "51",
    "05",
    "5",
    "00",
    "14",
    "43",
    "54",
    "59",
    "61",
    "65",
    "78",
    "82",
    "91",
    "96",
    "N7",
    "n7",
    "1A",
    "R0",
    None,
]
WORDS = [None, "", "INSUFFICIENT_FUNDS", "Do not honor", "do-not-honor", " expired card ", "issuer_unavailable", "grün"]
ADVICE = [None, None, "01", "03", "21", "24", "40", "77", ""]
FLAGS = [field.name for field in FIELDS if field.type is FieldType.BOOLEAN]
CURRENCIES = ["EUR", "EUR", "BRL", "USD", "JPY", "KWD", "CLF", "BHD", "UYU", "XTS"]
COUNTRIES = [None, "BR", "DE", "US", "FR", "GB", "ZZ"]


def awkward_attempts(seed: int = SEED, payments: int = PAYMENTS) -> list[Row]:
    """Landing rows: chains, revisions and rows that bronze must drop."""
    chance = random.Random(seed)
    rows = [row for number in range(payments) for row in _payment(chance, number)]
    rows += [_revised(chance, row) for row in chance.sample(rows, len(rows) // 8)]
    return rows + list(_broken(chance))


def busy_hours() -> list[Row]:
    """One hour of the last day in which a provider fails, and the same hour of the four weeks before: an alert."""
    hours = [(week, BUSY_HOUR - timedelta(weeks=week)) for week in range(5)]
    return [
        attempt(
            f"busy{week}.{number}",
            _ingested_at=INGESTED_AT,
            event_timestamp=start + timedelta(seconds=40 * number),
            psp="four",
            merchant_segment="travel",
            **({"result": "declined", "decline_code_raw": "91"} if week == 0 or number % 10 == 0 else {}),
        )
        for week, start in hours
        for number in range(60)
    ]


def _payment(chance: random.Random, number: int) -> Iterator[Row]:
    """The attempts of one payment: named by the source, found by a key and a window, or standing alone."""
    kind = chance.choice(["named", "named", "keyed", "alone"])
    card = chance.choice([None, *(f"card{n}" for n in range(60))])
    merchant = chance.choice([None, "m1", "m2", "m3", "mø4"])
    time = chance.choice(DAYS) + timedelta(seconds=chance.choice([0, 1, chance.random() * 7200]))
    window = chance.choice([None, 0, 60, 3600])
    for position in range(1 if kind == "alone" else chance.choice([1, 1, 2, 3, 5])):
        groupings: dict[str, Row] = {
            "named": {"payment_id": f"p{number % 400}", "attempt_number": chance.choice([None, position + 1])},
            "keyed": {"payment_key": f"k{number % 80}", "payment_window_seconds": window},
            "alone": {"retry_count": chance.choice([None, 0, 1, 2])},
        }
        seen = {"card_token_id": card, "merchant_id": merchant, "event_timestamp": time}
        yield attempt(f"t{number}.{position}", **_facts(chance), **seen, **groupings[kind])
        step = timedelta(seconds=chance.choice([0, 1, 60, 61, 3599.999999, 90_000]))
        time += step if time + step < END else timedelta()


def _facts(chance: random.Random) -> Row:
    result = chance.choices(["approved", "declined", "pending", "error"], [6, 5, 1, 1])[0]
    return {
        "_ingested_at": INGESTED_AT,
        "amount_minor": chance.choice([0, 1, 49_99, 50_00, 199_99, chance.randrange(10**7), 999_999_999_999]),
        "currency": chance.choice(CURRENCIES),
        "result": result,
        **(_decline(chance) if result == "declined" else {}),
        **_card(chance),
        **_services(chance),
        **{
            name: chance.choice([None, Decimal(chance.randrange(10_001)).scaleb(-4), Decimal("0.3"), Decimal("0.7")])
            for name in ("fraud_score", "aml_risk_score", "device_trust_score")
        },
    }


def _decline(chance: random.Random) -> Row:
    return {
        "declined_by": chance.choice([None, None, None, *DeclinedBy]),
        "decline_code_raw": chance.choice(CODES),
        "decline_reason": chance.choice(WORDS),
        "merchant_advice_code": chance.choice(ADVICE),
    }


def _card(chance: random.Random) -> Row:
    return {
        "card_network": chance.choice([None, *CardNetwork]),
        "card_bin": chance.choice([None, "411111", "55555555", "650000"]),
        "payment_method_type": chance.choice([None, "credit", "debit", "prepaid"]),
        "issuer": chance.choice([None, "Bank A", "Bank 'B' \\ \"C\"", "Banco Açaí", "12 345 678"]),
        "issuer_country": chance.choice(COUNTRIES),
        "geo_country": chance.choice(COUNTRIES),
        "merchant_country": chance.choice(COUNTRIES),
        "psp": chance.choice([None, "one", "two", "three"]),
        "wallet": chance.choice([None, "apple_pay", "google_pay"]),
        "merchant_segment": chance.choice([None, "travel", "retail", "gaming"]),
        "entry_system": chance.choice([None, *EntrySystem]),
        "transaction_stage": chance.choice([None, None, "entry_response", "downstream_response"]),
        "payment_solution": chance.choice([None, "standard", "3ds", "passkey"]),
        "initiator": chance.choice([None, "cit", "mit"]),
        "device_type": chance.choice([None, "mobile", "desktop"]),
        "processing_time_ms": chance.choice([None, chance.randrange(3000)]),
        "psp_fee_minor": chance.choice([None, 0, chance.randrange(500)]),
        "installments": chance.choice([None, 1, 12]),
    }


def _services(chance: random.Random) -> Row:
    mostly_no = [None, None, False, True]
    return {
        **{flag: chance.choice(mostly_no) for flag in FLAGS},
        "is_verification": chance.random() < 0.05 or None,
        "is_test": chance.random() < 0.03,
        "antifraud_result": chance.choice([None, "not_run", "pass", "fail"]),
        "cvv_result": chance.choice([None, "match", "no_match"]),
    }


def _revised(chance: random.Random, row: Row) -> Row:
    """A later word on the same attempt; some claim the very same moment as the first."""
    known = {name: value for name, value in row.items() if name != "_event_key"}
    moment = row["event_timestamp"] + timedelta(seconds=chance.choice([0, 0, 30, 86_400]))
    changes = {"result": chance.choice(["approved", "declined"]), "updated_at": chance.choice([None, moment])}
    return attempt(**known | changes | {"processing_time_ms": chance.randrange(9000)})


def _broken(chance: random.Random) -> Iterator[Row]:
    pan = "4" + "1" * 15
    faults: list[Row] = [
        {"amount_minor": -5},
        {"amount_minor": None},
        {"amount_minor": 10**12},
        {"currency": "QQQ"},
        {"currency": None},
        {"result": "maybe"},
        {"result": None},
        {"event_timestamp": None},
        {"event_timestamp": datetime(2031, 1, 1, tzinfo=UTC)},
        {"issuer": f"card {pan}"},
        {"psp": pan, "decline_reason": f"{pan[:4]} 1111 1111 1111"},
        {"transaction_id": ""},
    ]
    for number, fault in enumerate(faults):
        yield attempt(**{"transaction_id": f"broken{number}", **_facts(chance), "_source_row": number, **fault})
