"""approval_propensity_model: the chance that an attempt is approved, for any route and solution.

Trees see the attempt without its route; what routes and solutions add is a separate layer with its uncertainty. A plain
boosted tree with the route as one more feature lost to a rule (measured: -0.2 percentage points).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator, ClassifierMixin

from payment_analysis.ml.boosting import THREADS_TRAINING, TreeSettings, contributions, grow, raw_score
from payment_analysis.ml.calibration import Platt
from payment_analysis.ml.columns import DOCUMENT_COLUMNS
from payment_analysis.ml.features import AttemptFeatures, table_of
from payment_analysis.ml.routes import RouteEffects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.ml.arrays import Array

BARE_EVERY: Final = 25  # one attempt in 25 is learned a second time without its context
FIRST_TREES: Final = 60  # enough to tell good payments from bad ones before routes are compared
BATCH_ROWS: Final = 200_000


class ApprovalModel(ClassifierMixin, BaseEstimator):
    """Raw attempt columns in, probability of approval out."""

    def __init__(self, settings: TreeSettings | None = None) -> None:
        self.settings = settings

    def fit(self, attempts: pa.Table, labels: Array) -> ApprovalModel:
        """Trees and route effects by turns: routes on a first score, trees with the routes known, routes again."""
        settings = self.settings or TreeSettings()
        self.classes_ = np.array([0, 1])
        self.features_ = AttemptFeatures().fit(attempts)
        matrix = self.features_.transform(attempts)
        words = self.features_.word_places
        bare = self._bare(attempts)
        few = TreeSettings(trees=FIRST_TREES, learning_rate=0.1, leaf_rows_min=settings.leaf_rows_min)
        first = grow(matrix, labels, few, words=words)
        self.routes_ = RouteEffects.of(attempts, labels, raw_score(first, matrix, THREADS_TRAINING))
        self.booster_ = grow(
            np.vstack([matrix, self.features_.transform(bare)]),
            np.concatenate([labels, labels[::BARE_EVERY]]),
            settings,
            words=words,
            offset=np.concatenate([self.routes_(attempts), np.zeros(bare.num_rows)]),
        )
        self.routes_ = RouteEffects.of(attempts, labels, raw_score(self.booster_, matrix, THREADS_TRAINING))
        self.platt_ = Platt()
        return self

    @staticmethod
    def _bare(attempts: pa.Table) -> pa.Table:
        """Copies that show the six numbers of the documents only, so that a caller who knows no more is understood."""
        every = pa.array(np.arange(0, attempts.num_rows, BARE_EVERY))
        return attempts.select([name for name in DOCUMENT_COLUMNS if name in attempts.column_names]).take(every)

    def calibrate(self, attempts: pa.Table, labels: Array) -> ApprovalModel:
        """Learn the line from score to probability on a window the trees never saw."""
        self.platt_ = Platt.of(self.offset(attempts) + self.routes_(attempts), labels)
        return self

    def offset(self, attempts: Any) -> Array:
        """Log-odds of approval by the trees alone: the same for every route."""
        rows = table_of(attempts)
        threads = THREADS_TRAINING if rows.num_rows > BATCH_ROWS else 1
        return raw_score(self.booster_, self.features_.transform(rows), threads)

    def predict(self, attempts: Any) -> Array:
        """Probability of approval of each attempt."""
        rows = table_of(attempts)
        return self.platt_(self.offset(rows) + self.routes_(rows))

    def chances(self, attempt: Mapping[str, Any], routes: Sequence[str]) -> Array:
        """Probability of approval of one attempt by each route, from the booster and two tables, for a decision."""
        offset = raw_score(self.booster_, self.features_.row(attempt))
        return self.platt_(offset + self.routes_.of_attempt(attempt, routes))

    def predict_proba(self, attempts: Any) -> Array:
        """Probabilities of declined and approved."""
        approved = self.predict(attempts)
        return np.column_stack([1.0 - approved, approved])

    def explain(self, attempts: Any) -> tuple[tuple[str, ...], Array]:
        """Names and exact contributions in log-odds: each feature, the route, and what all attempts share."""
        rows = table_of(attempts)
        exact = contributions(self.booster_, self.features_.transform(rows)) * self.platt_.slope
        route = self.platt_.slope * self.routes_(rows)
        shared = exact[:, -1] + self.platt_.shift
        return (*self.features_.names, "route", "shared"), np.column_stack([exact[:, :-1], route, shared])
