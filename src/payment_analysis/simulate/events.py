"""Events: the states of attempts as the platform receives them, in canonical columns with provenance.

An attempt is one event; a time-out is followed by a second one that resolves it, and a fraud by one that reports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from payment_analysis.domain.attempt import FIELDS, AttemptResult, DeclinedBy, FieldType, Initiator
from payment_analysis.simulate.arrays import Array, concat_rows, hashed, mix64, take_rows
from payment_analysis.simulate.codes import ANSWERS, CODE_OF, CODES, MACS, WORD_OF, WORDS, Reason
from payment_analysis.simulate.columns import (
    TIMESTAMP,
    constant,
    dictionary,
    hex_names,
    instants,
    nothing,
    whole,
    words,
)
from payment_analysis.simulate.gates import Gate
from payment_analysis.simulate.parameters import COUNTRIES, ROUTES
from payment_analysis.simulate.retries import Retry
from payment_analysis.simulate.surroundings import surroundings

if TYPE_CHECKING:
    from payment_analysis.simulate.attempts import Attempts
    from payment_analysis.simulate.population import Population

_ARROW = {
    FieldType.STRING: pa.string(),
    FieldType.BIGINT: pa.int64(),
    FieldType.INT: pa.int32(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.TIMESTAMP: TIMESTAMP,
    FieldType.SCORE: pa.decimal128(6, 4),
}
PROVENANCE: tuple[tuple[str, pa.DataType], ...] = (
    ("_event_key", pa.string()),
    ("_origin", pa.string()),
    ("_source", pa.string()),
    ("_source_file", pa.string()),
    ("_source_row", pa.int64()),
    ("_ingested_at", TIMESTAMP),
)
EVENT_SCHEMA = pa.schema([*((field.name, _ARROW[field.type]) for field in FIELDS), *PROVENANCE])
ORIGIN, SOURCE = "simulated", "simulator"


class State(IntEnum):
    """Which state of its attempt an event tells."""

    FIRST = 0
    RESOLVED = 1
    REPORTED = 2


@dataclass(frozen=True, slots=True)
class Events:
    """One row per event: an attempt in a state, and when that state became known."""

    attempts: Attempts
    state: Array
    due_us: Array


RESULTS: tuple[AttemptResult, ...] = tuple(AttemptResult)
_APPROVED, _DECLINED, _PENDING, _ERROR = (
    RESULTS.index(result)
    for result in (AttemptResult.APPROVED, AttemptResult.DECLINED, AttemptResult.PENDING, AttemptResult.ERROR)
)
DECLINERS: tuple[DeclinedBy, ...] = tuple(DeclinedBy)
_DECLINER_OF = np.array([DECLINERS.index(ANSWERS[reason].declined_by) for reason in Reason])
_CURRENCY_STEP = np.array([row.price_level * 10.0**row.exponent for row in COUNTRIES])
_FIXED, _BPS, _DECLINED_FEE = (
    np.array([getattr(route, name) for route in ROUTES])
    for name in ("fixed_fee_reais", "fee_bps", "declined_fee_reais")
)
_RESPONSES = [*CODES, "00"]


def events_of(attempts: Attempts) -> Events:
    """Every state of every attempt, unordered."""
    resolved, reported = np.flatnonzero(attempts.answer.resolved_us), np.flatnonzero(attempts.answer.reported_us)
    state = np.repeat([State.FIRST, State.RESOLVED, State.REPORTED], [len(attempts.name), len(resolved), len(reported)])
    due = np.concatenate([attempts.at_us, attempts.answer.resolved_us[resolved], attempts.answer.reported_us[reported]])
    told = concat_rows([attempts, take_rows(attempts, resolved), take_rows(attempts, reported)])
    return Events(told, state, due)


def event_table(population: Population, events: Events) -> pa.Table:
    """The events as rows of the landing table."""
    columns = surroundings(population, events.attempts) | _identity(population, events) | _outcome(population, events)
    return pa.table({name: columns[name] for name in EVENT_SCHEMA.names})


def _identity(population: Population, events: Events) -> dict[str, pa.Array]:
    attempts, seeds = events.attempts, events.attempts.payments.seeds
    count = len(attempts.name)
    cards = population.cards
    token = np.where(seeds.enumerated, mix64(attempts.payment), cards.fingerprint[seeds.card])
    second = mix64(attempts.name ^ events.state.astype(np.uint64))
    return {
        "transaction_id": hex_names("txn_", attempts.name),
        "payment_id": hex_names("pay_", attempts.payment),
        "payment_key": nothing(pa.string(), count),
        "payment_window_seconds": nothing(pa.int32(), count),
        "attempt_number": whole(attempts.number),
        "cardholder_id": hex_names("ch_", hashed(population.seed + 501, token), digits=12),
        "card_token_id": hex_names("ct_", token, digits=12),
        "event_timestamp": instants(attempts.at_us),
        "updated_at": instants(events.due_us, events.state == State.FIRST),
        "_event_key": hex_names("", second, mix64(second)),
        "_origin": constant(ORIGIN, count),
        "_source": constant(SOURCE, count),
        "_source_file": nothing(pa.string(), count),
        "_source_row": nothing(pa.int64(), count),
        "_ingested_at": instants(events.due_us + np.where(events.state == State.FIRST, _seen_after(attempts), 0)),
    }


def _seen_after(attempts: Attempts) -> Array:
    """A time-out is told after it; an answer when it came."""
    return np.asarray(attempts.answer.processing_ms * 1_000)


def _outcome(population: Population, events: Events) -> dict[str, pa.Array]:
    attempts = events.attempts
    network = population.cards.network[attempts.payments.seeds.card]
    pending = (attempts.answer.resolved_us > 0) & (events.state == State.FIRST)
    declined = (attempts.answer.reason >= 0) & ~attempts.answer.error
    result = np.select([pending, attempts.answer.error, declined], [_PENDING, _ERROR, _DECLINED], _APPROVED)
    told = np.where(pending, -1, attempts.answer.reason)
    safe = np.maximum(told, 0)
    code = np.where(told >= 0, CODE_OF[safe, network], -1)
    response = np.where(result == _APPROVED, len(CODES), code)
    again = attempts.number > 1
    scheduled = attempts.payments.mit & again
    downstream = attempts.plan.retry == Retry.CASCADE
    initiators = dictionary([Initiator.CIT, Initiator.MIT])
    return {
        "result": words(result, dictionary(RESULTS)),
        "declined_by": words(np.where(told >= 0, _DECLINER_OF[safe], -1), dictionary(DECLINERS)),
        "decline_code_raw": words(code, dictionary(CODES)),
        "decline_reason": words(np.where(told >= 0, WORD_OF[safe], -1), dictionary(WORDS)),
        "merchant_advice_code": words(np.where(pending, -1, attempts.answer.advice), dictionary(MACS)),
        "merchant_response_code": words(response, dictionary(_RESPONSES)),
        "fraud_reported_at": instants(attempts.answer.reported_us, events.state != State.REPORTED),
        "psp_fee_minor": pa.array(_fee(attempts, result)),
        "processing_time_ms": whole(attempts.answer.processing_ms),
        "transaction_stage": words(downstream.astype(np.int64), dictionary(["entry_response", "downstream_response"])),
        "initiator": words((attempts.payments.mit | scheduled).astype(np.int64), initiators),
        "is_retry": pa.array(again),
        "retry_count": whole(attempts.number - 1),
    }


def _fee(attempts: Attempts, result: Array) -> Array:
    """Fees of the PSP in minor units of the currency; blocked and unanswered attempts cost nothing yet."""
    step, route = _CURRENCY_STEP[attempts.payments.country], attempts.route
    approved = _FIXED[route] * step + _BPS[route] * 1e-4 * attempts.payments.amount_minor
    blocked = (attempts.answer.gate > Gate.OPEN) & (attempts.answer.gate <= Gate.AUTHENTICATION)  # never sent
    declined = np.where(blocked, 0.0, _DECLINED_FEE[route] * step)
    fee = np.rint(np.select([result == _APPROVED, result == _DECLINED], [approved, declined], 0.0)).astype(np.int64)
    return np.asarray(fee)
