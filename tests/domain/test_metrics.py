"""Metrics: the intervals against published values and laws, and the table of rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.metrics import RATES, Rate, newcombe, wilson

COUNTS = st.integers(0, 10**9).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
SMALL = st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))

# Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3: the score interval
PROPORTIONS = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
# Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10
DIFFERENCES = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((10, 10, 0, 10), (0.6075, 1.0000)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), PROPORTIONS)
def test_the_wilson_interval_has_the_published_values(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("counts", "interval"), DIFFERENCES)
def test_the_newcombe_interval_has_the_published_values(
    counts: tuple[int, int, int, int], interval: tuple[float, float]
) -> None:
    assert newcombe(*counts) == pytest.approx(interval, abs=6e-5)


def test_without_trials_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert newcombe(0, 0, 3, 10) == (-1.0, 1.0)
    assert newcombe(3, 10, 0, 0) == (-1.0, 1.0)


def test_more_successes_than_trials_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="3 successes in 2 trials"):
        wilson(3, 2)


@given(COUNTS)
def test_the_interval_holds_the_share_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = wilson(successes, trials)

    assert 0.0 <= low <= high <= 1.0
    assert trials == 0 or low <= successes / trials <= high


@given(SMALL)
def test_failures_mirror_successes(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = wilson(successes, trials)

    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(SMALL, st.integers(2, 50))
def test_more_of_the_same_data_narrows_the_interval(counts: tuple[int, int], times: int) -> None:
    successes, trials = counts
    low, high = wilson(successes, trials)
    narrow_low, narrow_high = wilson(successes * times, trials * times)

    assert narrow_high - narrow_low < high - low


@given(SMALL, SMALL)
def test_the_interval_of_a_difference_holds_it_and_turns_with_it(a: tuple[int, int], b: tuple[int, int]) -> None:
    low, high = newcombe(*a, *b)

    assert -1.0 <= low <= a[0] / a[1] - b[0] / b[1] <= high <= 1.0
    assert newcombe(*b, *a) == pytest.approx((-high, -low), abs=1e-12)


def test_every_rate_has_one_definition_with_its_source() -> None:
    assert set(RATES) == set(Rate)
    for definition in RATES.values():
        assert definition.meaning.endswith(".")
        assert definition.meaning.count(". ") == 0, "one sentence"
        assert definition.source.startswith("spec/domain.md B9")


def test_the_steps_of_the_bridge_share_one_denominator() -> None:
    steps = (Rate.FIRST_ATTEMPT_RATE, Rate.PAYMENT_RATE, Rate.RETRY_UPLIFT)

    assert len({(RATES[step].grain, RATES[step].denominator) for step in steps}) == 1
