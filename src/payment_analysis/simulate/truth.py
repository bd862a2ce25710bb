"""The sealed truth, for evaluators only: no feature, view, model or decision may import this module.

truth = read_truth(folder / "truth")
arms = clairvoyant(truth, approval_only)        # or parameter_oracle(...)
truth.value_of(arms)                            # its true approval rate
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from payment_analysis.domain.errors import NotFound
from payment_analysis.simulate.arrays import Array, hashed_uniform
from payment_analysis.simulate.incidents import incidents_from
from payment_analysis.simulate.parameters import ARMS, POLICY_ARMS, ROUTES, SEGMENTS
from payment_analysis.simulate.retries import DELAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from payment_analysis.simulate.incidents import Incident

TRUTH, ATTEMPTS, INCIDENTS = "truth", "attempts", "planted_incidents.parquet"
_MARGIN = np.array([row.margin for row in SEGMENTS])
_FIXED, _BPS, _DECLINED = (
    np.array([getattr(route, name) for route in ROUTES])
    for name in ("fixed_fee_reais", "fee_bps", "declined_fee_reais")
)


@dataclass(frozen=True, slots=True)
class Truth:
    """One row per attempt; the second axis of the tables is route x arm (route * len(ARMS) + arm) or the delay."""

    transaction_id: pa.ChunkedArray
    payment_id: pa.ChunkedArray
    attempt_number: Array
    at_us: Array
    is_fraud: Array
    route: Array
    arm: Array
    allowed: Array  # attempt x (route x arm)
    amount_reais: Array
    segment: Array
    approved: Array
    approval: Array
    approval_known: Array
    recovery: Array  # attempt x delay, nan unless declined

    @property
    def taken(self) -> Array:
        """The route x arm the logging policy took."""
        return np.asarray(self.route.astype(np.int64) * len(ARMS) + self.arm)

    def probability_of(self, arms: Array) -> Array:
        """True approval probability of one route x arm per attempt."""
        return np.asarray(self.approval[np.arange(len(arms)), arms])

    def outcomes(self, arms: Array, seed: int) -> Array:
        """Approvals of a policy by common random numbers: policies are compared on the same luck."""
        return hashed_uniform(seed, np.arange(len(arms))) < self.probability_of(arms)


def read_truth(folder: Path, first_attempts: bool = False) -> Truth:
    """Read the truth of a history; only first attempts when asked, where both oracles are defined."""
    paths = sorted((folder / ATTEMPTS).glob("part-*.parquet"))
    if not paths:
        raise NotFound(f"no truth in {folder}", hint="simulate a history with its truth first")
    table = pa.concat_tables([pq.read_table(path) for path in paths])
    return truth_of(table.filter(pc.equal(table["attempt_number"], 1)) if first_attempts else table)


def read_incidents(folder: Path) -> tuple[Incident, ...]:
    """Everything that went wrong, planted or by itself."""
    return incidents_from(pq.read_table(folder / INCIDENTS))


def truth_of(table: pa.Table) -> Truth:
    """The truth as arrays, from the rows of the truth table."""
    allowed = (_column(table, "arms_allowed").astype(np.int64)[:, None] >> np.arange(len(ARMS))) & 1
    return Truth(
        transaction_id=table["transaction_id"],
        payment_id=table["payment_id"],
        attempt_number=_column(table, "attempt_number"),
        at_us=np.asarray(table["event_timestamp"].cast(pa.int64()).to_numpy()),
        is_fraud=_column(table, "is_fraud"),
        route=_column(table, "route"),
        arm=_column(table, "arm"),
        allowed=np.tile(allowed.astype(bool), (1, len(ROUTES))),
        amount_reais=_column(table, "amount_reais"),
        segment=_column(table, "segment"),
        approved=_column(table, "approved"),
        approval=_matrix(table, "approval", POLICY_ARMS),
        approval_known=_matrix(table, "approval_known", POLICY_ARMS),
        recovery=_recovery(table),
    )


def _column(table: pa.Table, name: str) -> Array:
    return np.asarray(table[name].to_numpy())


def _matrix(table: pa.Table, name: str, width: int) -> Array:
    flat = [np.asarray(chunk.flatten()) for chunk in table[name].chunks]
    return np.concatenate([np.empty(0, np.float32), *flat]).reshape(-1, width)


def _recovery(table: pa.Table) -> Array:
    matrix = np.full((table.num_rows, len(DELAYS)), np.nan, dtype=np.float32)
    there = np.asarray(table["recovery"].is_valid().to_numpy())
    flat = [np.asarray(chunk.flatten()) for chunk in table["recovery"].chunks]
    matrix[there] = np.concatenate([np.empty(0, np.float32), *flat]).reshape(-1, len(DELAYS))
    return matrix


def approval_value(truth: Truth, approval: Array) -> Array:
    """Count approvals and nothing else."""
    assert len(truth.route) == len(approval)
    return approval


def net_value(truth: Truth, approval: Array) -> Array:
    """Expected reais: margin less fees when approved, less the declined fee otherwise."""
    route = np.arange(POLICY_ARMS) // len(ARMS)
    margin = (_MARGIN[truth.segment] * truth.amount_reais)[:, None]
    fee = _FIXED[route] + _BPS[route] * 1e-4 * truth.amount_reais[:, None]
    return np.asarray(approval * (margin - fee) - (1.0 - approval) * _DECLINED[route])


def clairvoyant(truth: Truth, value: Callable[[Truth, Array], Array] = approval_value) -> Array:
    """The best allowed route x arm for one who knows everything: no policy can do better."""
    return _best(truth, value(truth, truth.approval))


def parameter_oracle(truth: Truth, value: Callable[[Truth, Array], Array] = approval_value) -> Array:
    """The best allowed route x arm for one who knows all parameters but no hidden state: the fair ceiling."""
    return _best(truth, value(truth, truth.approval_known))


def best_retry(truth: Truth) -> tuple[Array, Array]:
    """Position of the best delay in DELAYS for every declined attempt, and its true recovery; -1 and nan elsewhere."""
    declined = np.isfinite(truth.recovery[:, 0])
    filled = np.where(declined[:, None], truth.recovery, -1.0)
    best = np.where(declined, filled.argmax(axis=1), -1)
    return best, np.where(declined, filled.max(axis=1), np.nan)


def _best(truth: Truth, values: Array) -> Array:
    return np.asarray(np.where(truth.allowed, values, -np.inf).argmax(axis=1))
