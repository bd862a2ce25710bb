"""Made-up attempts for the tests of scopes: four months of them, as silver holds them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
# The days ago on which an hour with many attempts ends: those on which a range of the tests ends, and a week before.
HOUR_ENDS = {0: 0, 1: 1, 2: 1 + 7, 3: 45, 4: 45 + 7}


def attempts() -> pd.DataFrame:
    chance = random.Random(7)
    rows = [row for number in range(900) for row in _payment(chance, number)]
    rows[-1]["event_timestamp"] = NOW
    frame = pd.DataFrame(rows)
    frame["event_time"] = frame["event_timestamp"]
    frame["event_date"] = frame["event_timestamp"].dt.date
    return frame


def _some(chance: random.Random) -> Callable[..., Any]:
    return lambda *values: chance.choice(values)


def _payment(chance: random.Random, number: int) -> list[dict[str, Any]]:
    """One to three attempts of one payment, at times of the last 120 days and often in the last hour of a range."""

    some = _some(chance)
    hour_ends = HOUR_ENDS.get(number % 25)
    if hour_ends is None:
        ago = timedelta(days=chance.uniform(0.1, 120))
    else:
        ago = timedelta(days=hour_ends, minutes=chance.uniform(1, 59))
    attempts = some(1, 1, 1, 2, 3)
    shared = _shared(chance, number)
    rows = []
    for position in range(1, attempts + 1):
        result = some("approved", "declined", "declined", "pending", "error") if position == attempts else "declined"
        declined, blocked = result == "declined", some(True, False, False)
        rows.append(
            shared
            | {
                "transaction_id": f"p{number}-{position}",
                "_event_key": f"{number:05}-{position}",
                "event_timestamp": NOW - ago + timedelta(seconds=50 * position),
                "_ingested_at": NOW + timedelta(hours=number % 200),
                "psp": some("adyen", "stripe", None),
                "result": result,
                "attempt_number": position,
                "position_in_payment": position,
                "is_first_attempt": position == 1,
                "is_retry": position > 1,
                "retry_scenario": "PaymentRetry" if position > 1 else "None",
                "retried_reason": "FUNDS_OR_LIMIT" if position > 1 else None,
                "retried_after_seconds": 50 if position > 1 else None,
                "psp_switched": some(True, False) if position > 1 else None,
                "is_approved": {"approved": True, "declined": False}.get(result),
                "is_authorization": shared["is_sale"] and (result == "approved" or (declined and not blocked)),
                "is_blocked": shared["is_sale"] and declined and blocked,
                "amount_minor": 1000 + number,
                "reporting_amount": Decimal(1000 + number) / 100,
                "fraud_score": Decimal(chance.randrange(0, 100)) / 100,
                "device_trust_score": Decimal(chance.randrange(0, 100)) / 100,
                "processing_time_ms": some(80, 120, None),
            }
            | _answer(chance, number, declined=declined, blocked=blocked)
        )
    return rows


def _shared(chance: random.Random, number: int) -> dict[str, Any]:
    """What the attempts of one payment have in common."""
    some = _some(chance)
    return {
        "payment_id": f"p{number}",
        "merchant_id": some("m_1", "m_2", "m_3", None),
        "merchant_segment": some("travel", "retail", None),
        "card_network": some("visa", "elo", "amex", None),
        "issuer_country": some("BR", "DE", None),
        "geo_country": some("BR", "MX", None),
        "payment_solution": some("standard", "3ds", None),
        "entry_system": some("PD", "WS", None),
        "currency": some("BRL", "EUR"),
        "reporting_currency": "EUR",
        "card_token_id": f"card {chance.randrange(40)}",
        "issuer": some("bank one", "bank two", None),
        "card_bin": some("411111", "545454"),
        "flow_type": some("payment_link", "payment_link_sep", "recurring"),
        "is_network_token": some(True, False, None),
        "payment_method_type": some("credit", "debit"),
        "is_test": number % 40 == 0,
        "is_sale": number % 40 != 0,
    }


def _answer(chance: random.Random, number: int, *, declined: bool, blocked: bool) -> dict[str, Any]:
    """What is known once the attempt is answered."""
    some = _some(chance)
    return {
        "uses_3ds": some(True, False, None),
        "decline_reason_detail": some("insufficient_funds", "do_not_honor") if declined else None,
        "decline_reason_standard": "FUNDS_OR_LIMIT" if declined else None,
        "decline_reason_group": "funds" if declined else None,
        "decline_fault": some("issuer", "cardholder") if declined else None,
        "declined_by_resolved": ("gateway" if blocked else "issuer") if declined else None,
        "is_retryable": some(True, False) if declined else None,
        "recommended_action": "retry_later" if declined else None,
        "transaction_stage": "entry_response",
        "canonical_transaction_key": f"key {number % 300}",
        "service_path": some("antifraud=pass", "3ds=challenge", None),
        "antifraud_used": True,
        "antifraud_result": some("pass", "fail"),
        "three_ds_routed": some(True, False),
        "three_ds_friction": some(True, False),
        "three_ds_authenticated": some(True, False),
        "risk_tier": some("low", "high"),
        "amount": Decimal(1000 + number) / 100,
    }
