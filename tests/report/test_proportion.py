"""Intervals, standardised rates and ranges of money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.money import Money
from payment_analysis.report.proportion import (
    MoneyRange,
    Proportion,
    Stratum,
    difference,
    standardised,
    total,
    total_range,
    z_for,
)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_rate_without_trials_is_no_rate() -> None:
    assert Proportion.of(0, 0) == Proportion(0, 0, None, None, None)


def test_a_difference_needs_trials_on_both_sides() -> None:
    assert difference(Proportion.of(1, 2), Proportion.of(0, 0)) is None


@pytest.mark.parametrize(("one", "other", "is_proven"), [(60, 40, True), (51, 49, False)])
def test_a_difference_is_proven_when_its_interval_excludes_zero(one: int, other: int, is_proven: bool) -> None:
    found = difference(Proportion.of(one, 100), Proportion.of(other, 100))

    assert found is not None
    assert found.is_proven is is_proven


def test_more_comparisons_ask_for_a_wider_interval() -> None:
    assert z_for(1) == pytest.approx(1.96, abs=0.001)
    assert z_for(40) == pytest.approx(3.227, abs=0.001)


def test_a_standardised_rate_weighs_strata_by_the_reference_and_not_by_the_groups_own_mix() -> None:
    easy, hard = Stratum(50, 90, 100), Stratum(50, 100, 1000)

    found = standardised([easy, hard])

    assert found is not None
    assert found[0] == pytest.approx(0.5)


def test_one_stratum_has_the_wilson_interval_of_its_counts() -> None:
    found, plain = standardised([Stratum(7, 400, 1000)]), Proportion.of(400, 1000)

    assert found == pytest.approx((plain.rate, plain.low, plain.high), abs=1e-3)


@given(st.lists(st.tuples(st.floats(0.1, 100), st.integers(1, 500), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_standardised_rate_lies_within_its_interval_and_the_interval_within_0_and_1(
    cells: list[tuple[float, int, float]],
) -> None:
    found = standardised([Stratum(weight, round(share * trials), trials) for weight, trials, share in cells])

    assert found is not None
    rate, low, high = found
    assert 0 <= low <= rate + 1e-9
    assert rate - 1e-9 <= high <= 1


def test_a_sum_of_unknown_amounts_is_unknown_and_not_zero() -> None:
    assert total([None, None]) is None
    assert total([euros(1), None]) == euros(1)


def test_a_range_without_an_expected_value_adds_only_its_ends() -> None:
    known = MoneyRange(euros(5), euros(2), euros(9))
    open_ended = MoneyRange(None, euros(0), euros(4))

    assert total_range([known, None, open_ended]) == MoneyRange(euros(5), euros(2), euros(13))
