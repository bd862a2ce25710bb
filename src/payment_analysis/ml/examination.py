"""The exam of a probability: measures with intervals beside the constant, slices, drift and what mattered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.ml.arrays import Array, strings
from payment_analysis.ml.card import Measure, Slice, Windows
from payment_analysis.ml.scores import (
    accuracy,
    area_under_curve,
    brier,
    calibration_error,
    clustered_interval,
    log_loss,
    skill,
    stability_index,
)
from payment_analysis.ml.split import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from payment_analysis.ml.split import Split

ROUNDS: Final = 100
SLICE_ROWS_MIN: Final = 5_000
DRIFT_ROWS: Final = 50_000
SEED: Final = 17


class Examining(Protocol):
    """Rows a model has not seen, and what each model loses on each of them."""

    @property
    def rows(self) -> pa.Table:
        """The attempts."""
        ...

    @property
    def clusters(self) -> Array:
        """The payment of each."""
        ...

    def losses_of(self, model: Any) -> Array:
        """The lower the better."""
        ...


@dataclass(frozen=True, slots=True)
class Exam:
    """The exam of a probability: its loss is the log-loss."""

    rows: pa.Table
    labels: Array
    clusters: Array
    from_us: int  # nothing a contestant learned from may be later

    def losses_of(self, model: Any) -> Array:
        """Log-loss of each row."""
        return self.losses(model.predict(self.rows))

    def losses(self, chance: Array) -> Array:
        """Log-loss of each row."""
        safe = np.clip(chance, 1e-6, 1.0 - 1e-6)
        return np.asarray(-np.log(np.where(self.labels > 0.5, safe, 1.0 - safe)))


def probability_measures(exam: Exam, chance: Array, constant: float) -> tuple[Measure, ...]:
    """Log-loss skill first; accuracy only beside what always saying yes reaches."""
    labels, rng = exam.labels, np.random.default_rng(SEED)
    loss, of_constant = exam.losses(chance), exam.losses(np.full(len(labels), constant))

    def weighted_skill(weight: Array) -> float:
        return float(1.0 - (loss @ weight) / (of_constant @ weight))

    low, high = clustered_interval(weighted_skill, exam.clusters, ROUNDS, rng)
    usual = float(labels.mean() >= 0.5)
    return (
        Measure("model", "log_loss_skill", skill(labels, chance, constant), low, high),
        Measure("model", "log_loss", log_loss(labels, chance)),
        Measure("constant", "log_loss", log_loss(labels, np.full(len(labels), constant))),
        Measure("model", "auc", area_under_curve(labels, chance), *_area_interval(labels, chance)),
        Measure("constant", "auc", 0.5),
        Measure("model", "calibration_error", calibration_error(labels, chance)),
        Measure("model", "brier", brier(labels, chance)),
        Measure("constant", "brier", brier(labels, np.full(len(labels), constant))),
        Measure("model", "accuracy", accuracy(labels, chance)),
        Measure("constant", "accuracy", accuracy(labels, np.full(len(labels), usual))),
    )


def _area_interval(labels: Array, chance: Array) -> tuple[float, float]:
    """Hanley and McNeil's standard error (1982)."""
    area = area_under_curve(labels, chance)
    wins, losses = float(labels.sum()), float((1.0 - labels).sum())
    one, two = area / (2.0 - area), 2.0 * area**2 / (1.0 + area)
    spread = (area * (1 - area) + (wins - 1) * (one - area**2) + (losses - 1) * (two - area**2)) / (wins * losses)
    half = 1.96 * float(np.sqrt(max(spread, 0.0)))
    return area - half, area + half


def slices(exam: Exam, chance: Array, columns: Sequence[str], rows_min: int = SLICE_ROWS_MIN) -> tuple[Slice, ...]:
    """Calibration within every value with enough rows."""
    found = []
    for column in columns:
        words = strings(exam.rows, column)
        for value in pc.unique(words.drop_null()).to_pylist():
            mine = np.flatnonzero(pc.fill_null(pc.equal(words, value), False).to_numpy(zero_copy_only=False))
            if len(mine) >= rows_min:
                labels, said = exam.labels[mine], chance[mine]
                error = calibration_error(labels, said, bins=5)
                found.append(
                    Slice(column, str(value), len(mine), float(labels.mean()), float(said.mean()), float(error))
                )
    return tuple(found)


def drift(names: Sequence[str], before: Array, now: Array) -> dict[str, float]:
    """Stability index of every feature between training and exam, from samples."""
    rng = np.random.default_rng(SEED)
    first, second = (
        matrix[rng.choice(len(matrix), min(DRIFT_ROWS, len(matrix)), replace=False)] for matrix in (before, now)
    )
    return {name: stability_index(first[:, place], second[:, place]) for place, name in enumerate(names)}


def importance(
    explain: Callable[[pa.Table], tuple[Sequence[str], Array]], rows: pa.Table, sample: int = 2_000
) -> dict[str, float]:
    """Share of the mean absolute contributions, largest first."""
    rng = np.random.default_rng(SEED)
    picked = np.sort(rng.choice(rows.num_rows, min(sample, rows.num_rows), replace=False))
    names, exact = explain(rows.take(pa.array(picked)))
    size = np.abs(exact[:, :-1]).mean(axis=0)
    share = size / max(float(size.sum()), 1e-12)
    return {names[place]: float(share[place]) for place in np.argsort(-share) if share[place] > 0}


def windows_of(attempts: pa.Table, split: Split) -> Windows:
    """The instants of the split."""
    at = attempts["event_timestamp"]
    return Windows(
        train_from=at[0].as_py(),
        train_until=instant(split.train_until_us),
        test_from=instant(split.test_from_us),
        test_until=at[-1].as_py(),
        train_rows=len(split.train),
        calibrate_rows=len(split.calibrate),
        test_rows=len(split.test),
    )
