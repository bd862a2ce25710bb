"""smart_routing_policy: the route with the highest expected net value, and how sure that is.

value = approval x (margin x amount - fee) - decline x declined fee - fraud x approval x amount
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from scipy.special import expit
from sklearn.base import BaseEstimator

from payment_analysis.ml.arrays import Array, strings, vocabulary
from payment_analysis.ml.features import table_of
from payment_analysis.ml.fees import Fees, reporting_unit, usual_currency, value_amount

if TYPE_CHECKING:
    from payment_analysis.ml.approval import ApprovalModel
    from payment_analysis.ml.risk import RiskModel

MARGIN: Final = 0.20  # of the amount; a business that knows its own gives it
EXPLORATION: Final = 0.01  # of all decisions, for every eligible route: without it no later policy can be judged
DRAWS: Final = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """Row x route: what each route is expected to bring, and the chance it is chosen."""

    routes: tuple[str, ...]
    approval: Array
    error: Array  # of the route's effect, log-odds
    net: Array
    propensity: Array


class RoutingPolicy(BaseEstimator):
    """Raw attempt columns in, best route out; `offer` shows every route with its value and propensity."""

    def __init__(self, margin: float = MARGIN, exploration: float = EXPLORATION) -> None:
        self.margin = margin
        self.exploration = exploration

    def fit(self, approval: ApprovalModel, risk: RiskModel | None, attempts: pa.Table) -> RoutingPolicy:
        """From trained models and the fees that were charged."""
        self.approval_, self.risk_ = approval, risk
        self.routes_ = vocabulary(strings(attempts, "psp"))
        self.fees_ = Fees.learned(attempts, self.routes_)
        self.currency_ = usual_currency(attempts)  # of the fees
        self.unit_ = reporting_unit(attempts)
        return self

    def log_odds(self, attempts: Any) -> Array:
        """Row x route: log-odds of approval."""
        rows = table_of(attempts)
        offset = self.approval_.offset(rows)
        effects = [self.approval_.routes_(_by(rows, route)) for route in self.routes_.to_pylist()]
        return np.column_stack([self.approval_.platt_.log_odds(offset + effect) for effect in effects])

    def errors(self, attempts: Any) -> Array:
        """Row x route: standard error of the route's effect."""
        rows = table_of(attempts)
        return np.column_stack([self.approval_.routes_.error(_by(rows, route)) for route in self.routes_.to_pylist()])

    def net(self, attempts: Any, chance: Array) -> Array:
        """Row x route: expected net value of given approval probabilities, in the reporting currency."""
        rows = table_of(attempts)
        amount = value_amount(rows)
        when_approved, when_declined = self.fees_.at(self.unit_).costs(amount)
        fraud = np.zeros(rows.num_rows) if self.risk_ is None else self.risk_.predict(rows)
        earned = (self.margin * (1.0 - fraud) - fraud) * amount
        return np.asarray(chance * (earned[:, None] - when_approved) - (1.0 - chance) * when_declined)

    def offer(self, attempts: Any, seed: int = 0) -> Offer:
        """Values of all routes, and the probability each is chosen: Thompson draws with a floor for every route."""
        rows = table_of(attempts)
        odds, error = self.log_odds(rows), self.errors(rows)
        rng = np.random.default_rng(seed)
        wins = np.zeros(odds.shape)
        for _ in range(DRAWS):
            drawn = self.net(rows, expit(odds + error * rng.standard_normal(odds.shape)))
            wins[np.arange(len(wins)), drawn.argmax(axis=1)] += 1.0 / DRAWS
        floor = self.exploration
        propensity = wins * (1.0 - floor * odds.shape[1]) + floor
        chance = expit(odds)
        return Offer(tuple(self.routes_.to_pylist()), chance, error, self.net(rows, chance), propensity)

    def choices(self, attempts: Any) -> Array:
        """Row x route: 1 for the route of the highest expected net value."""
        rows = table_of(attempts)
        value = self.net(rows, expit(self.log_odds(rows)))
        return np.asarray(np.eye(value.shape[1])[value.argmax(axis=1)])

    def predict(self, attempts: Any) -> Array:
        """Name of the best route of each attempt."""
        return np.asarray(np.array(self.routes_.to_pylist(), dtype=object)[self.choices(attempts).argmax(axis=1)])


def _by(rows: pa.Table, route: str) -> pa.Table:
    """The same attempts by another route."""
    words = pa.array([route]).take(pa.array(np.zeros(rows.num_rows, dtype=np.int64)))
    place = rows.schema.get_field_index("psp")
    return rows.append_column("psp", words) if place < 0 else rows.set_column(place, "psp", words)
