"""Boosted trees for a yes or no, trained with both cores and served with one thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array

THREADS_TRAINING, THREADS_SERVING = 2, 1


@dataclass(frozen=True, slots=True)
class TreeSettings:
    """How many trees and how large; the prototype's, which were as good as any tried."""

    trees: int = 250
    leaves: int = 24
    leaf_rows_min: int = 80
    learning_rate: float = 0.05
    feature_share: float = 0.7
    row_share: float = 0.8
    seed: int = 11
    ridge: float = 5.0
    parameters: dict[str, Any] = field(default_factory=dict)

    def as_parameters(self) -> dict[str, Any]:
        return {
            "objective": "binary",
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.leaf_rows_min,
            "learning_rate": self.learning_rate,
            "feature_fraction": self.feature_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "lambda_l2": self.ridge,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "max_bin": 127,
            "cat_smooth": 20.0,
            "num_threads": THREADS_TRAINING,
            "verbosity": -1,
            **self.parameters,
        }


def grow(
    matrix: Array, labels: Array, settings: TreeSettings, *, words: list[int], offset: Array | None = None
) -> lgb.Booster:
    """Grow trees on top of an offset in log-odds; rows are never reweighted: that destroys the calibration."""
    data = lgb.Dataset(
        matrix.astype(np.float32),
        label=labels,
        init_score=offset,
        categorical_feature=words,
        free_raw_data=True,
        params={"verbosity": -1, "max_bin": 127, "num_threads": THREADS_TRAINING},
    )
    return lgb.train(settings.as_parameters(), data, num_boost_round=settings.trees)


def raw_score(booster: lgb.Booster, matrix: Array, threads: int = THREADS_SERVING) -> Array:
    """Log-odds, without the offset the trees were grown on."""
    return np.asarray(booster.predict(matrix.astype(np.float32), raw_score=True, num_threads=threads))


def contributions(booster: lgb.Booster, matrix: Array) -> Array:
    """Exact Shapley values in log-odds; the last column is the value all rows share."""
    return np.asarray(booster.predict(matrix.astype(np.float32), pred_contrib=True, num_threads=THREADS_SERVING))
