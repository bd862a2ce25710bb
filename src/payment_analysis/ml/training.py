"""What training hands over, whichever model it was: the model, its card, and the exam a rival must take too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.history import History
from payment_analysis.ml.silver import answered, approvals

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.card import ModelCard
    from payment_analysis.ml.examination import Examining

ROWS_MIN: Final = 1_000


@dataclass(frozen=True, slots=True)
class Lessons:
    """Answered attempts with their past, in order of time."""

    rows: pa.Table
    labels: Array
    history: History

    @classmethod
    def of(cls, attempts: pa.Table) -> Lessons:
        """From all sales, in order of time."""
        history = History.of(attempts)
        rows = answered(history.features(attempts))
        if rows.num_rows < ROWS_MIN:
            raise BadInput(
                f"{rows.num_rows:,} answered attempts are too few to learn from",
                hint=f"take in at least {ROWS_MIN:,}, or simulate a history: payment-analysis simulate --help",
            )
        return cls(rows, approvals(rows), history)

    def at(self, places: Array) -> pa.Table:
        """Some of the rows."""
        return self.rows.take(pa.array(places))


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that has sat its exam."""

    model: Any
    card: ModelCard
    exam: Examining
