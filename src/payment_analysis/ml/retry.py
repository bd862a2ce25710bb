"""smart_retry_policy: whether a declined payment is worth another try, and after which wait.

A discrete-time hazard: the chance that a try succeeds given the reason and the wait since the decline, for every wait
of a grid. Chosen is the wait with the highest expected net value; hard reasons, waits shorter than the network demands
and tries at a scheme limit are not on offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.base import BaseEstimator

from payment_analysis.domain.retry_rules import retry_rules
from payment_analysis.ml.arrays import Array, codes, microseconds, numbers, strings
from payment_analysis.ml.boosting import TreeSettings, grow, raw_score
from payment_analysis.ml.calibration import Platt
from payment_analysis.ml.features import AttemptFeatures, table_of
from payment_analysis.ml.fees import reporting_unit, usual_currency, value_amount
from payment_analysis.ml.names import HOUR_S, SEEN, WAITS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

MARGIN: Final = 0.20
# Tries per decline that are worth the issuers' patience. The last tries bring least: in the simulated worlds this
# budget keeps nine tenths of the net value of trying everything that pays at all.
TRIES_PER_DECLINE: Final = 0.55
TRIES_MAX: Final = 4  # after the first attempt; every schedule it is compared with makes at most as many
SETTINGS: Final = TreeSettings(trees=120, leaves=12, leaf_rows_min=30, learning_rate=0.06, ridge=10.0)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about each declined attempt."""

    wait_seconds: Array  # -1: do not try again
    chance: Array  # of the best wait; nan where none is allowed
    net: Array  # expected, in the reporting currency; 0 where nothing is tried
    chances: Array  # row x wait
    allowed: Array  # row x wait


class RetryPolicy(BaseEstimator):
    """Declined attempts in, seconds to wait out (-1: stop)."""

    def __init__(
        self,
        margin: float = MARGIN,
        settings: TreeSettings | None = None,
        tries_per_decline: float = TRIES_PER_DECLINE,
    ) -> None:
        self.margin = margin
        self.settings = settings
        self.tries_per_decline = tries_per_decline

    def fit(self, retries: pa.Table, labels: Array) -> RetryPolicy:
        """Learn from tries after the first, each with its wait."""
        self.features_ = AttemptFeatures().fit(retries)
        self.places_ = [place for place, name in enumerate(self.features_.names) if name in SEEN]
        words = [place for place, name in enumerate(self.places_) if name in set(self.features_.word_places)]
        matrix = self.features_.transform(retries)[:, self.places_]
        self.booster_ = grow(matrix, labels, self.settings or SETTINGS, words=words)
        self.platt_ = Platt()
        known = value_amount(retries)
        self.usual_value_ = float(np.median(known[known > 0])) if (known > 0).any() else 0.0
        self.declined_fee_, self.currency_ = _declined_fee(retries), usual_currency(retries)
        self.unit_ = reporting_unit(retries)
        self.net_min_ = 0.0
        return self

    def budget(self, declined: pa.Table) -> RetryPolicy:
        """Learn the least net value of a try that keeps tries within the budget, from declines as they come."""
        self.net_min_ = 0.0
        best = np.sort(self._net(declined)[2].max(axis=1, initial=-np.inf))[::-1]
        allowed = int(self.tries_per_decline * len(best))
        if allowed < len(best):
            self.net_min_ = max(float(best[allowed]), 0.0)
        return self

    def calibrate(self, retries: pa.Table, labels: Array) -> RetryPolicy:
        """The line from score to probability on later tries."""
        self.platt_ = Platt.of(self._score(retries), labels)
        return self

    def _score(self, tries: Any) -> Array:
        return raw_score(self.booster_, self.features_.transform(table_of(tries))[:, self.places_])

    def chance_of(self, tries: Any) -> Array:
        """Probability that tries, described as they are made, succeed."""
        return self.platt_(self._score(tries))

    def chances(self, declined: Any) -> Array:
        """Row x wait: probability that a try after the wait succeeds."""
        rows = table_of(declined)
        return np.column_stack([self.chance_of(after(rows, wait)) for wait in WAITS_SECONDS])

    def advise(self, declined: Any) -> Advice:
        """The best allowed wait of each declined attempt, and what it is worth."""
        chances, allowed, net = self._net(declined)
        best = net.argmax(axis=1)
        row = np.arange(len(best))
        tried = net[row, best] > self.net_min_
        return Advice(
            wait_seconds=np.where(tried, np.array(WAITS_SECONDS)[best], -1),
            chance=np.where(allowed.any(axis=1), chances[row, best], np.nan),
            net=np.where(tried, net[row, best], 0.0),
            chances=chances,
            allowed=allowed,
        )

    def _net(self, declined: Any) -> tuple[Array, Array, Array]:
        """Row x wait: chance, whether allowed, and expected net value in the reporting currency."""
        rows = table_of(declined)
        chances, allowed = self.chances(rows), allowed_waits(rows)
        won, lost = self.margin * self._worth(rows)[:, None], self.declined_fee_ * self.unit_
        return chances, allowed, np.where(allowed, chances * won - (1.0 - chances) * lost, -np.inf)

    def _worth(self, rows: pa.Table) -> Array:
        """Amounts in the reporting currency; one without a rate is worth what is usual, times how usual it is."""
        known = numbers(rows, "reporting_amount") if "reporting_amount" in rows.column_names else None
        if known is None:
            return value_amount(rows)
        above_usual = self.features_.transform(rows)[:, self.features_.names.index("amount_over_usual")]
        return np.where(np.isfinite(known), known, np.nan_to_num(self.usual_value_ * np.exp(above_usual)))

    def predict(self, declined: Any) -> Array:
        """Seconds to wait before the next try; -1 for none."""
        return self.advise(declined).wait_seconds


