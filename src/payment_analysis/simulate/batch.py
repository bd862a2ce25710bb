"""Batches: what the world hands out at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from payment_analysis.simulate.arrays import take_rows
from payment_analysis.simulate.columns import dictionary as dictionary_of
from payment_analysis.simulate.columns import hex_names, instants, tables, whole, words
from payment_analysis.simulate.events import Events, State, event_table
from payment_analysis.simulate.gates import Gate
from payment_analysis.simulate.parameters import ARMS, ROUTES
from payment_analysis.simulate.retries import Retry
from payment_analysis.simulate.seasons import SECOND_US

if TYPE_CHECKING:
    from payment_analysis.simulate.attempts import Attempts
    from payment_analysis.simulate.population import Population


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in the order they became known, with what the policies logged and what is true, each by attempt."""

    events: pa.Table
    decisions: pa.Table
    truth: pa.Table | None

    @property
    def attempts(self) -> int:
        """Attempts that are told for the first time."""
        return int(self.decisions.num_rows)


def batch_of(population: Population, events: Events) -> Batch:
    first = take_rows(events.attempts, events.state == State.FIRST)
    truth = None if first.truth is None else truth_table(population, first)
    return Batch(event_table(population, events), decision_table(first), truth)


def decision_table(attempts: Attempts) -> pa.Table:
    """One row per attempt: what the policies chose, and with which probability; a nan propensity was no choice."""
    retry, seconds = attempts.plan.retry, attempts.plan.delay_us // SECOND_US
    return pa.table(
        {
            "transaction_id": hex_names("txn_", attempts.name),
            "decided_at": instants(attempts.at_us),
            "psp": words(attempts.route, dictionary_of(route.name for route in ROUTES)),
            "psp_propensity": pa.array(attempts.route_propensity.astype(np.float32)),
            "authentication": words(attempts.arm, dictionary_of(ARMS)),
            "authentication_propensity": pa.array(attempts.arm_propensity.astype(np.float32)),
            "brought_by": words(attempts.origin, dictionary_of(kind.name.lower() for kind in Retry)),
            "next_try": words(retry, dictionary_of(kind.name.lower() for kind in Retry)),
            "retry_delay_seconds": pa.array(seconds, mask=retry == Retry.NONE),
            "retry_propensity": pa.array(attempts.plan.propensity, mask=np.isnan(attempts.plan.propensity)),
        }
    )


def truth_table(population: Population, attempts: Attempts) -> pa.Table:
    """One row per attempt: probabilities and states nobody in the product may see."""
    truth, seeds = attempts.truth, attempts.payments.seeds
    assert truth is not None
    reached = np.isfinite(truth.recovery[:, 0])
    return pa.table(
        {
            "transaction_id": hex_names("txn_", attempts.name),
            "payment_id": hex_names("pay_", attempts.payment),
            "attempt_number": whole(attempts.number),
            "event_timestamp": instants(attempts.at_us),
            "is_fraud": pa.array(seeds.fraud),
            "fraud_ring": pa.array(seeds.ring, mask=seeds.ring < 0),
            "card_index": whole(seeds.card),
            "issuer_index": whole(population.cards.issuer[seeds.card]),
            "route": pa.array(attempts.route.astype(np.int8)),
            "arm": pa.array(attempts.arm.astype(np.int8)),
            "arms_allowed": pa.array(truth.allowed.astype(np.int8)),
            "amount_reais": pa.array(np.exp(attempts.payments.amount_log).astype(np.float32)),
            "segment": pa.array(population.merchants.segment[seeds.merchant].astype(np.int8)),
            "approved": pa.array(attempts.answer.approved),
            "gate": words(attempts.answer.gate, dictionary_of(gate.name.lower() for gate in Gate)),
            "masked_funds": pa.array(attempts.answer.masked),
            "risk_noise": pa.array(attempts.payments.risk_noise.astype(np.float32)),
            "risk_latent": pa.array(truth.risk_latent),
            "funds_latent": pa.array(truth.funds_latent),
            "funds_score": pa.array(truth.funds_score),
            "approval": tables(truth.approval),
            "approval_known": tables(truth.approval_known),
            "recovery": _recovery(truth.recovery, reached),
        }
    )


def _recovery(table: np.ndarray, reached: np.ndarray) -> pa.Array:
    """Lists of recovery probabilities, null where nothing was declined; variable lists hold no room for nulls."""
    lengths = np.where(reached, table.shape[1], 0)
    offsets = np.append(0, np.cumsum(lengths)).astype(np.int32)
    flat = pa.array(np.ascontiguousarray(table[reached]).ravel())
    return pa.ListArray.from_arrays(pa.array(offsets), flat, mask=pa.array(~reached))
