"""Routing by expected net value, retries within the rules, and fees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.evaluation_retry import retry_world
from payment_analysis.ml.evaluation_routing import CLAIRVOYANT, OURS, route_world
from payment_analysis.ml.fees import Fees
from payment_analysis.ml.retry import allowed_waits, network_limits
from payment_analysis.ml.retry_training import declined_of, train_retry
from payment_analysis.ml.risk_training import matured_split, train_risk
from payment_analysis.ml.routing import RoutingPolicy
from payment_analysis.ml.routing_training import train_routing
from payment_analysis.ml.split import split_by_time

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ml.conftest import Small

    from payment_analysis.ml.training import Trained


@pytest.fixture(scope="module")
def policy(small: Small, approval: Trained) -> RoutingPolicy:
    return RoutingPolicy().fit(approval.model, None, small.lessons.at(split_by_time(small.lessons.rows).train))


def test_fees_are_learned_from_what_was_charged(policy: RoutingPolicy) -> None:
    place = policy.fees_.routes.index("aurora_pay")  # in the simulated world 0.10 + 150 bps, 0.03 when declined

    assert policy.fees_.approved_fixed[place] == pytest.approx(0.10, abs=0.01)
    assert policy.fees_.approved_share[place] == pytest.approx(0.015, abs=0.0005)
    assert policy.fees_.declined[place] == pytest.approx(0.03, abs=0.005)


def test_a_dearer_route_must_approve_more(policy: RoutingPolicy, approval: Trained) -> None:
    rows = approval.exam.rows.slice(0, 300)
    same = np.full((300, len(policy.routes_)), 0.9)

    best = policy.net(rows, same).argmax(axis=1)

    assert set(np.array(policy.fees_.routes)[best]) <= {"aurora_pay", "cerrado"}


def test_every_route_keeps_a_floor_and_the_propensities_add_up(policy: RoutingPolicy, approval: Trained) -> None:
    offer = policy.offer(approval.exam.rows.slice(0, 50))

    assert offer.propensity.sum(axis=1) == pytest.approx(1.0)
    assert (offer.propensity >= policy.exploration - 1e-12).all()
    assert (offer.error > 0).all()


def test_in_the_simulated_world_ours_is_between_the_rule_and_the_clairvoyant(
    small: Small, policy: RoutingPolicy, approval: Trained
) -> None:
    split = split_by_time(small.lessons.rows)

    routed = route_world(small.lessons.at(split.train), approval.exam.rows, small.truth, policy)
    rates = {one.policy: one.approval_rate for one in routed}

    assert rates["rule"] - 0.005 < rates[OURS] < rates[CLAIRVOYANT]
    assert max(rates.values()) == rates[CLAIRVOYANT]


def test_the_routing_exam_names_every_baseline(small: Small, approval: Trained) -> None:
    trained = train_routing(small.lessons, {"approval_propensity_model": approval})
    contestants = {one.contestant for one in trained.card.measures}

    assert {"model", "logged policy", "always aurora_pay"} <= contestants
    assert np.isfinite(trained.exam.losses_of(trained.model)).all()


def test_no_retry_after_a_hard_reason_too_early_or_at_a_limit() -> None:
    rows = pa.table(
        {
            "is_retryable": [True, False, True, True],
            "earliest_retry_seconds": [3_600, None, None, None],
            "card_network": ["visa", "visa", "mastercard", "visa"],
            "card_attempts_30d": [0.0, 0.0, float(network_limits()["mastercard"]), 0.0],
            "payment_tries": [0.0, 0.0, 0.0, 9.0],
        }
    )

    allowed = allowed_waits(rows)

    assert allowed[0].tolist() == [False] + [True] * 11
    assert not allowed[1:].any()


def test_the_retry_policy_breaks_no_limit_and_tries_less_than_the_fixed_schedule(small: Small) -> None:
    split = split_by_time(small.lessons.rows)
    policy = train_retry(small.lessons).model

    retried = retry_world(
        declined_of(small.lessons.at(split.test), small.lessons.labels[split.test]), small.truth, policy
    )
    by_name = {one.policy: one for one in retried}

    assert by_name["ours"].forbidden_tries == 0
    assert by_name["ours"].tries_per_decline < by_name["fixed schedule 1, 3, 5, 7 days"].tries_per_decline
    assert by_name["clairvoyant"].net_per_decline.value >= by_name["ours"].net_per_decline.value


def test_no_fraud_label_is_younger_than_its_report_can_be(small: Small) -> None:
    rows = small.lessons.rows
    last, newest = rows["event_timestamp"][-1].as_py(), matured_split(rows).test[-1]

    assert (last - rows["event_timestamp"][int(newest)].as_py()).days >= 29


def test_too_few_fraud_reports_are_said_not_learned(small: Small) -> None:
    with pytest.raises(BadInput, match="fraud reports"):
        train_risk(small.lessons)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("one: {approved: 1}", "no price for two"),
        ("one: {approved: x}\ntwo: {}", "no price"),
        ("- one", "no price list"),
        ("one: [", "cannot be read"),
    ],
)
def test_a_bad_price_list_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "fees.yml").write_text(text)

    with pytest.raises(BadInput, match=complaint):
        Fees.read(tmp_path / "fees.yml", ["one", "two"])


def test_a_price_list_is_read_by_route(tmp_path: Path) -> None:
    (tmp_path / "fees.yml").write_text("two: {approved: 3, declined: 0.5}\none: {approved: 5, share: 0.01}\n")

    fees = Fees.read(tmp_path / "fees.yml", ["one", "two"])
    approved, declined = fees.costs(np.array([100.0]))

    assert approved.tolist() == [[6.0, 3.0]]
    assert declined.tolist() == [[0.0, 0.5]]
