"""What would have been approved if nothing but the mix had changed.

Log-odds that add up: one effect per value of each dimension and covariate, and of some pairs, learned from the
reference period alone. Effects of few attempts are drawn to zero. The sums are fitted value by value (each value of a
term has attempts of its own, so one Newton step settles all of them), which takes a third of a second where a general
solver takes ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, logit

from payment_analysis.agents.diagnosis.attempts import COVARIATES, DIMENSIONS, joint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.diagnosis.attempts import Attempts
    from payment_analysis.ml.arrays import Array

Term = tuple[str, ...]
TERMS: Final[tuple[Term, ...]] = (
    *((name,) for name in (*DIMENSIONS, *COVARIATES)),
    ("issuer", "psp"),
    ("issuer", "payment_solution"),
    ("merchant_segment", "amount_bucket"),
    ("payment_method_type", "amount_bucket"),
)
ROWS_MAX: Final = 120_000  # learned from; more changes no expectation by a tenth of its error
PASSES: Final = 3
DRAWN_TO_ZERO: Final = 8.0  # attempts at even odds that the zero counts for


@dataclass(frozen=True)
class Expectation:
    """Chances of approval as the reference period had them."""

    shift: float
    effects: tuple[Array, ...]

    def __call__(self, attempts: Attempts) -> Array:
        """The expected chance of each attempt."""
        score = np.full(len(attempts), self.shift)
        for term, effect in zip(TERMS, self.effects, strict=True):
            score += effect[_code(attempts, term)]
        return np.asarray(expit(score))


def expectation_of(reference: Attempts) -> Expectation:
    """Learn from a reference period."""
    step = -(-len(reference) // ROWS_MAX)
    rows = np.arange(0, len(reference), step)
    lessons = reference.part(rows)
    rate = float(np.clip(lessons.approved.mean(), 1e-3, 1 - 1e-3))
    shift = float(logit(rate))
    codes = [_code(lessons, term) for term in TERMS]
    effects = [np.zeros(_size(reference, term)) for term in TERMS]
    score = np.full(len(lessons), shift)
    for _ in range(PASSES):
        for place, code in enumerate(codes):
            effect, chance = effects[place], expit(score)
            missing = np.bincount(code, lessons.approved - chance, minlength=len(effect))
            curve = np.bincount(code, chance * (1 - chance), minlength=len(effect))
            change = (missing - DRAWN_TO_ZERO / 4 * effect) / (curve + DRAWN_TO_ZERO / 4)
            effects[place] = effect + change
            score += change[code]
    return Expectation(shift, tuple(effects))


def _code(attempts: Attempts, term: Sequence[str]) -> Array:
    return joint([attempts.columns[name] for name in term])[0]


def _size(attempts: Attempts, term: Sequence[str]) -> int:
    return joint([attempts.columns[name] for name in term])[1]
