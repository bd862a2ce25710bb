"""The routing policy while it works: what it hears moves the effect of issuer x route, and a sick route is left alone.

Between two trainings an outcome moves only one number, in constant time. Outages are no matter of learning: whether a
route is down is a state of its own, believed or not after every outcome, and forgotten as fast as outages end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array

# A route goes down about once a week for an hour and then carries three attempts in ten; half or twice of any of these
# changes the uplift by less than a hundredth of a point.
OUTAGE_EVERY_S: Final = 7 * 86_400.0
OUTAGE_LASTS_S: Final = 3_600.0
OUTAGE_CARRIES: Final = 0.3
HEALTHY: Final = 0.9  # outcomes of a route that is likely down teach nothing about issuers
CHANCE_MIN, CHANCE_MAX = 0.01, 0.995
WANDER: Final = 2e-5  # variance an effect regains with every outcome: an issuer may change its mind
CURIOSITY: Final = 0.3  # of the uncertainty is drawn; the log taught most, and trying everything again costs approvals


class HealthGate:
    """How likely each route is down, by Bayes after every outcome (a hidden Markov chain of two states)."""

    def __init__(self, routes: int) -> None:
        self._usual = OUTAGE_LASTS_S / (OUTAGE_LASTS_S + OUTAGE_EVERY_S)
        self._forgets = 1.0 / OUTAGE_LASTS_S + 1.0 / OUTAGE_EVERY_S
        self._down = np.full(routes, self._usual)
        self._at = -np.inf

    def factors(self, at: float) -> Array:
        """What to multiply each route's chance with; near 1 while nothing speaks against it."""
        if at > self._at:
            self._down = self._usual + (self._down - self._usual) * np.exp(self._forgets * (self._at - at))
            self._at = at
        return np.asarray(1.0 - self._down * (1.0 - OUTAGE_CARRIES))

    def hear(self, at: float, route: int, approved: float, expected: float) -> None:
        """Weigh an outcome by how likely it was with the route up and with the route down."""
        self.factors(at)
        up = min(max(expected, CHANCE_MIN), CHANCE_MAX)
        down = OUTAGE_CARRIES * up
        if approved < 0.5:
            up, down = 1.0 - up, 1.0 - down
        belief = self._down[route]
        self._down[route] = belief * down / (belief * down + (1.0 - belief) * up)

    def forget(self, route: int) -> None:
        """An outage that is known to be over says nothing of the minutes to come."""
        self._down[route] = self._usual

    def take(self, route: int, other: HealthGate, theirs: int) -> None:
        """Take over what another gate believes of a route."""
        self._at = max(self._at, other._at)
        self._down[route] = other._down[theirs]


class LiveEffects:
    """What issuer x route has shown since the training: a mean and a variance each, in log-odds."""

    def __init__(self, variance: Array) -> None:
        self.mean = np.zeros(variance.shape)
        self.variance = variance.copy()

    def draw(self, issuer: int, rng: np.random.Generator) -> Array:
        """One draw for every route: the more uncertain is tried more often."""
        spread = CURIOSITY * np.sqrt(self.variance[issuer])
        return np.asarray(self.mean[issuer] + spread * rng.standard_normal(len(spread)))

    def hear(self, issuer: int, route: int, approved: float, expected: float) -> None:
        """Move one effect by one outcome (assumed-density filter)."""
        variance = self.variance[issuer, route] + WANDER
        variance = 1.0 / (1.0 / variance + expected * (1.0 - expected))
        self.variance[issuer, route] = variance
        self.mean[issuer, route] += variance * (approved - expected)
