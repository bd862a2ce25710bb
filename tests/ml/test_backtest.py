"""A rule over stored attempts: what it meets, what it would have changed, and when nothing can be said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pytest

from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.domain.errors import BadRule
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.ml.backtest import Told, Trust, backtest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.ml.conftest import Small

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


def told(decision: str, condition: str, kind: str, value: str | None = None) -> Told:
    known = Decision(decision)
    return Told(known, compile_rule(condition, known), read_action(kind, value, known))


class Log:
    """Answers the question about days with one of them, and the other one with the rows it was given."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        if "as day" in sql:
            attempts = sum(row["attempts"] for row in self._rows)
            met = {"attempts": attempts, "payments": attempts, "approved": 0, "answered": attempts, "value": 1.0}
            return [{"day": date(2026, 10, 1), **met}]
        return self._rows


def stratum(key: str, *, is_told: bool, attempts: int, approved: int) -> dict[str, Any]:
    """Attempts about 10 each."""
    keys = {"s0": key, "s1": "visa", "s2": False, "s3": False}
    money = {"value": 10.0 * approved, "value_squares": 100.0 * approved}
    none = {"frauds": 0, "fraud_value": None, "fraud_value_squares": None}
    return {**keys, "is_told": is_told, "attempts": attempts, "approved": approved, **money, **none}


FORBID = told("routing", "network = 'visa'", "forbid_route", "two")


def test_the_others_are_taken_to_go_as_those_of_their_stratum_that_went_the_rules_way() -> None:
    log = Log([
        stratum("m1", is_told=True, attempts=4_000, approved=3_600),
        stratum("m1", is_told=False, attempts=1_000, approved=800),
        stratum("m2", is_told=True, attempts=2_000, approved=1_000),
        stratum("m2", is_told=False, attempts=500, approved=300),
    ])  # fmt: skip

    found = backtest(log, FORBID, UNTIL)

    assert (found.attempts, found.changed, found.trust, found.support) == (7_500, 1_500, Trust.GOOD, 1.0)
    assert found.effect is not None
    assert found.effect.approvals.value == pytest.approx(1_000 * 0.9 - 800 + 500 * 0.5 - 300)
    assert found.effect.value.value == pytest.approx(500)
    assert found.effect.approvals.low < 50 < found.effect.approvals.high


def test_without_overlap_no_figure_is_given() -> None:
    log = Log([
        stratum("m1", is_told=True, attempts=5_000, approved=4_000),
        stratum("m2", is_told=False, attempts=3_000, approved=2_000),
        stratum("m1", is_told=False, attempts=1_000, approved=900),
    ])  # fmt: skip

    found = backtest(log, FORBID, UNTIL)

    assert (found.trust, found.effect, found.support) == (Trust.ABSTAINS, None, 0.25)
    assert "An experiment would tell" in found.told[0]


def test_few_that_went_the_rules_way_decide_nothing() -> None:
    log = Log([
        stratum("m1", is_told=True, attempts=300, approved=240),
        stratum("m1", is_told=False, attempts=3_000, approved=2_700),
    ])  # fmt: skip

    found = backtest(log, FORBID, UNTIL)

    assert (found.trust, found.effective_attempts) == (Trust.WEAK, 300)


def test_what_is_not_stored_cannot_be_replayed() -> None:
    with pytest.raises(BadRule, match="approval_rate_5m"):
        backtest(Log([]), told("routing", "approval_rate_5m < 0.7", "no_cascade"), UNTIL)


def test_attempts_taken_away_are_counted_as_they_were(small: Small) -> None:
    found = backtest(
        small.home.lakehouse(), told("retry", "decline_fault = 'cardholder'", "do_not_retry"), UNTIL, days=365
    )

    columns = ["payment_id", "position_in_payment", "result", "decline_fault", "is_sale", "is_approved"]
    store = DeltaStore(small.home.path / "lakehouse" / "tables")
    rows = store.snapshot("payments_enriched_silver").table.to_pyarrow_table(columns=columns)
    rows = rows.filter(pc.field("is_sale")).to_pylist()
    hits = [row for row in rows if row["result"] == "declined" and row["decline_fault"] == "cardholder"]
    stopped: dict[str, int] = {}
    for row in hits:
        place = row["position_in_payment"]
        stopped[row["payment_id"]] = min(place, stopped.get(row["payment_id"], place))
    gone = [row for row in rows if row["position_in_payment"] > stopped.get(row["payment_id"], 10**6)]
    assert (found.attempts, found.changed) == (len(hits), len(gone))
    assert found.effect is not None
    assert found.effect.approvals.value == -sum(row["is_approved"] is True for row in gone)


def test_every_action_is_replayed_or_says_why_not(small: Small) -> None:
    lakehouse = small.home.lakehouse()
    cases = [
        told("routing", "", "no_exploration"),
        told("routing", "is_recurring or wallet is null", "no_cascade"),
        told("authentication", "fraud_score > 20%", "forbid_path", "3ds_challenge"),
        told("authentication", "amount >= 50 BRL", "request_exemption", "low_value"),
        told("retry", "", "cap_attempts", "2"),
        told("retry", "attempt_number = 1", "retry_after", "3600"),
    ]

    found = [backtest(lakehouse, case, UNTIL, days=365) for case in cases]

    assert all(one.told for one in found)
    assert found[0].trust is Trust.ABSTAINS
    assert all(one.attempts > 0 for one in found)
