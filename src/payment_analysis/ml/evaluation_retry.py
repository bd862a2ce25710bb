"""Retries in the simulated world, where the true chance of recovery is known for every wait.

One retry is judged at a time: a decline and the wait a policy chooses for it. Route and authentication stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.ml.arrays import Array, numbers, strings
from payment_analysis.ml.names import WAITS_SECONDS
from payment_analysis.ml.off_policy import Draws, Estimate
from payment_analysis.ml.retry import TRIES_MAX, allowed_waits
from payment_analysis.ml.split import payment_codes
from payment_analysis.simulate.parameters import RETRY_DELAYS_SECONDS, ROUTES, SEGMENTS
from payment_analysis.simulate.truth import read_truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from payment_analysis.ml.retry import RetryPolicy

DAY: Final = 86_400
FIXED_DAYS: Final = (1, 3, 5, 7)
FIXED, RULES, OURS = "fixed schedule 1, 3, 5, 7 days", "rules by code", "ours"
STOP: Final = -1
# A reference rule set by standard reason: one wait each; reasons not named are not tried again.
RULE_WAITS: Final = {
    "FUNDS_OR_LIMIT": 3 * DAY,
    "ISSUER_DO_NOT_HONOR": DAY,
    "ISSUER_TECHNICAL": 3_600,
    "OTHER": DAY,
}


@dataclass(frozen=True, slots=True)
class Retried:
    """One policy on all declines."""

    policy: str
    tries_per_decline: float
    recovered: float  # share of declines
    net_per_decline: Estimate  # reais
    against_fixed: Estimate
    against_rules: Estimate
    forbidden_tries: int  # after a hard reason, too early or at a scheme limit


def retry_world(declined: pa.Table, folder: Path, policy: RetryPolicy) -> list[Retried]:
    """Judge policies on declined attempts of the exam."""
    assert WAITS_SECONDS == RETRY_DELAYS_SECONDS, "the truth knows these waits"
    truth = read_truth(folder / "truth")
    place = pc.index_in(declined["transaction_id"].combine_chunks(), value_set=truth.transaction_id.combine_chunks())
    at = place.to_numpy(zero_copy_only=False).astype(np.int64)
    known = np.isfinite(truth.recovery[at, 0]) & (numbers(declined, "payment_tries") < TRIES_MAX)
    rows, at = declined.take(pa.array(np.flatnonzero(known))), at[known]
    recovery = truth.recovery[at].astype(np.float64)
    margin = np.array([segment.margin for segment in SEGMENTS])[truth.segment[at]]
    amount, route = truth.amount_reais[at].astype(np.float64), truth.route[at]
    fee = np.array([one.fixed_fee_reais for one in ROUTES])[route]
    fee = fee + np.array([one.fee_bps for one in ROUTES])[route] * 1e-4 * amount
    lost = np.array([one.declined_fee_reais for one in ROUTES])[route]
    net = recovery * (margin * amount - fee)[:, None] - (1.0 - recovery) * lost[:, None]
    allowed = allowed_waits(rows)
    choices = {
        FIXED: _fixed(rows),
        RULES: _rules(rows),
        OURS: _position(policy.predict(rows)),
        "clairvoyant": np.where(
            (allowed & (net > 0)).any(axis=1), np.where(allowed, net, -np.inf).argmax(axis=1), STOP
        ),
    }
    return _compared(choices, net, recovery, allowed, payment_codes(rows))


def _position(wait_seconds: Array) -> Array:
    """Positions in the grid; -1 stays -1."""
    return np.where(wait_seconds < 0, STOP, np.searchsorted(np.array(WAITS_SECONDS), wait_seconds))


def _fixed(rows: pa.Table) -> Array:
    tries = np.nan_to_num(numbers(rows, "payment_tries")).astype(np.int64)
    return _position(np.array(FIXED_DAYS)[np.minimum(tries, len(FIXED_DAYS) - 1)] * DAY)


def _rules(rows: pa.Table) -> Array:
    reasons = strings(rows, "decline_reason_standard").to_pylist()
    return _position(np.array([RULE_WAITS.get(reason or "OTHER", STOP) for reason in reasons]))


def _compared(
    choices: Mapping[str, Array], net: Array, recovery: Array, allowed: Array, clusters: Array
) -> list[Retried]:
    draws, row = Draws.of(clusters), np.arange(len(net))
    one = np.ones(len(net))

    def taken(choice: Array, values: Array) -> Array:
        return np.where(choice >= 0, values[row, np.maximum(choice, 0)], 0.0)

    worth = {name: taken(choice, net) for name, choice in choices.items()}

    def estimate(values: Array) -> Estimate:
        low, high = np.percentile(draws.ratio(values, one), [2.5, 97.5])
        return Estimate(float(values.mean()), float(low), float(high))

    return [
        Retried(
            policy=name,
            tries_per_decline=float((choice >= 0).mean()),
            recovered=float(taken(choice, recovery).mean()),
            net_per_decline=estimate(worth[name]),
            against_fixed=estimate(worth[name] - worth[FIXED]),
            against_rules=estimate(worth[name] - worth[RULES]),
            forbidden_tries=int(taken(choice, ~allowed).sum()),
        )
        for name, choice in choices.items()
    ]
