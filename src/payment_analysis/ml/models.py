"""The four models of the documents: how each is trained, and what it takes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from payment_analysis.ml.approval_training import train_approval
from payment_analysis.ml.features import INPUTS
from payment_analysis.ml.names import APPROVAL, RETRY, RISK, ROUTING
from payment_analysis.ml.retry_training import train_retry
from payment_analysis.ml.risk_training import train_risk
from payment_analysis.ml.routing_training import train_routing
from payment_analysis.ml.scores import clustered_interval
from payment_analysis.ml.signature import example_of, signature_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlflow.models import ModelSignature

    from payment_analysis.ml.training import Lessons, Trained

ROUNDS: Final = 200
SEED: Final = 23


@dataclass(frozen=True, slots=True)
class ModelKind:
    """How one model is made and what the documents say about it."""

    name: str
    purpose: str
    claimed_accuracy: float  # of the documents; shown only beside what was measured
    train: Callable[[Lessons, Mapping[str, Trained]], Trained]  # what was trained before it is handed in
    inputs: Sequence[str]
    headline: tuple[str, str]  # the measure that counts, and the baseline to see it beside
    outputs: Sequence[str] = ()

    @property
    def signature(self) -> ModelSignature:
        return signature_of(self.inputs, self.outputs)

    def example(self, trained: Trained) -> Any:
        """Rows that show what the model takes."""
        return example_of(trained.exam.rows, self.inputs)


MODELS: Final[Mapping[str, ModelKind]] = {
    APPROVAL: ModelKind(
        APPROVAL,
        "the chance that an attempt is approved",
        0.92,
        lambda lessons, _before: train_approval(lessons),
        INPUTS,
        ("model.log_loss", "constant.log_loss"),
    ),
    RISK: ModelKind(
        RISK,
        "the chance that an attempt will be reported as fraud",
        0.88,
        lambda lessons, _before: train_risk(lessons),
        INPUTS,
        ("model.average_precision", "vendor score.average_precision"),
    ),
    ROUTING: ModelKind(
        ROUTING,
        "the route with the highest expected net value",
        0.75,
        train_routing,
        (*INPUTS, "reporting_amount"),
        ("model.net_value_dr", "logged policy.net_value_dr"),
    ),
    RETRY: ModelKind(
        RETRY,
        "whether a declined payment is worth another try, and after which wait",
        0.81,
        lambda lessons, _before: train_retry(lessons),
        (*INPUTS, "decline_reason_detail", "is_retryable", "earliest_retry_seconds"),
        ("model.log_loss", "constant.log_loss"),
    ),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A challenger against the champion on the same rows: gain in mean loss, with a 95 % interval."""

    gain: float
    low: float
    high: float
    rows: int

    @property
    def is_significant(self) -> bool:
        return self.low > 0.0


def compare(champion: Any, trained: Trained) -> Comparison:
    """Paired difference of losses on the challenger's exam; whole payments are drawn."""
    exam = trained.exam
    gained = exam.losses_of(champion) - exam.losses_of(trained.model)

    def mean(weight: Any) -> float:
        return float(gained @ weight / max(float(weight.sum()), 1.0))

    low, high = clustered_interval(mean, exam.clusters, ROUNDS, np.random.default_rng(SEED))
    return Comparison(float(gained.mean()), low, high, len(gained))
