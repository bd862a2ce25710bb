"""Assignment keeps its shares, and the intervals hold at every look."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from payment_analysis.decisioning.experiments import (
    HOLDOUT,
    Design,
    SubjectKind,
    Variant,
    assign,
    assigned,
    in_holdout,
)
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.decisioning.trial_statistics import Sample, chi_square_tail, lift, plan, ratio_p
from payment_analysis.domain.errors import BadInput

SUBJECTS = [f"payment-{number}" for number in range(20_000)]


def design(salt: str, *, holdout: float = 0.0, shares: tuple[float, ...] = (0.5, 0.3, 0.2)) -> Design:
    variants = tuple(Variant(f"v{place}", share) for place, share in enumerate(shares))
    return Design("e1", "one", Decision.ROUTING, salt, variants, holdout, SubjectKind.PAYMENT)


def test_every_variant_gets_its_share_and_a_subject_always_the_same() -> None:
    ways = [assign(design("salt"), subject).variant for subject in SUBJECTS]

    assert ways == [assign(design("salt"), subject).variant for subject in SUBJECTS]
    assert ratio_p([ways.count(f"v{place}") for place in range(3)], [0.5, 0.3, 0.2]) > 0.001


def test_two_experiments_split_the_same_subjects_independently() -> None:
    first, second = ([assign(design(salt), subject).variant for subject in SUBJECTS] for salt in ("one", "two"))

    both = sum(a == b == "v0" for a, b in zip(first, second, strict=True)) / len(SUBJECTS)
    assert both == pytest.approx(0.25, abs=4 * sqrt(0.25 * 0.75 / len(SUBJECTS)))


def test_the_holdout_is_the_same_in_every_experiment_and_only_grows() -> None:
    held = [{one for one in SUBJECTS if assign(design(salt, holdout=0.1), one).is_holdout} for salt in ("one", "two")]
    larger = {one for one in SUBJECTS if in_holdout(one, 0.2)}

    assert held[0] == held[1]
    assert held[0] < larger
    assert len(held[0]) / len(SUBJECTS) == pytest.approx(0.1, abs=0.01)


def test_only_who_is_eligible_and_named_takes_part() -> None:
    variants = (Variant("control", 0.5), Variant("treatment", 0.5))
    one = Design("e", "e", Decision.ROUTING, "s", variants, 0.0, SubjectKind.MERCHANT, compile_rule("network = 'elo'"))

    assert assigned(one, {"card_network": "visa", "merchant_id": "m"}) is None
    assert assigned(one, {"card_network": "elo"}) is None
    assert assigned(one, {"card_network": "elo", "merchant_id": "m"}) == assign(one, "m")


@pytest.mark.parametrize("shares", [(1.0,), (0.5, 0.4), (0.5, 0.6), (1.0, 0.0)])
def test_shares_that_are_no_whole_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(BadInput):
        design("s", shares=shares)


def test_no_variant_may_be_called_like_the_holdout() -> None:
    with pytest.raises(BadInput, match="permanent holdout"):
        Design("e", "e", Decision.ROUTING, "s", (Variant("control", 0.5), Variant(HOLDOUT, 0.5)))


@pytest.mark.parametrize("effect", [0.0, 0.03])
def test_the_interval_holds_the_truth_at_all_looks_together(effect: float) -> None:
    worlds, looks = 300, range(100, 4_001, 100)
    random = np.random.default_rng(11)
    control = np.cumsum(random.random((worlds, 4_000)) < 0.87, axis=1)
    treated = np.cumsum(random.random((worlds, 4_000)) < 0.87 + effect, axis=1)

    missed = 0
    for world in range(worlds):
        found = (
            lift(Sample.of_share(n, int(treated[world, n - 1])), Sample.of_share(n, int(control[world, n - 1])), 0.02)
            for n in looks
        )
        missed += any(one is not None and not one.low <= effect <= one.high for one in found)

    assert missed / worlds <= 0.05 + 3 * sqrt(0.05 * 0.95 / worlds)


def test_a_difference_that_is_there_is_found() -> None:
    found = lift(Sample.of_share(20_000, 17_800), Sample.of_share(20_000, 17_400), 0.01)

    assert found is not None
    assert found.excludes_zero
    assert found.value == pytest.approx(0.02)


def test_too_few_subjects_say_nothing() -> None:
    assert lift(Sample.of_share(99, 99), Sample.of_share(5_000, 10), 0.01) is None


@pytest.mark.parametrize(("distance", "freedom"), [(3.8415, 1), (5.9915, 2), (7.8147, 3), (9.4877, 4), (11.0705, 5)])
def test_the_five_percent_points_of_chi_square(distance: float, freedom: int) -> None:
    assert chi_square_tail(distance, freedom) == pytest.approx(0.05, abs=1e-5)


def test_power_is_what_it_is_known_to_be_and_a_smaller_effect_needs_more() -> None:
    known = {0.01: 17_755, 0.005: 71_017, 0.002: 443_850}  # per arm at 87 %: ml.md 4.6

    found = {effect: plan(0.87, effect, (0.5, 0.5)).per_variant[0] for effect in known}

    assert found == {effect: pytest.approx(subjects, rel=1e-3) for effect, subjects in known.items()}
    assert all(a < b for a, b in pairwise(found.values()))
