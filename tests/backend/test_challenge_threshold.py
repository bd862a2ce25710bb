"""The challenge threshold trades what stored attempts of equal score and funding show, and says where none does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from payment_analysis.backend.challenge_tradeoff import ANSWERED_MIN, tradeoff

if TYPE_CHECKING:
    from tests.backend.conftest import Place


def cell(band: int, *, challenged: bool, answered: int, approved: int, reported: int = 0) -> dict[str, Any]:
    return {
        "band": band,
        "funding": "credit",
        "is_challenged": challenged,
        "attempts": answered,
        "answered": answered,
        "approved": approved,
        "reported": reported,
    }


SEEN = [
    cell(0, challenged=False, answered=900, approved=810),
    cell(0, challenged=True, answered=100, approved=70),
    cell(15, challenged=False, answered=50, approved=40, reported=8),
    cell(15, challenged=True, answered=50, approved=25),
]


def test_each_side_of_the_threshold_gets_what_alike_attempts_got() -> None:
    told = tradeoff(SEEN)

    by = {round(point.threshold, 2): point for point in told.points}
    assert by[0.0].challenged == 1.0
    assert by[0.0].approval == pytest.approx((1000 * 0.7 + 100 * 0.5) / 1100)
    assert by[0.75].challenged == pytest.approx(100 / 1100)
    assert by[0.75].approval == pytest.approx((1000 * 0.9 + 100 * 0.5) / 1100)
    assert by[0.75].fraud == 0.0
    assert by[1.0].fraud == pytest.approx(100 * 8 / 50 / (1000 * 0.9 + 100 * 0.8))
    assert told.approval == pytest.approx(945 / 1100)
    assert told.challenged == pytest.approx(150 / 1100)
    ends = [(point.low, point.approval, point.high) for point in told.points]
    assert all(
        low < rate < high for low, rate, high in ends if low is not None and rate is not None and high is not None
    )
    assert None not in {rate for _, rate, _ in ends}


def test_a_cell_that_few_went_through_tells_nothing() -> None:
    few = [
        cell(4, challenged=False, answered=500, approved=400),
        cell(4, challenged=True, answered=ANSWERED_MIN - 1, approved=1),
    ]

    points = tradeoff(few).points

    assert (points[0].approval, points[0].without_evidence) == (None, 1.0)
    assert points[-1].approval == 0.8
    assert tradeoff([]).points == []


def test_the_answer_is_counted_from_the_attempts_of_the_scope(place: Place) -> None:
    told = place.admin.get("/api/analytics/smart-checkout/threshold").json()
    (counted,) = place.lakehouse.rows(
        "select count(*) as attempts from payments_enriched_silver where is_sale and fraud_score is not null"
    )

    assert told["attempts"] == counted["attempts"]
    assert told["setting"] == 0.75
    assert [point["threshold"] for point in told["points"]] == sorted(point["threshold"] for point in told["points"])
