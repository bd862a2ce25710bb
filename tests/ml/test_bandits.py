"""Baselines that learn while they route, and our own policy while it works."""

from __future__ import annotations

import numpy as np
import pytest

from payment_analysis.ml.bandits import HEDGE, WINDOW, SuccessRateWindow, Thompson, replay
from payment_analysis.ml.live_routing import OUTAGE_LASTS_S, HealthGate, LiveEffects


def chances(policy: SuccessRateWindow | Thompson) -> list[float]:
    return [float(chance) for chance in policy.chances(0, np.random.default_rng(1))]


def test_a_window_begins_optimistic_so_routes_share_at_first() -> None:
    assert chances(SuccessRateWindow(4)) == pytest.approx([0.25] * 4)


def test_one_decline_moves_all_but_the_hedge_to_the_others() -> None:
    window = SuccessRateWindow(2)

    window.learn(0, 0, 0.0)

    assert chances(window) == pytest.approx([HEDGE / 2, 1.0 - HEDGE / 2])


def test_a_window_forgets_what_fell_out_of_it() -> None:
    window = SuccessRateWindow(2)

    window.learn(0, 0, 0.0)
    for _ in range(WINDOW):
        window.learn(0, 0, 1.0)

    assert chances(window) == pytest.approx([0.5, 0.5])


def test_keys_do_not_learn_from_each_other() -> None:
    window = SuccessRateWindow(2)

    window.learn(1, 0, 0.0)

    assert chances(window) == pytest.approx([0.5, 0.5])


def test_thompson_follows_the_better_route() -> None:
    thompson = Thompson(2)
    for _ in range(200):
        thompson.learn(0, 0, 1.0)
        thompson.learn(0, 1, 0.0)

    assert chances(thompson) == [1.0, 0.0]


def test_a_replay_decides_before_it_hears_the_outcome() -> None:
    keys, routes, approved = np.zeros(2, dtype=int), np.array([0, 0]), np.array([0.0, 1.0])

    made = replay(SuccessRateWindow(2), keys, routes, approved, seed=1)

    assert made[0].tolist() == pytest.approx([0.5, 0.5])
    assert made[1].tolist() == pytest.approx([HEDGE / 2, 1.0 - HEDGE / 2])


def test_a_sick_route_is_left_alone_and_given_another_chance_after_an_outage() -> None:
    gate = HealthGate(2)
    for second in range(20):
        gate.hear(float(second), 0, 0.0, 0.9)
        gate.hear(float(second), 1, 1.0, 0.9)

    assert gate.factors(20.0)[0] < 0.31
    assert gate.factors(20.0)[1] > 0.999
    assert (gate.factors(20.0 + 5 * OUTAGE_LASTS_S) > 0.98).all()


def test_two_declines_in_a_row_raise_a_doubt_and_five_are_an_outage() -> None:
    gate = HealthGate(1)
    after = []
    for second in range(5):
        gate.hear(float(second), 0, 0.0, 0.9)
        after.append(float(gate.factors(float(second))[0]))

    assert 0.6 < after[1] < 0.9
    assert after[4] < 0.32


def test_a_change_of_mix_does_not_make_a_route_sick() -> None:
    gate = HealthGate(1)
    for second in range(20):
        gate.hear(float(second), 0, float(second % 2), 0.5)

    assert gate.factors(20.0)[0] > 0.95


def test_an_outcome_moves_one_effect_and_makes_it_surer() -> None:
    effects = LiveEffects(np.full((2, 2), 0.25))

    effects.hear(0, 1, 1.0, 0.5)

    assert effects.mean[0, 1] > 0
    assert effects.variance[0, 1] < 0.25
    assert effects.mean[[0, 1, 1], [0, 0, 1]].tolist() == [0.0, 0.0, 0.0]
