"""Train approval_propensity_model and write its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.ml.approval import ApprovalModel
from payment_analysis.ml.card import ModelCard
from payment_analysis.ml.examination import Exam, drift, importance, probability_measures, slices, windows_of
from payment_analysis.ml.names import APPROVAL
from payment_analysis.ml.routes import LEVELS
from payment_analysis.ml.scores import calibration_curve
from payment_analysis.ml.split import payment_codes, split_by_time
from payment_analysis.ml.training import Trained

if TYPE_CHECKING:
    from payment_analysis.ml.boosting import TreeSettings
    from payment_analysis.ml.training import Lessons

SLICED: Final = ("issuer_country", "psp", "payment_solution", "merchant_segment", "card_network", "issuer")
LIMITS: Final = (
    "A sale that neither was approved nor declined (pending, error) is no lesson; blocks before the issuer are.",
    "A route or solution never tried at an issuer gets the effect of its country, with the wider uncertainty.",
    "Outages are the health gate's: a model trained yesterday cannot see one that began a minute ago.",
)


def train_approval(lessons: Lessons, settings: TreeSettings | None = None) -> Trained:
    """Learn on the first part, calibrate on the next days, be examined on the last."""
    split = split_by_time(lessons.rows)
    train = lessons.at(split.train)
    model = ApprovalModel(settings).fit(train, lessons.labels[split.train])
    model.calibrate(lessons.at(split.calibrate), lessons.labels[split.calibrate])

    rows, labels = lessons.at(split.test), lessons.labels[split.test]
    exam = Exam(rows, labels, payment_codes(rows), split.test_from_us)
    chance = model.predict(rows)
    card = ModelCard(
        model=APPROVAL,
        predicts="the probability that an attempt is approved, by any route and solution",
        windows=windows_of(lessons.rows, split),
        features=(*model.features_.names, "psp", "payment_solution"),
        measures=probability_measures(exam, chance, float(lessons.labels[split.train].mean())),
        limits=LIMITS,
        calibration=tuple(calibration_curve(labels, chance)),
        slices=slices(exam, chance, SLICED),
        drift=drift(model.features_.names, model.features_.transform(train), model.features_.transform(rows)),
        importance=importance(model.explain, rows),
        details={
            "route_spreads": {
                " by ".join(level): spread for level, spread in zip(LEVELS, model.routes_.spreads, strict=True)
            }
        },
    )
    return Trained(model, card, exam)
