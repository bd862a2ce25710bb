"""Train risk_scoring_model on reports as they were known, and write its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.arrays import microseconds, numbers
from payment_analysis.ml.card import Measure, ModelCard
from payment_analysis.ml.examination import Exam, drift, windows_of
from payment_analysis.ml.names import RISK
from payment_analysis.ml.risk import DAY_US, REPORT_DAYS, RiskModel, reported_by
from payment_analysis.ml.scores import (
    area_under_curve,
    average_precision,
    brier,
    calibration_curve,
    calibration_error,
    clustered_interval,
    log_loss,
    recall_at,
)
from payment_analysis.ml.split import Split, cut, payment_codes
from payment_analysis.ml.training import Trained

if TYPE_CHECKING:
    import pyarrow as pa

    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.boosting import TreeSettings
    from payment_analysis.ml.training import Lessons

REVIEWED: Final = 0.005  # share of attempts a review team can look at
REPORTS_MIN: Final = 10
TRAIN_SHARE, CALIBRATE_SHARE = 0.60, 0.75  # of the attempts whose reports had time to come
LIMITS: Final = (
    "Only approved attempts can be reported, so declined frauds teach nothing and are not counted in the exam.",
    f"A report takes weeks: attempts younger than {REPORT_DAYS} days teach nothing and are not examined.",
    "Below a thousand reported frauds recall and precision are known to a few points only.",
)


def train_risk(lessons: Lessons, settings: TreeSettings | None = None) -> Trained:
    """Only attempts old enough for their report are lessons; training sees the reports of its own day only."""
    split = matured_split(lessons.rows)
    train, calibrate, rows = (_approved(lessons.at(part)) for part in (split.train, split.calibrate, split.test))
    now_us = int(microseconds(lessons.rows, "event_timestamp")[-1])
    known = reported_by(train, now_us)
    if known.sum() < REPORTS_MIN:
        raise BadInput(
            f"{int(known.sum())} fraud reports in {train.num_rows:,} attempts are too few to learn from",
            hint=f"bring fraud_reported_at of at least {REPORTS_MIN} attempts that are {REPORT_DAYS} days old",
        )
    model = RiskModel(settings).fit(train, known)
    reported = reported_by(calibrate, now_us)
    if reported.sum() >= REPORTS_MIN:
        model.calibrate(calibrate, reported)

    labels = reported_by(rows, now_us)
    exam = Exam(rows, labels, payment_codes(rows), split.test_from_us)
    chance = model.predict(rows)
    card = ModelCard(
        model=RISK,
        predicts="the probability that an attempt will be reported as fraud",
        windows=windows_of(lessons.rows, split),
        features=model.features_.names,
        measures=measures(exam, chance, float(known.mean())),
        limits=LIMITS,
        calibration=tuple(calibration_curve(labels, chance)),
        drift=drift(model.features_.names, model.features_.transform(train), model.features_.transform(rows)),
        details={
            "reviewed_share": REVIEWED,
            "report_days": REPORT_DAYS,
            "reports": int(known.sum()),
            "reported_in_exam": int(labels.sum()),
        },
    )
    return Trained(model, card, exam)


def _approved(rows: pa.Table) -> pa.Table:
    """Only what was approved can be reported: a declined fraud looks like an honest decline for ever."""
    return rows.filter(rows["is_approved"])


def matured_split(attempts: pa.Table) -> Split:
    """Three windows of the attempts that are old enough for their report."""
    at_us = microseconds(attempts, "event_timestamp")
    begin, old = int(at_us[0]), int(at_us[-1]) - REPORT_DAYS * DAY_US
    if old <= begin:
        raise BadInput(
            f"the attempts span fewer than {REPORT_DAYS} days, so no fraud report has had time to come",
            hint="take in a longer history",
        )
    first, second = (begin + int((old - begin) * share) for share in (TRAIN_SHARE, CALIBRATE_SHARE))
    return cut(attempts, first, second, old)


def measures(exam: Exam, chance: Array, constant: float) -> tuple[Measure, ...]:
    """Precision and recall of the review queue, beside the vendor's score and chance."""
    labels = exam.labels
    found: list[Measure] = []
    for who, score in (("model", chance), ("vendor score", np.nan_to_num(numbers(exam.rows, "fraud_score")))):
        recall, precision = recall_at(labels, score, REVIEWED)

        def drawn(weight: Array, score: Array = score) -> float:
            picked = np.repeat(np.arange(len(score)), weight.astype(np.int64))
            return recall_at(labels[picked], score[picked], REVIEWED)[0]

        low, high = clustered_interval(drawn, exam.clusters, 50, np.random.default_rng(31))
        found += [
            Measure(who, "average_precision", average_precision(labels, score)),
            Measure(who, "recall_at_review", recall, low, high),
            Measure(who, "precision_at_review", precision),
            Measure(who, "auc", area_under_curve(labels, score)),
        ]
    return (
        *found,
        Measure("model", "log_loss", log_loss(labels, chance)),
        Measure("constant", "log_loss", log_loss(labels, np.full(len(labels), constant))),
        Measure("model", "calibration_error", calibration_error(labels, chance)),
        Measure("model", "brier", brier(labels, chance)),
        Measure("constant", "accuracy", float(1.0 - labels.mean())),
    )