def after(declined: pa.Table, wait_seconds: int) -> pa.Table:
    """The try that would follow a declined attempt, as it would look when it is made."""
    count = declined.num_rows
    at = microseconds(declined, "event_timestamp") + wait_seconds * 1_000_000
    columns = {
        "event_timestamp": pa.array(at).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC")),
        "payment_hours_since": pa.array(np.full(count, wait_seconds / HOUR_S)),
        "payment_tries": pa.array(np.nan_to_num(numbers(declined, "payment_tries")) + 1.0),
        "retry_count": pa.array(np.nan_to_num(numbers(declined, "retry_count")) + 1.0),
        "previous_reason": strings(declined, "decline_reason_detail"),
    }
    kept = declined.drop_columns([name for name in columns if name in declined.column_names])
    for name, values in columns.items():
        kept = kept.append_column(name, values)
    return kept


def allowed_waits(declined: pa.Table) -> Array:
    """Row x wait: not after a hard reason, not before the network allows it, not at a scheme limit."""
    retryable = np.nan_to_num(numbers(declined, "is_retryable")) > 0.5
    earliest = np.nan_to_num(numbers(declined, "earliest_retry_seconds"))
    made = np.maximum(
        np.nan_to_num(numbers(declined, "card_attempts_30d")), np.nan_to_num(numbers(declined, "payment_tries"))
    )
    limits = network_limits()
    names = pa.array(list(limits))
    limit = np.array([*limits.values(), min(limits.values())])[codes(strings(declined, "card_network"), names)]
    tries = np.nan_to_num(numbers(declined, "payment_tries"))
    may = retryable & (made + 2.0 <= limit) & (tries < TRIES_MAX)
    return np.asarray(may[:, None] & (np.array(WAITS_SECONDS)[None, :] >= earliest[:, None]))


def network_limits() -> Mapping[str, int]:
    """The smallest number of tries any programme of a network counts, whatever the window: never to be reached."""
    limits: dict[str, int] = {}
    for rule in retry_rules():
        if rule.attempts_max > 0 and rule.key != "merchant":
            limits[rule.network.value] = min(rule.attempts_max, limits.get(rule.network.value, rule.attempts_max))
    return limits


def retries_of(rows: pa.Table) -> Array:
    """Places of tries that follow a decline known before them."""
    followed = (numbers(rows, "payment_tries") > 0) & (numbers(rows, "payment_hours_since") > 0)
    return np.flatnonzero(followed & np.asarray(pc.is_valid(rows["previous_reason"]).to_numpy()))


def _declined_fee(attempts: pa.Table) -> float:
    """What a declined try usually costs, in the usual currency; nothing when no fee is known."""
    home = strings(attempts, "currency").to_numpy(zero_copy_only=False) == usual_currency(attempts)
    scale = numbers(attempts, "amount") / np.maximum(numbers(attempts, "amount_minor"), 1.0)
    fee = numbers(attempts, "psp_fee_minor") * scale
    paid = fee[home & (numbers(attempts, "is_approved") == 0.0) & (fee > 0)]
    return float(np.median(paid)) if len(paid) else 0.0
