"""Baselines that learn while they route: success-rate windows and Thompson sampling, and rules that do not learn.

The success-rate window follows the published facts of a decision engine in wide use (domain.md C2): per key and route
the last 125 outcomes, begun with ones (optimism lets every route be tried), the best mean wins, ties at random, and
with five per cent any route, so that no route is forgotten. The code is our own.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array

WINDOW: Final = 125
HEDGE: Final = 0.05
DRAWS: Final = 64


class Policy(Protocol):
    """Chooses a route for a key and hears what became of it."""

    def chances(self, key: int, rng: np.random.Generator) -> Array:
        """The probability of each route."""
        ...

    def learn(self, key: int, route: int, approved: float) -> None:
        """Hear an outcome."""
        ...


class SuccessRateWindow:
    """Argmax of the mean over the last outcomes per key and route, hedged."""

    def __init__(self, routes: int, window: int = WINDOW, hedge: float = HEDGE) -> None:
        self._routes, self._window, self._hedge = routes, window, hedge
        self._outcomes: dict[tuple[int, int], deque[float]] = {}
        self._sums: dict[int, Array] = {}

    def chances(self, key: int, rng: np.random.Generator) -> Array:  # noqa: ARG002 - ties are shared, not drawn
        """Nearly all on the best mean; ties share it."""
        rates = self._sums.get(key, np.full(self._routes, float(self._window)))
        best = rates >= rates.max() - 1e-9
        return np.asarray(best / best.sum() * (1.0 - self._hedge) + self._hedge / self._routes)

    def learn(self, key: int, route: int, approved: float) -> None:
        """The newest outcome pushes the oldest out."""
        if key not in self._sums:
            self._sums[key] = np.full(self._routes, float(self._window))
        outcomes = self._outcomes.get((key, route))
        if outcomes is None:
            outcomes = self._outcomes[key, route] = deque([1.0] * self._window, maxlen=self._window)
        self._sums[key][route] += approved - outcomes[0]
        outcomes.append(approved)


class Thompson:
    """Beta posteriors per key and route; a route is chosen as often as it is likely to be the best."""

    def __init__(self, routes: int, draws: int = DRAWS) -> None:
        self._routes, self._draws = routes, draws
        self._counts: dict[int, Array] = {}

    def chances(self, key: int, rng: np.random.Generator) -> Array:
        """Share of joint draws that each route wins."""
        counts = self._counts.get(key)
        if counts is None:
            return np.full(self._routes, 1.0 / self._routes)
        drawn = rng.beta(counts[0], counts[1], (self._draws, self._routes))
        return np.bincount(drawn.argmax(axis=1), minlength=self._routes) / self._draws

    def learn(self, key: int, route: int, approved: float) -> None:
        """Count an outcome."""
        if key not in self._counts:
            self._counts[key] = np.ones((2, self._routes))
        self._counts[key][0 if approved > 0.5 else 1, route] += 1.0


def replay(policy: Policy, keys: Array, routes: Array, approved: Array, *, seed: int) -> Array:
    """Probabilities of a policy that hears the outcomes of the log: row x route, each before its own outcome."""
    rng = np.random.default_rng(seed)
    made = []
    for key, route, outcome in zip(keys.tolist(), routes.tolist(), approved.tolist(), strict=True):
        made.append(policy.chances(key, rng))
        policy.learn(key, route, outcome)
    return np.array(made)
