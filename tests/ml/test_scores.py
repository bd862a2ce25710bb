"""Scores against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from payment_analysis.ml.calibration import Platt
from payment_analysis.ml.scores import (
    area_under_curve,
    average_precision,
    calibration_error,
    log_loss,
    recall_at,
    skill,
    stability_index,
)

YES_NO = np.array([1.0, 0.0, 1.0, 0.0])


def test_log_loss_of_a_coin_is_the_log_of_two() -> None:
    assert log_loss(YES_NO, np.full(4, 0.5)) == pytest.approx(np.log(2))


def test_a_constant_has_no_skill_and_a_seer_has_all() -> None:
    assert skill(YES_NO, np.full(4, 0.5), 0.5) == pytest.approx(0.0)
    assert skill(YES_NO, YES_NO, 0.5) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(("score", "area"), [((4, 1, 3, 2), 1.0), ((1, 4, 2, 3), 0.0), ((1, 1, 1, 1), 0.5)])
def test_area_under_the_curve_counts_pairs_in_order(score: tuple[int, ...], area: float) -> None:
    assert area_under_curve(YES_NO, np.array(score)) == area


def test_average_precision_and_recall_of_four_rows() -> None:
    score = np.array([4.0, 3.0, 2.0, 1.0])

    assert average_precision(YES_NO, score) == pytest.approx((1 + 2 / 3) / 2)
    assert recall_at(YES_NO, score, 0.5) == (0.5, 0.5)


def test_calibration_error_is_the_distance_between_said_and_seen() -> None:
    assert calibration_error(YES_NO, np.full(4, 0.75), bins=1) == pytest.approx(0.25)


def test_equal_samples_do_not_drift_and_shifted_ones_do() -> None:
    sample = np.random.default_rng(1).normal(size=5_000)

    assert stability_index(sample, sample) == pytest.approx(0.0)
    assert stability_index(sample, sample + 1.0) > 0.25


def test_platt_finds_the_line_that_distorted_the_odds() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(1.0, 1.5, 200_000)
    labels = (rng.random(len(truth)) < 1 / (1 + np.exp(-truth))).astype(float)

    line = Platt.of(2.0 * truth - 1.0, labels)

    assert line.slope == pytest.approx(0.5, abs=0.02)
    assert line.shift == pytest.approx(0.5, abs=0.03)
