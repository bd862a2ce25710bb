"""Outcomes that were told become attempts to learn from: once, when they were known, as the columns of an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from payment_analysis.ml.arrays import numbers
from payment_analysis.ml.history import known_at_ms
from payment_analysis.ml.propensities import PROPENSITY
from payment_analysis.ml.routing_training import train_routing
from payment_analysis.ml.told_attempts import with_told
from payment_analysis.ml.training import Lessons
from payment_analysis.store.told_decisions import ToldDecision

if TYPE_CHECKING:
    import pyarrow as pa
    from tests.ml.conftest import Small

AT = datetime(2026, 10, 31, 12, tzinfo=UTC)
TOLD = AT + timedelta(hours=2)
REQUEST = {"merchant_id": "m_1", "amount_minor": 12_000, "currency": "BRL", "network": "visa", "issuer_country": "BR"}


def decision(payment: str, kind: str = "routing", **more: Any) -> ToldDecision:
    response = more.pop("response", {})
    arm = {"action": "north/standard", "is_eligible": True}
    if kind == "routing":
        response = {"propensity": 0.8, "solution": "standard", "options": [arm]} | response
    given: dict[str, Any] = {
        "audit_id": f"audit-{payment}-{kind}",
        "decision_type": kind,
        "payment_id": payment,
        "action": "north/standard",
        "route": "north" if kind == "routing" else None,
        "request": REQUEST | more.pop("request", {}),
        "response": response,
        "decided_at": AT,
        "outcome": "approved",
        "outcome_code": None,
        "outcome_reason": None,
        "advice_code": None,
        "told_at": TOLD,
        "fraud_at": None,
    }
    return ToldDecision(**(given | more))


def learned(small: Small, *decisions: ToldDecision) -> dict[str, Any] | None:
    """The row that was added."""
    made = with_told(small.attempts, decisions)
    assert made.attempts.num_rows == small.attempts.num_rows + made.told
    rows = {row["transaction_id"]: row for row in made.attempts.to_pylist()}
    added = [row for name, row in rows.items() if name.startswith("audit-")]
    assert len(added) == made.told <= 1
    return added[0] if added else None


def test_a_told_decision_is_an_attempt_with_its_label_and_its_logged_propensity(small: Small) -> None:
    row = learned(small, decision("new"))

    assert row is not None
    assert (row["is_approved"], row["psp"], row["payment_id"], row["attempt_number"]) == (True, "north", "new", 1)
    assert (row["amount"], row[PROPENSITY], row["payment_solution"]) == (Decimal("120.000"), 0.8, "standard")
    assert row["reporting_amount"] is not None
    assert row["is_sale"] is True


def test_a_decline_carries_its_reason_as_silver_does(small: Small) -> None:
    row = learned(small, decision("new", outcome="declined", outcome_code="51"))

    assert row is not None
    assert (row["is_approved"], row["decline_reason_detail"], row["is_retryable"]) == (
        False,
        "insufficient_funds",
        True,
    )
    assert row["decline_reason_standard"] == "FUNDS_OR_LIMIT"
    assert row["earliest_retry_seconds"] > 0


def test_an_answer_is_known_when_it_was_told_and_a_report_of_fraud_too(small: Small) -> None:
    made = with_told(small.attempts, [decision("new", fraud_at=TOLD)]).attempts
    place = made["transaction_id"].to_pylist().index("audit-new-routing")

    assert known_at_ms(made)[place] == TOLD.timestamp() * 1000
    assert made["fraud_reported_at"][place].as_py() == TOLD


def test_decisions_of_one_attempt_are_one_attempt(small: Small) -> None:
    path = decision("new", "authentication", action="3ds_challenge")

    row = learned(small, path, decision("new"))

    assert row is not None
    assert (row["psp"], row["uses_3ds"], row["three_ds_routed"]) == ("north", True, True)


def test_a_retry_is_the_attempt_after_those_that_were_made(small: Small) -> None:
    after = {"previous_decline_code": "51", "previous_route": "south", "attempt_number": 1}

    row = learned(
        small, decision("new", "retry", action="same_route", request=after, response={"retry_after_seconds": 3600})
    )

    assert row is not None
    assert (row["psp"], row["attempt_number"], row["retry_count"]) == ("south", 2, 1)
    assert row["event_timestamp"] == AT + timedelta(hours=1)


@pytest.mark.parametrize("outcome", ["timeout", "error", None])
def test_what_has_no_answer_is_no_lesson(small: Small, outcome: str | None) -> None:
    assert learned(small, decision("new", outcome=outcome)) is None


def test_the_event_that_lands_wins_and_keeps_the_propensity(small: Small) -> None:
    first = next(row for row in small.attempts.to_pylist() if row["attempt_number"] == 1 and row["psp"])
    arm = {"action": f"{first['psp']}/standard", "is_eligible": True}
    mine = decision(first["payment_id"], route=first["psp"], response={"options": [arm]})

    made = with_told(small.attempts, [mine])

    assert made.told == 0
    written = numbers(made.attempts, PROPENSITY)
    place = made.attempts["transaction_id"].to_pylist().index(first["transaction_id"])
    assert (np.isfinite(written).sum(), written[place]) == (1, 0.8)


def test_a_retry_that_has_not_landed_is_learned_behind_the_event_that_has(small: Small) -> None:
    last = _last_of_some_payment(small.attempts)
    request = {"attempt_number": last["attempt_number"], "previous_decline_code": "51"}

    assert learned(small, decision(last["payment_id"])) is None
    row = learned(small, decision(last["payment_id"], "retry", action="other_route", request=request))

    assert row is not None
    assert row["attempt_number"] == last["attempt_number"] + 1
    assert row["psp"] is None  # which other route was taken nobody told


def test_an_arm_beside_another_one_of_its_route_is_no_chance_of_the_route(small: Small) -> None:
    arms = [{"action": f"north/{way}", "is_eligible": True} for way in ("standard", "network_token")]

    row = learned(small, decision("new", response={"options": arms}))

    assert row is not None
    assert row[PROPENSITY] is None


def test_models_learn_from_them(small: Small) -> None:
    routes = sorted({psp for psp in small.attempts["psp"].to_pylist() if psp})
    arms = [{"action": f"{route}/standard", "is_eligible": True} for route in routes]
    told = [
        decision(
            f"new-{n}", route=routes[n % len(routes)], response={"options": arms}, decided_at=AT + timedelta(minutes=n)
        )
        for n in range(40)
    ]

    made = with_told(small.attempts, told)
    trained = train_routing(Lessons.of(made.attempts), {})

    assert made.told == 40
    assert trained.card.windows.test_rows > 0


def _last_of_some_payment(attempts: pa.Table) -> dict[str, Any]:
    rows = [row for row in attempts.to_pylist() if row["payment_id"]]
    return max(
        (row for row in rows if row["payment_id"] == rows[0]["payment_id"]), key=lambda row: row["attempt_number"]
    )
