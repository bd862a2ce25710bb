"""A decision's scores are those of the models, one row at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.ml.conftest import SMALL

from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.outcomes import Lesson
from payment_analysis.decisioning.routing import RouteFacts, on_offer
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.ml.boosting import raw_score
from payment_analysis.ml.fast_trees import FastTrees
from payment_analysis.ml.risk import RiskModel, evidence, evidence_of_one
from payment_analysis.ml.route_memory import RouteMemory, Told
from payment_analysis.ml.routing import RoutingPolicy
from payment_analysis.ml.scoring import Scoring
from payment_analysis.ml.ways import WAYS, Ways

if TYPE_CHECKING:
    from tests.ml.conftest import Small

    from payment_analysis.ml.training import Trained

PAYMENT = Context(
    merchant_id="m_0007",
    amount_minor=12_345,
    currency="BRL",
    at=datetime(2026, 10, 31, 15, tzinfo=UTC),
    amount_value=20.0,
    network="visa",
    issuer_country="BR",
    merchant_country="BR",
    payment_method_type="credit",
    risk_score=0.2,
)
SETTINGS = PolicySettings.of({})


@pytest.fixture(scope="module")
def scoring(small: Small, approval: Trained) -> Scoring:
    return Scoring(approval.model, routing=RoutingPolicy().fit(approval.model, None, small.lessons.rows))


def test_fast_trees_answer_as_the_booster_does(small: Small, approval: Trained) -> None:
    rows = approval.model.features_.transform(small.lessons.rows.slice(0, 200))

    np.testing.assert_allclose(
        FastTrees(approval.model.booster_)(rows), raw_score(approval.model.booster_, rows), atol=1e-9
    )


def test_trees_that_do_not_see_a_difference_are_asked_once_and_the_answers_stay(
    small: Small, approval: Trained
) -> None:
    model, ways = approval.model, Ways(approval.model.features_)
    split = FastTrees(model.booster_, ways.places)

    for number in range(20):
        row = model.features_.transform(small.lessons.rows.slice(number, 1))
        rows = ways.rows(row, tuple(WAYS))
        np.testing.assert_allclose(split(rows), raw_score(model.booster_, rows), atol=1e-9)


def test_more_rows_than_fit_at_once_are_scored_in_turns(small: Small, approval: Trained) -> None:
    rows = approval.model.features_.transform(small.lessons.rows.slice(0, 600))

    np.testing.assert_allclose(
        FastTrees(approval.model.booster_)(rows), raw_score(approval.model.booster_, rows), atol=1e-9
    )


def test_the_evidence_of_one_attempt_is_the_evidence_of_a_table(small: Small) -> None:
    rows = small.lessons.rows.slice(0, 100)

    one_by_one = np.vstack([evidence_of_one(row) for row in rows.to_pylist()])

    np.testing.assert_allclose(one_by_one, evidence(rows), atol=1e-9)


def test_the_risk_of_one_attempt_is_that_of_a_table(small: Small) -> None:
    rows = small.lessons.rows
    labels = (np.arange(rows.num_rows) % 9 == 0).astype(float)
    model = RiskModel(SMALL).fit(rows, labels)
    trees = None if model.booster_ is None else FastTrees(model.booster_)

    chances = [model.chance_of_one(row, trees) for row in rows.slice(0, 50).to_pylist()]

    np.testing.assert_allclose(chances, model.predict(rows.slice(0, 50)), atol=1e-9)


def test_routes_have_the_odds_of_the_routing_model(scoring: Scoring) -> None:
    scores = scoring.routes_of(PAYMENT, {}, None)

    assert scores is not None
    assert scores.odds.shape == (2, len(scoring.routes))
    assert scoring.approval is not None
    chances = scoring.approval.chances(
        {
            "amount": 123.45, "currency": "BRL", "merchant_id": "m_0007", "fraud_score": 0.2, "card_network": "visa",
            "issuer_country": "BR", "merchant_country": "BR", "payment_method_type": "credit", "is_cross_border": 0.0,
            "is_recurring": 0.0, "retry_count": 0.0, "attempt_number": 1.0, "event_timestamp": PAYMENT.at,
            "has_passkey": 0.0, "payment_solution": "standard", "uses_3ds": 0.0, "is_network_token": 0.0,
            "three_ds_routed": 0.0,
        },
        scoring.routes,
    )  # fmt: skip
    np.testing.assert_allclose(1.0 / (1.0 + np.exp(-scores.odds[0])), chances, atol=1e-9)


def test_without_a_model_there_is_no_score_and_a_reason() -> None:
    nothing = Scoring(missing={"approval_propensity_model": "has no champion yet"})

    assert nothing.paths(PAYMENT, {}) is None
    assert nothing.routes_of(PAYMENT, {}, None) is None
    assert nothing.retries(PAYMENT, {}, "insufficient_funds") is None


def test_wins_follow_the_value_and_a_dearer_route_wins_less() -> None:
    memory = RouteMemory(("a", "b"), seed=3)
    belief = memory.believe(np.zeros((2, 2)), np.full(2, 0.05), "bank", 0.0)
    cheap = [RouteFacts(name, (0.5, 0.5), 0.0, 0.02, 0.0, 1_000) for name in ("a", "b")]
    dear = [cheap[0]._replace(fee_share=0.05), cheap[1]]

    even, tilted = (memory.wins(belief, on_offer(PAYMENT, facts, 0.0, SETTINGS).arms)[0] for facts in (cheap, dear))

    assert 0.3 < even < 0.7
    assert tilted < even


def test_what_an_issuer_answers_moves_its_route_and_survives_a_new_route() -> None:
    memory = RouteMemory(("a", "b"), seed=3)
    for number in range(60):
        told = Lesson(None, carried=True, approved=number % 10 == 0)
        memory.hear(Told("a", "bank", told, 0.5, np.full(2, 0.2), float(number * 60)))

    wider = memory.with_routes(("a", "b", "c"))
    belief = wider.believe(np.zeros((2, 3)), np.full(3, 0.2), "bank", 3_600.0)

    assert belief.odds[0, 0] < -0.3
    assert belief.odds[0, 1] == 0.0
    assert wider.outcomes("a") == 60
