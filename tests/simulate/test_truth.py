"""The truth is true, sealed, and enough for oracles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from payment_analysis.domain.errors import NotFound
from payment_analysis.simulate.arrays import normal_cdf
from payment_analysis.simulate.parameters import ARMS, RETRY_DELAYS_SECONDS
from payment_analysis.simulate.truth import (
    best_retry,
    clairvoyant,
    net_value,
    parameter_oracle,
    read_incidents,
    read_truth,
)
from payment_analysis.simulate.world import World
from payment_analysis.simulate.writing import read_leftover, write_history

if TYPE_CHECKING:
    from tests.simulate.conftest import Told

SOURCE = Path(__file__).resolve().parents[2] / "src" / "payment_analysis"


def test_no_hidden_column_is_among_the_events(told: Told) -> None:
    shared = set(told.truth_rows.columns) & set(told.events.columns)

    assert shared == {"transaction_id", "payment_id", "attempt_number", "event_timestamp"}


def test_nobody_outside_imports_the_truth() -> None:
    importers = [
        path
        for path in SOURCE.rglob("*.py")
        if path.parent.name != "simulate" and "simulate.truth" in path.read_text() and "evaluat" not in path.name
    ]

    assert importers == []


@pytest.mark.parametrize("number", [1, 2])
def test_true_probabilities_are_calibrated_at_every_level(told: Told, number: int) -> None:
    truth = told.truth
    mine = truth.attempt_number == number
    probability, approved = truth.probability_of(truth.taken)[mine], truth.approved[mine]
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0)):
        inside = (probability > low) & (probability <= high)
        spread = np.sqrt((probability[inside] * (1 - probability[inside])).sum())

        assert abs(approved[inside].sum() - probability[inside].sum()) < 4 * spread + 1


def test_the_known_probabilities_are_right_on_average(told: Told) -> None:
    first = told.truth.attempt_number == 1
    known = told.truth.approval_known[np.arange(len(first)), told.truth.taken][first]

    assert known.mean() == pytest.approx(told.truth.approved[first].mean(), abs=0.01)


def test_recovery_is_a_probability_and_there_exactly_for_what_was_not_approved(told: Told) -> None:
    assert np.nanmin(told.truth.recovery) >= 0
    assert np.nanmax(told.truth.recovery) <= 1
    assert (np.isfinite(told.truth.recovery[:, 0]) == ~told.truth.approved).mean() > 0.998  # but for errors


def test_recovery_is_calibrated_on_scheduled_retries_that_kept_their_route_and_arm(told: Told) -> None:
    decided = told.decisions.reset_index()
    rows = told.truth_rows.assign(row=np.arange(len(told.truth_rows)))
    tried = decided[decided.next_try == "scheduled"].merge(rows, on="transaction_id")
    tried["attempt_number"] += 1
    pairs = tried.merge(rows, on=["payment_id", "attempt_number"], suffixes=("", "_next"))
    same = pairs[(pairs.route == pairs.route_next) & (pairs.arm == pairs.arm_next)]
    column = same.retry_delay_seconds.map({seconds: n for n, seconds in enumerate(RETRY_DELAYS_SECONDS)})
    inside = column.notna()
    promised = told.truth.recovery[same.row[inside].to_numpy(), column[inside].to_numpy(dtype=np.int64)]
    spread = np.sqrt((promised * (1 - promised)).sum())

    assert len(promised) > 200
    assert abs(same.approved_next[inside].sum() - promised.sum()) < 4 * spread


def test_what_was_taken_was_allowed(told: Told) -> None:
    assert told.truth.allowed[np.arange(len(told.truth.taken)), told.truth.taken].all()


def test_oracles_stand_in_their_order(told: Told) -> None:
    truth = told.truth
    first = truth.attempt_number == 1
    logged, known, all_known = (
        truth.probability_of(arms)[first].mean() for arms in (truth.taken, parameter_oracle(truth), clairvoyant(truth))
    )

    assert logged < known <= all_known
    assert 0.01 < known - logged < 0.08
    assert all_known - known < 0.03


def test_money_and_approval_disagree_about_the_best_arm(told: Told) -> None:
    by_count, by_money = clairvoyant(told.truth), clairvoyant(told.truth, net_value)

    assert (by_count // len(ARMS) != by_money // len(ARMS)).mean() > 0.05


def test_the_best_retry_is_at_least_as_good_as_any_other(told: Told) -> None:
    delay, chance = best_retry(told.truth)
    declined = delay >= 0

    assert (chance[declined] >= told.truth.recovery[declined].max(axis=1) - 1e-6).all()


def test_common_luck_makes_a_better_policy_win_everywhere(told: Told) -> None:
    logged, best = told.truth.outcomes(told.truth.taken, 5), told.truth.outcomes(clairvoyant(told.truth), 5)

    assert best.sum() > logged.sum()


def test_a_written_history_reads_back(tmp_path: Path) -> None:
    world = World(5, cards=2_000)
    history = world.history(3_000, 20, date(2026, 3, 1))

    written = write_history(world, history, tmp_path)
    truth = read_truth(written.truth)
    rest = read_leftover(tmp_path / "leftover")

    assert written.attempts == 3_000 == len(truth.taken)
    assert set(read_incidents(written.truth)) >= set(history.planted)
    assert rest is not None
    assert history.leftover is not None
    assert rest.attempts == history.leftover.attempts
    assert not [path for path in written.events if "truth" in path.parts]


def test_a_folder_without_truth_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no truth"):
        read_truth(tmp_path)


@pytest.mark.parametrize(("x", "expected"), [(0.0, 0.5), (1.96, 0.9750021), (-1.0, 0.1586553), (-8.0, 0.0)])
def test_the_normal_distribution_function(x: float, expected: float) -> None:
    assert normal_cdf(np.array([x]))[0] == pytest.approx(expected, abs=2e-7)
