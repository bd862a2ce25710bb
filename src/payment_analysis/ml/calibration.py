"""From scores to probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array

ROUNDS_MAX: Final = 25
STEP_MIN: Final = 1e-9
PRIOR_ROWS: Final = 1e-3  # keeps a window with one answer only from running away


@dataclass(frozen=True, slots=True)
class Platt:
    """A straight line in log-odds (Platt 1999): two numbers, so some thousand rows are enough to learn it."""

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, log_odds: Array, labels: Array) -> Platt:
        """Fit the line on a window the model was not trained on."""
        beta = np.array([1.0, 0.0])
        design = np.column_stack([log_odds, np.ones(len(log_odds))])
        for _ in range(ROUNDS_MAX):
            chance = expit(design @ beta)
            weight = chance * (1.0 - chance)
            slope = design.T @ (labels - chance) - PRIOR_ROWS * (beta - np.array([1.0, 0.0]))
            curve = (design * weight[:, None]).T @ design + PRIOR_ROWS * np.eye(2)
            step = np.linalg.solve(curve, slope)
            beta += step
            if np.abs(step).max() < STEP_MIN:
                break
        return cls(float(beta[0]), float(beta[1]))

    def log_odds(self, log_odds: Array) -> Array:
        return np.asarray(self.slope * log_odds + self.shift)

    def __call__(self, log_odds: Array) -> Array:
        return np.asarray(expit(self.log_odds(log_odds)))
