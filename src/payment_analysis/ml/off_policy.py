"""What a policy would have earned, judged from what another one logged.

Inverse propensity scores (IPS), self-normalised (SNIPS), the reward model alone (DM) and doubly robust (DR). The model
alone never improves with exploration (measured), so it is shown but never the verdict. Whole payments are drawn for the
intervals; two policies are compared on the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.ml.arrays import Array

ROUNDS: Final = 200
SEED: Final = 29
ESS_MIN: Final = 1_000  # below it an estimate decides nothing (ml.md 1.2)


@dataclass(frozen=True, slots=True)
class Logged:
    """One row per decision that was logged."""

    action: Array
    propensity: Array  # of that action, under the policy that logged
    reward: Array
    clusters: Array  # of the payment
    expected: Array  # row x action, reward model fitted on other rows (cross-fitting)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far the log can tell about a policy."""

    effective_rows: float
    weight_max: float
    supported: float  # share of the policy's choices that the log ever made in such a row

    @property
    def is_enough(self) -> bool:
        return self.effective_rows >= ESS_MIN


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value per decision with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One policy by every estimator."""

    policy: str
    estimates: Mapping[str, Estimate]
    overlap: Overlap


def judge(policies: Mapping[str, Array], logged: Logged) -> tuple[list[Judged], dict[str, Array]]:
    """Judge policies, given as row x action probabilities; also each one's DR value by bootstrap round."""
    draws = Draws.of(logged.clusters)
    judged, rounds = [], {}
    for name, target in policies.items():
        parts = contributions(target, logged)
        estimates = {}
        for estimator, (above, below) in parts.items():
            drawn = draws.ratio(above, below)
            value = float(above.sum() / below.sum())
            estimates[estimator] = Estimate(value, *_interval(drawn))
            if estimator == "DR":
                rounds[name] = np.append(drawn, value)
        judged.append(Judged(name, estimates, overlap(target, logged)))
    return judged, rounds


def contributions(target: Array, logged: Logged) -> dict[str, tuple[Array, Array]]:
    """Per row, what each estimator adds above and below the line."""
    rows = np.arange(len(logged.action))
    weight = target[rows, logged.action] / logged.propensity
    modelled = (target * logged.expected).sum(axis=1)
    surprise = logged.reward - logged.expected[rows, logged.action]
    one = np.ones(len(rows))
    return {
        "IPS": (weight * logged.reward, one),
        "SNIPS": (weight * logged.reward, weight),
        "DM": (modelled, one),
        "DR": (modelled + weight * surprise, one),
    }


def overlap(target: Array, logged: Logged) -> Overlap:
    """Effective rows, the largest weight and the support of a policy in the log."""
    weight = target[np.arange(len(logged.action)), logged.action] / logged.propensity
    total = float(weight.sum())
    effective = total**2 / max(float((weight**2).sum()), 1e-12)
    tried = np.bincount(logged.action, minlength=target.shape[1]) > 0
    return Overlap(effective, float(weight.max()), float(target[:, tried].sum() / target.sum()))


def paired(rounds: Mapping[str, Array], policy: str, against: str) -> Estimate:
    """How much more one policy earns than another, on the same draws."""
    difference = rounds[policy] - rounds[against]
    return Estimate(float(difference[-1]), *_interval(difference[:-1]))


@dataclass(frozen=True, slots=True)
class Draws:
    """Bootstrap weights of clusters: the same for all policies, so that differences are paired."""

    which: Array
    weights: Array  # round x cluster

    @classmethod
    def of(cls, clusters: Array, rounds: int = ROUNDS, seed: int = SEED) -> Draws:
        names, which = np.unique(clusters, return_inverse=True)
        return cls(which, np.random.default_rng(seed).poisson(1.0, (rounds, len(names))).astype(np.float32))

    def ratio(self, above: Array, below: Array) -> Array:
        """Totals above the line over totals below it, by round."""
        clusters = self.weights.shape[1]
        top, bottom = (np.bincount(self.which, part, minlength=clusters) for part in (above, below))
        return np.asarray((self.weights @ top) / np.maximum(self.weights @ bottom, 1e-12))


def _interval(drawn: Array) -> tuple[float, float]:
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def sequential(target: Array, logged: Logged, later: Array, previous: Array) -> tuple[Array, Array]:
    """Per payment, the doubly robust value of a policy that also decides on the retries, and the payments' names.

    `later` is the value still to come that the model expects behind each action; `previous` is the row of the try
    before, -1 for the first. The estimate is right for any model when the propensities are right.
    """
    rows = np.arange(len(logged.action))
    ratio = target[rows, logged.action] / logged.propensity
    worth = logged.expected + later
    modelled, taken = (target * worth).sum(axis=1), worth[rows, logged.action]
    reached = np.ones(len(rows))  # product of the ratios of the tries before
    for row in np.flatnonzero(previous >= 0):  # tries come in order of time
        reached[row] = reached[previous[row]] * ratio[previous[row]]
    value = reached * (modelled + ratio * (logged.reward - taken))
    names, which = np.unique(logged.clusters, return_inverse=True)
    return np.bincount(which, value, minlength=len(names)), names
