"""Retries are retries: of a payment that was not approved, later, and with a memory of why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from payment_analysis.simulate.gates import Gate
from payment_analysis.simulate.parameters import RETRY_DELAYS_SECONDS
from payment_analysis.simulate.retries import HABITS, memory

if TYPE_CHECKING:
    from tests.simulate.conftest import Told


def test_every_gate_has_a_habit() -> None:
    assert set(HABITS) == set(Gate)


def test_every_retry_follows_a_declined_attempt_of_its_payment(told: Told) -> None:
    attempts = told.attempts.set_index(["payment_id", "attempt_number"])
    retries = told.attempts[told.attempts.attempt_number > 1]
    before = attempts.loc[list(zip(retries.payment_id, retries.attempt_number - 1, strict=True))]

    assert len(retries) > 1_000
    assert set(before.result) == {"declined"}
    assert (retries.event_timestamp.to_numpy() > before.event_timestamp.to_numpy()).all()
    for name in ("card_token_id", "merchant_id", "amount_minor", "currency", "entry_system"):
        assert (retries[name].to_numpy() == before[name].to_numpy()).all(), name


def test_a_retry_of_a_time_out_waits_until_the_outcome_is_known(told: Told) -> None:
    resolved = told.events[told.events.updated_at.notna() & told.events.fraud_reported_at.isna()]
    first = told.attempts.set_index(["payment_id", "attempt_number"])
    for row in resolved.itertuples():
        following = (row.payment_id, row.attempt_number + 1)
        if following in first.index:
            assert first.loc[following].event_timestamp > row.updated_at


def test_the_marks_of_a_retry_agree(told: Told) -> None:
    attempts = told.attempts

    assert (attempts.is_retry == (attempts.attempt_number > 1)).all()
    assert (attempts.retry_count == attempts.attempt_number - 1).all()
    assert attempts.attempt_number.max() >= 4


def test_an_approved_payment_is_not_tried_again(told: Told) -> None:
    approved = told.attempts[told.attempts.result == "approved"].set_index("payment_id").attempt_number
    last = told.attempts.groupby("payment_id").attempt_number.max()

    assert (last.loc[approved.index] == approved).all()


def test_only_an_attempt_that_a_cascade_follows_is_hidden_from_the_merchant(told: Told) -> None:
    attempts = told.attempts.merge(told.decisions[["transaction_id", "next_try"]], on="transaction_id")

    assert ((attempts.transaction_stage == "downstream_response") == (attempts.next_try == "cascade")).all()


def test_luck_persists_so_that_waiting_helps_missing_money(told: Told) -> None:
    recovery = told.truth.recovery[np.isfinite(told.truth.recovery[:, 0])]
    soon, week = recovery[:, 0].mean(), recovery[:, RETRY_DELAYS_SECONDS.index(604_800)].mean()

    assert 0.05 < soon < 0.35
    assert week > soon + 0.05


@pytest.mark.parametrize(
    ("seconds", "changed", "risk"), [(0, False, 0.97), (0, True, 0.70), (6 * 86_400, False, 0.3568)]
)
def test_memory_fades_with_time_and_with_change(seconds: int, changed: bool, risk: float) -> None:
    kept, _ = memory(np.array([seconds]), np.array([changed]))

    assert kept[0] == pytest.approx(risk, abs=1e-3)


def test_decisions_are_logged_with_propensities_for_every_attempt(told: Told) -> None:
    decisions = told.decisions
    scheduled = decisions[decisions.next_try == "scheduled"]

    assert set(decisions.transaction_id) == set(told.attempts.transaction_id)
    assert decisions.psp_propensity.between(0.0249, 1).all()
    assert decisions.authentication_propensity.between(0.015, 1.0001).all()
    assert scheduled.retry_propensity.between(0.0001, 1).all()
    assert set(scheduled.retry_delay_seconds) >= set(RETRY_DELAYS_SECONDS[:3])


def test_logged_propensities_of_the_route_are_those_of_the_draw(told: Told) -> None:
    first = told.decisions[told.decisions.brought_by == "none"]
    rare = first[first.psp_propensity < 0.5]

    assert len(rare) / len(first) == pytest.approx(0.075, abs=0.006)  # a tenth explored, a quarter of it on the rule
