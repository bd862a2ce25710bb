"""risk_scoring_model: the chance that an attempt will be reported as fraud, learned from reports."""

from __future__ import annotations

import math
from operator import mul
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from payment_analysis.ml.arrays import Array, is_known, microseconds, numbers
from payment_analysis.ml.boosting import TreeSettings, grow, raw_score
from payment_analysis.ml.calibration import Platt
from payment_analysis.ml.features import AttemptFeatures, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

# Half of the reports come within 25 days and nine tenths within 47 (lognormal, median 25, spread .5); waiting longer
# costs newer lessons.
REPORT_DAYS: Final = 30
DAY_US: Final = 86_400_000_000
# Only approved attempts can be reported, so reports are few: a straight line in the right terms learns from fifty of
# them. Trees on top of it need more.
TREES_FROM_REPORTS: Final = 500
SETTINGS: Final = TreeSettings(trees=60, leaves=8, leaf_rows_min=200, learning_rate=0.05, ridge=20.0)
RIDGE: Final = 1.0
ROUNDS: Final = 30
SCORE_MIN: Final = 1e-3
ODDS_MAX: Final = 700.0  # beyond it an exponential is no number
SCORES: Final = ("fraud_score", "aml_risk_score", "device_trust_score")
COUNTS: Final = (
    "card_attempts_24h",
    "burst_attempts_1h",
    "burst_attempts_24h",
    "device_attempts_24h",
    "address_attempts_24h",
)


def reported_by(attempts: pa.Table, now_us: int) -> Array:
    """1 where a report was known at that moment, else 0: what a trainer of that day could see."""
    reported = microseconds(attempts, "fraud_reported_at")
    return np.asarray(is_known(reported) & (reported <= now_us)).astype(np.float64)


def evidence(attempts: pa.Table) -> Array:
    """Terms in which honest and fraudulent scores differ by a straight line: logarithms of scores and of counts."""
    terms = []
    for name in SCORES:
        score = numbers(attempts, name)
        known = np.isfinite(score)
        safe = np.clip(np.where(known, score, 0.5), SCORE_MIN, 1.0 - SCORE_MIN)
        terms += [np.where(known, np.log(safe), 0.0), np.where(known, np.log1p(-safe), 0.0), known.astype(np.float64)]
    terms += [np.log1p(np.nan_to_num(numbers(attempts, name))) for name in COUNTS]
    usual = np.nan_to_num(numbers(attempts, "burst_attempts_7d")) / 7.0
    terms.append(np.log1p(np.nan_to_num(numbers(attempts, "burst_attempts_24h"))) - np.log1p(usual))
    terms += [np.nan_to_num(numbers(attempts, name)) for name in ("is_recurring", "is_cross_border")]
    terms.append(np.nan_to_num(numbers(attempts, "card_approved_30d")) > 0)
    return np.column_stack(terms)


def evidence_of_one(attempt: Mapping[str, Any]) -> list[float]:
    """The same terms for one attempt, without a table (see the test of equality)."""
    terms = list[float]()
    for name in SCORES:
        score = attempt.get(name)
        safe = 0.5 if score is None else min(max(float(score), SCORE_MIN), 1.0 - SCORE_MIN)
        terms += (0.0, 0.0, 0.0) if score is None else (math.log(safe), math.log1p(-safe), 1.0)
    counts = {name: _count(attempt, name) for name in (*COUNTS, "burst_attempts_7d", "card_approved_30d")}
    terms += [math.log1p(counts[name]) for name in COUNTS]
    terms.append(math.log1p(counts["burst_attempts_24h"]) - math.log1p(counts["burst_attempts_7d"] / 7.0))
    terms += [_count(attempt, name) for name in ("is_recurring", "is_cross_border")]
    terms.append(float(counts["card_approved_30d"] > 0))
    return terms


def _count(attempt: Mapping[str, Any], name: str) -> float:
    value = attempt.get(name)
    return 0.0 if value is None or math.isnan(value) else float(value)


