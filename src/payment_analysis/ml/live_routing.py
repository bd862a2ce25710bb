"""The routing policy while it works: what it hears moves the effect of issuer x route, and a sick route is left alone.

Between two trainings an outcome moves only one number, in constant time. Outages are no matter of learning: when a
route approves far less than expected within twenty minutes, its chances are multiplied by what it really does.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array

GATE_SECONDS: Final = 20 * 60
GATE_Z: Final = -3.0
GATE_ROWS_MIN: Final = 5
WANDER: Final = 2e-4  # variance an effect regains with every outcome: an issuer may change its mind


class HealthGate:
    """Approvals of each route in the last minutes against what was expected of these very attempts."""

    def __init__(self, routes: int, seconds: float = GATE_SECONDS, z: float = GATE_Z) -> None:
        self._seconds, self._z = seconds, z
        self._recent: list[deque[tuple[float, float, float]]] = [deque() for _ in range(routes)]
        self._sums = np.zeros((routes, 3))  # approved, expected, variance

    def factors(self, at: float) -> Array:
        """What to multiply each route's chance with: 1 unless it is clearly sick."""
        for route, recent in enumerate(self._recent):
            while recent and recent[0][0] < at - self._seconds:
                _, approved, expected = recent.popleft()
                self._sums[route] -= (approved, expected, expected * (1.0 - expected))
        seen, hoped, variance = self._sums[:, 0], self._sums[:, 1], self._sums[:, 2]
        sick = (seen - hoped) < self._z * np.sqrt(np.maximum(variance, 1e-9))
        enough = np.array([len(recent) >= GATE_ROWS_MIN for recent in self._recent])
        return np.where(sick & enough, (seen + 0.5) / np.maximum(hoped + 0.5, 1e-9), 1.0)

    def hear(self, at: float, route: int, approved: float, expected: float) -> None:
        """Count an outcome beside what was expected of it."""
        self._recent[route].append((at, approved, expected))
        self._sums[route] += (approved, expected, expected * (1.0 - expected))

    def forget(self, route: int) -> None:
        """An outage that is known to be over says nothing of the minutes to come."""
        self._recent[route].clear()
        self._sums[route] = 0.0

    def take(self, route: int, other: HealthGate, theirs: int) -> None:
        """Take over what another gate has heard of a route."""
        self._recent[route], self._sums[route] = deque(other._recent[theirs]), other._sums[theirs]


class LiveEffects:
    """What issuer x route has shown since the training: a mean and a variance each, in log-odds."""

    def __init__(self, variance: Array) -> None:
        self.mean = np.zeros(variance.shape)
        self.variance = variance.copy()

    def draw(self, issuer: int, rng: np.random.Generator) -> Array:
        """One draw for every route: the more uncertain is tried more often."""
        return np.asarray(
            self.mean[issuer] + np.sqrt(self.variance[issuer]) * rng.standard_normal(len(self.mean[issuer]))
        )

    def hear(self, issuer: int, route: int, approved: float, expected: float) -> None:
        """Move one effect by one outcome (assumed-density filter)."""
        variance = self.variance[issuer, route] + WANDER
        variance = 1.0 / (1.0 / variance + expected * (1.0 - expected))
        self.variance[issuer, route] = variance
        self.mean[issuer, route] += variance * (approved - expected)
