"""How good probabilities are: what accuracy hides when nine of ten attempts are approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import xlogy
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.ml.arrays import Array

BINS: Final = 15
CHANCE_MIN: Final = 1e-6
DRIFT_FLOOR: Final = 1e-4


def log_loss(labels: Array, chance: Array) -> float:
    safe = np.clip(chance, CHANCE_MIN, 1.0 - CHANCE_MIN)
    return float(-np.mean(xlogy(labels, safe) + xlogy(1.0 - labels, 1.0 - safe)))


def skill(labels: Array, chance: Array, constant: float) -> float:
    """Share of the constant's log-loss that is gone: 0 is no better than the constant, 1 is clairvoyance."""
    return 1.0 - log_loss(labels, chance) / log_loss(labels, np.full(len(labels), constant))


def area_under_curve(labels: Array, score: Array) -> float:
    """Chance that an approved attempt scores above a declined one; nan when there is only one kind."""
    positive = labels > 0.5
    wins, losses = int(positive.sum()), int((~positive).sum())
    if not wins or not losses:
        return float("nan")
    return float((rankdata(score)[positive].sum() - wins * (wins + 1) / 2) / (wins * losses))


def average_precision(labels: Array, score: Array) -> float:
    """Mean precision over the positives, from the highest score down."""
    ranked = labels[np.argsort(-score, kind="stable")] > 0.5
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].mean()) if ranked.any() else float("nan")


def brier(labels: Array, chance: Array) -> float:
    return float(np.mean((labels - chance) ** 2))


def accuracy(labels: Array, chance: Array) -> float:
    return float(np.mean((chance >= 0.5) == (labels > 0.5)))


def calibration_curve(labels: Array, chance: Array, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Mean prediction, observed rate and rows of bins of equal size."""
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [(float(chance[part].mean()), float(labels[part].mean()), len(part)) for part in parts]


def calibration_error(labels: Array, chance: Array, bins: int = BINS) -> float:
    """Expected calibration error over bins of equal size."""
    curve = calibration_curve(labels, chance, bins)
    return sum(abs(said - seen) * rows for said, seen, rows in curve) / len(labels)


def recall_at(labels: Array, score: Array, share: float) -> tuple[float, float]:
    """Recall and precision when the riskiest share is reviewed."""
    reviewed = np.argsort(-score, kind="stable")[: max(1, round(share * len(score)))]
    found = float(labels[reviewed].sum())
    return found / max(float(labels.sum()), 1.0), found / len(reviewed)


def stability_index(expected: Array, actual: Array, bins: int = 10) -> float:
    """Population stability index between two samples of one number; missing values are a bin of their own."""
    known = expected[np.isfinite(expected)]
    edges: Array = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.empty(0)
    first, second = (_shares(values, edges) for values in (expected, actual))
    return float(np.sum((second - first) * np.log(second / first)))


def _shares(values: Array, edges: Array) -> Array:
    place = np.where(np.isfinite(values), np.searchsorted(edges, np.nan_to_num(values), side="right"), len(edges) + 1)
    return np.maximum(np.bincount(place, minlength=len(edges) + 2) / max(len(values), 1), DRIFT_FLOOR)


def clustered_interval(
    measure: Callable[[Array], float], clusters: Array, rounds: int, rng: np.random.Generator
) -> tuple[float, float]:
    """A 95 % bootstrap interval that draws whole clusters; measure gets the weight of each row."""
    names, which = np.unique(clusters, return_inverse=True)
    drawn = [measure(rng.poisson(1.0, len(names))[which].astype(np.float64)) for _ in range(rounds)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)
