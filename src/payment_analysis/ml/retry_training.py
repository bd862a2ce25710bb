"""Train smart_retry_policy on the tries that were made, and write its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.card import ModelCard
from payment_analysis.ml.examination import Exam, probability_measures, windows_of
from payment_analysis.ml.names import RETRY, SEEN
from payment_analysis.ml.retry import RetryPolicy, retries_of
from payment_analysis.ml.scores import calibration_curve
from payment_analysis.ml.split import payment_codes, split_by_time
from payment_analysis.ml.training import Trained

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.training import Lessons

RETRIES_MIN: Final = 50
LIMITS: Final = (
    "Waits nobody ever tried after a reason are guesses; randomised waits in the log are what makes them known.",
    "A try keeps its route and solution; changing them is the routing policy's.",
    "Shoppers who come back by themselves are among the lessons, told apart by who initiated the try.",
)


class RetryExam(Exam):
    """The exam of the retry policy: tries that were made, judged by the chance it gave them."""

    __slots__ = ()

    def losses_of(self, model: Any) -> Array:
        """Log-loss of each try."""
        return self.losses(model.chance_of(self.rows))


def train_retry(lessons: Lessons) -> Trained:
    """Tries after the first, split by time like everything else."""
    split = split_by_time(lessons.rows)
    parts = [retries_of(lessons.at(part)) for part in (split.train, split.calibrate, split.test)]
    if min(len(parts[0]), len(parts[2])) < RETRIES_MIN:
        raise BadInput(
            f"{len(parts[0]):,} tries after a decline are too few to learn from",
            hint=f"take in a history with at least {RETRIES_MIN} retries in each part of it",
        )
    places = [part[some] for part, some in zip((split.train, split.calibrate, split.test), parts, strict=True)]
    train, calibrate, test = places
    model = RetryPolicy().fit(lessons.at(train), lessons.labels[train])
    model.calibrate(lessons.at(np.sort(calibrate)), lessons.labels[calibrate])
    model.budget(declined_of(lessons.at(split.calibrate), lessons.labels[split.calibrate]))

    rows, labels = lessons.at(test), lessons.labels[test]
    exam = RetryExam(rows, labels, payment_codes(rows), split.test_from_us)
    chance = model.chance_of(rows)
    card = ModelCard(
        model=RETRY,
        predicts="how long to wait before a declined payment is tried again, and whether at all",
        windows=windows_of(lessons.rows, split),
        features=tuple(name for name in model.features_.names if name in SEEN),
        measures=probability_measures(exam, chance, float(lessons.labels[train].mean())),
        limits=LIMITS,
        calibration=tuple(calibration_curve(labels, chance, bins=10)),
        details={
            "tries_learned_from": len(train),
            "tries_examined": len(test),
            "tries_per_decline": model.tries_per_decline,
            "net_min": model.net_min_,
        },
    )
    return Trained(model, card, exam)


def declined_of(rows: pa.Table, labels: Array) -> pa.Table:
    """The declined attempts among answered ones."""
    return rows.take(pa.array(np.flatnonzero(labels < 0.5)))