class RiskModel(ClassifierMixin, BaseEstimator):
    """Raw attempt columns in, probability of a fraud report out."""

    def __init__(self, settings: TreeSettings | None = None) -> None:
        self.settings = settings

    def fit(self, attempts: pa.Table, labels: Array) -> RiskModel:
        """Learn from matured reports; frauds are rare and are not reweighted, so probabilities stay probabilities."""
        self.classes_ = np.array([0, 1])
        self.__dict__.pop("_weights", None)
        terms = evidence(attempts)
        self.centre_, self.scale_ = terms.mean(axis=0), np.maximum(terms.std(axis=0), 1e-6)
        self.line_ = _line((terms - self.centre_) / self.scale_, labels)
        self.features_ = AttemptFeatures().fit(attempts)
        self.booster_ = None
        if labels.sum() >= TREES_FROM_REPORTS:
            matrix = self.features_.transform(attempts)
            self.booster_ = grow(
                matrix,
                labels,
                self.settings or SETTINGS,
                words=self.features_.word_places,
                offset=self._straight(attempts),
            )
        self.platt_ = Platt()
        return self

    def _straight(self, attempts: pa.Table) -> Array:
        scaled = (evidence(attempts) - self.centre_) / self.scale_
        return np.asarray(scaled @ self.line_[:-1] + self.line_[-1])

    def calibrate(self, attempts: pa.Table, labels: Array) -> RiskModel:
        """The line from score to probability, on later attempts with matured reports."""
        self.platt_ = Platt.of(self._score(attempts), labels)
        return self

    def _score(self, attempts: Any) -> Array:
        rows = table_of(attempts)
        score = self._straight(rows)
        return score if self.booster_ is None else score + raw_score(self.booster_, self.features_.transform(rows))

    def chance_of_one(self, attempt: Mapping[str, Any], trees: Callable[[Array], Array] | None) -> float:
        """Probability of fraud of one attempt, for a decision; `trees` are this model's, made fast."""
        assert (trees is None) == (self.booster_ is None), "the trees are this model's"
        score = self._straight_of_one(evidence_of_one(attempt))
        if trees is not None:
            score += float(trees(self.features_.row(attempt))[0])
        odds = float(self.platt_.slope * score + self.platt_.shift)
        return 1.0 / (1.0 + math.exp(-odds)) if odds > -ODDS_MAX else 0.0

    def _straight_of_one(self, terms: Sequence[float]) -> float:
        """The line for one attempt; for so few terms plain numbers are faster than arrays."""
        if not hasattr(self, "_weights"):
            weights = self.line_[:-1] / self.scale_
            self._weights, self._start = weights.tolist(), float(self.line_[-1] - self.centre_ @ weights)
        return float(self._start + sum(map(mul, self._weights, terms)))

    def __getstate__(self) -> dict[str, Any]:
        """What is computed for one attempt is made again where it is needed."""
        return {name: value for name, value in super().__getstate__().items() if name not in {"_weights", "_start"}}

    def predict(self, attempts: Any) -> Array:
        """Probability of fraud of each attempt."""
        return self.platt_(self._score(attempts))

    def predict_proba(self, attempts: Any) -> Array:
        """Probabilities of honest and fraud."""
        fraud = self.predict(attempts)
        return np.column_stack([1.0 - fraud, fraud])


def _line(terms: Array, labels: Array) -> Array:
    """Ridge logistic regression by Newton's method, with steps that never climb; the intercept goes free."""
    design = np.column_stack([terms, np.ones(len(terms))])
    share = float(np.clip(labels.mean(), SCORE_MIN / 100.0, 0.5))
    beta = np.zeros(design.shape[1])
    beta[-1] = np.log(share / (1.0 - share))
    ridge = np.append(np.full(terms.shape[1], RIDGE), 1e-6)

    def loss(at: Array) -> float:
        odds = design @ at
        return float(np.logaddexp(0.0, odds).sum() - labels @ odds + 0.5 * ridge @ at**2)

    for _ in range(ROUNDS):
        chance = expit(design @ beta)
        curve = (design * (chance * (1.0 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curve, design.T @ (labels - chance) - ridge * beta)
        size, now = 1.0, loss(beta)
        while loss(beta + size * step) > now and size > 1e-4:
            size /= 2.0
        beta = beta + size * step
        if np.abs(size * step).max() < 1e-6:
            break
    return beta
