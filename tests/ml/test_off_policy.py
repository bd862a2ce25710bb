"""Estimates of policies that were never run, where the truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from payment_analysis.ml.off_policy import Draws, Logged, contributions, judge, overlap, paired, sequential
from payment_analysis.simulate.parameters import ARMS, ROUTES
from payment_analysis.simulate.truth import read_truth

if TYPE_CHECKING:
    from tests.ml.conftest import Small

    from payment_analysis.ml.arrays import Array

REPLICATES, ROUTES_COUNT = 100, len(ROUTES)


def logged(action: list[int], propensity: list[float], reward: list[float], expected: list[list[float]]) -> Logged:
    return Logged(np.array(action), np.array(propensity), np.array(reward), np.arange(len(action)), np.array(expected))


def test_estimators_of_four_rows_worked_out_by_hand() -> None:
    """Logged at random between two routes, judged: always the second."""
    log = logged([0, 1, 1, 0], [0.5] * 4, [1.0, 1.0, 0.0, 0.0], [[0.5, 0.25]] * 4)

    parts = contributions(np.tile([0.0, 1.0], (4, 1)), log)
    values = {name: above.sum() / below.sum() for name, (above, below) in parts.items()}

    assert values == {
        "IPS": 0.5,  # (2 x 1 + 2 x 0) / 4
        "SNIPS": 0.5,  # the same over 2 + 2
        "DM": 0.25,
        "DR": pytest.approx(0.25 + (2 * 0.75 - 2 * 0.25) / 4),
    }


def test_overlap_counts_what_a_log_is_worth() -> None:
    log = logged([0, 1, 1, 0], [0.5, 0.5, 0.1, 0.9], [0.0] * 4, [[0.0, 0.0]] * 4)

    always_second = overlap(np.tile([0.0, 1.0], (4, 1)), log)

    assert always_second.weight_max == pytest.approx(10.0)
    assert always_second.effective_rows == pytest.approx(12.0**2 / (2.0**2 + 10.0**2))


def truth_of(small: Small) -> Array:
    truth = read_truth(small.truth / "truth", first_attempts=True)
    table = truth.approval.reshape(-1, ROUTES_COUNT, len(ARMS))
    return np.asarray(table[np.arange(len(truth.arm)), :, truth.arm], dtype=np.float64)[:4_000]


def replicate(approval: Array, seed: int) -> tuple[Logged, Array]:
    """A log with ten per cent exploration around a fixed route, and a model that is wrong on purpose."""
    rng = np.random.default_rng(seed)
    rows = np.arange(len(approval))
    propensities = np.tile([0.925, 0.025, 0.025, 0.025], (len(rows), 1))
    action = np.where(rng.random(len(rows)) < 0.9, 0, rng.integers(0, ROUTES_COUNT, len(rows)))
    reward = (rng.random(len(rows)) < approval[rows, action]).astype(float)
    wrong = np.clip(approval + 0.1, 0.0, 1.0)
    return Logged(action, propensities[rows, action], reward, rows, wrong), propensities


@pytest.mark.parametrize("estimator", ["DR", "SNIPS", "IPS"])
def test_intervals_cover_the_truth_as_often_as_they_say(small: Small, estimator: str) -> None:
    approval = truth_of(small)
    target = np.eye(ROUTES_COUNT)[(np.arange(len(approval)) % 2)]  # half by the fixed route, half by the second
    truth = float((target * approval).sum(axis=1).mean())

    covered = 0
    for seed in range(REPLICATES):
        log, _ = replicate(approval, seed)
        above, below = contributions(target, log)[estimator]
        low, high = np.percentile(Draws.of(log.clusters, rounds=100, seed=seed).ratio(above, below), [2.5, 97.5])
        covered += low <= truth <= high

    assert 90 <= covered <= 99


def test_a_wrong_model_alone_misses_and_the_doubly_robust_estimate_does_not(small: Small) -> None:
    approval = truth_of(small)
    log, propensities = replicate(approval, 1)
    target = np.tile([0.0, 1.0, 0.0, 0.0], (len(approval), 1))

    (judged,), _ = judge({"second": target}, log)
    truth = float(approval[:, 1].mean())

    assert judged.estimates["DM"].value - truth > 0.04
    assert judged.estimates["DR"].low <= truth <= judged.estimates["DR"].high
    assert propensities.shape == target.shape


def test_two_policies_are_compared_on_the_same_draws(small: Small) -> None:
    log, _ = replicate(truth_of(small), 2)
    fixed = np.tile([1.0, 0.0, 0.0, 0.0], (len(log.action), 1))

    _, rounds = judge({"one": fixed, "same": fixed}, log)
    same = paired(rounds, "one", "same")

    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_a_policy_that_also_decides_on_retries_is_judged_per_payment() -> None:
    """Two routes at random; the first never approves and is retried once, the second always approves."""
    rng = np.random.default_rng(4)
    first = rng.integers(0, 2, 3_000)
    again = rng.integers(0, 2, 3_000)
    payments = np.arange(3_000)
    retried = first == 0
    action = np.concatenate([first, again[retried]])
    clusters = np.concatenate([payments, payments[retried]])
    previous = np.concatenate([np.full(3_000, -1), np.flatnonzero(retried)])
    log = Logged(action, np.full(len(action), 0.5), action.astype(float), clusters, np.full((len(action), 2), 0.3))

    second = np.tile([0.0, 1.0], (len(action), 1))
    value, names = sequential(second, log, np.zeros((len(action), 2)), previous)
    by_chance, _ = sequential(np.full((len(action), 2), 0.5), log, np.full((len(action), 2), 0.1), previous)

    assert len(names) == 3_000
    assert value.mean() == pytest.approx(1.0, abs=0.06)
    assert by_chance.mean() == pytest.approx(0.75, abs=0.03)
