"""The change of a rate, split into what groups did and how their shares moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.scope import Dimension
from payment_analysis.report.movement import COLUMNS, Movement, decomposed

COUNTS = st.integers(0, 5_000).flatmap(lambda payments: st.tuples(st.integers(0, payments), st.just(payments)))
GROUPS = st.dictionaries(st.sampled_from(["visa", "elo", "amex", "(none)"]), COUNTS, min_size=1)


def split(before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]]) -> Movement:
    found = decomposed(Dimension.NETWORK, before, now)
    assert found is not None
    return found


def rate(groups: dict[str, tuple[int, int]]) -> float:
    return sum(won for won, _ in groups.values()) / sum(made for _, made in groups.values())


@given(GROUPS, GROUPS)
def test_the_parts_add_up_to_the_change(before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]]) -> None:
    found = decomposed(Dimension.NETWORK, before, now)

    if not sum(made for _, made in before.values()) or not sum(made for _, made in now.values()):
        assert found is None
    else:
        assert found is not None
        parts = sum(part.by_rate + part.by_mix for part in found.parts)
        assert parts == pytest.approx(rate(now) - rate(before), abs=1e-9)
        assert found.by_rate + found.by_mix == pytest.approx(parts, abs=1e-9)


def test_equal_shares_leave_only_rates() -> None:
    found = split({"visa": (90, 100), "elo": (80, 100)}, {"visa": (90, 100), "elo": (60, 100)})

    assert found.by_mix == pytest.approx(0)
    assert [(part.name, round(part.by_rate, 4)) for part in found.parts] == [("elo", -0.1), ("visa", 0.0)]


def test_equal_rates_leave_only_the_mix() -> None:
    found = split({"visa": (90, 100), "elo": (160, 200)}, {"visa": (180, 200), "elo": (80, 100)})

    assert found.by_rate == pytest.approx(0)
    assert found.by_mix == pytest.approx(260 / 300 - 250 / 300)
    assert all(part.by_mix > 0 for part in found.parts)  # the good group grew, the bad one shrank


def test_a_group_of_one_period_only_has_no_change_of_its_rate() -> None:
    found = split({"visa": (90, 100)}, {"visa": (90, 100), "elo": (10, 100)})
    (elo,) = [part for part in found.parts if part.name == "elo"]

    assert (elo.by_rate, elo.gap) == (0, None)
    assert elo.by_mix < 0


def test_a_small_change_is_not_proven_and_a_large_one_is() -> None:
    found = split({"visa": (900, 1000), "elo": (900, 1000)}, {"visa": (898, 1000), "elo": (700, 1000)})

    proven = {part.name: part.gap is not None and part.gap.is_proven for part in found.parts}
    assert proven == {"visa": False, "elo": True}


def test_every_dimension_is_decomposed_but_those_that_are_no_cause() -> None:
    assert set(Dimension) - set(COLUMNS) == {Dimension.MERCHANT, Dimension.CURRENCY}
