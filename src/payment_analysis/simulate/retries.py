"""Who tries again after a decline, when, and how much of a payment's luck the next try inherits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.gates import Gate
from payment_analysis.simulate.parameters import ATTEMPTS_MAX, PERSISTENCE, RETRY_DELAYS_SECONDS
from payment_analysis.simulate.seasons import SECOND_US

if TYPE_CHECKING:
    from payment_analysis.simulate.arrays import Array

DELAYS = np.array(RETRY_DELAYS_SECONDS)
DAY_SECONDS = 86_400


class Retry(IntEnum):
    """Who brings the payment again."""

    NONE = 0
    CASCADE = 1  # the PSP, at once, by another route; the merchant sees only the last answer
    CUSTOMER = 2  # the shopper, within minutes
    SCHEDULED = 3  # the merchant, by a schedule with exploration


@dataclass(frozen=True, slots=True)
class Habit:
    """What happens after a decline at a gate; all chosen; they make 4-5 % of attempts retries."""

    cascade: float  # where the merchant's PSP cascades
    customer: float
    scheduled: float  # of merchant-initiated attempts
    schedule_days: tuple[float, float, float, float]  # by tries made; the last repeats


_NEVER = (1.0, 1.0, 1.0, 1.0)
HABITS: dict[Gate, Habit] = {
    Gate.OPEN: Habit(0.0, 0.0, 0.0, _NEVER),
    Gate.RULE: Habit(0.0, 0.05, 0.0, _NEVER),
    Gate.ANTIFRAUD: Habit(0.0, 0.05, 0.0, _NEVER),
    Gate.AUTHENTICATION: Habit(0.0, 0.40, 0.0, _NEVER),
    Gate.ROUTE: Habit(0.70, 0.45, 0.90, (1 / 48, 1 / 24, 1 / 4, 1.0)),
    Gate.ISSUER: Habit(0.40, 0.45, 0.90, (1 / 24, 1 / 4, 1.0, 1.0)),
    Gate.CARD: Habit(0.0, 0.12, 0.04, (1.0, 3.0, 7.0, 7.0)),
    Gate.STOPPED: Habit(0.0, 0.0, 0.05, (1.0, 3.0, 7.0, 7.0)),
    Gate.CVV: Habit(0.0, 0.60, 0.0, _NEVER),
    Gate.VELOCITY: Habit(0.0, 0.25, 0.80, (1.0, 2.0, 3.0, 3.0)),
    Gate.FUNDS: Habit(0.0, 0.18, 0.85, (1.0, 3.0, 5.0, 7.0)),  # the fixed schedule of the prototype
    Gate.RISK: Habit(0.30, 0.25, 0.80, (1 / 4, 1.0, 3.0, 7.0)),
}
CUSTOMER_FATIGUE = 0.6  # chosen: every further try is that much less likely
CUSTOMER_DELAY_LOG_MEAN, CUSTOMER_DELAY_LOG_SD = 4.5, 0.9  # chosen: median 90 seconds
CASCADE_SECONDS = (1.0, 3.0)
SCHEDULE_EXPLORATION = 0.20  # chosen: of scheduled retries, uniform over the delays; learners need it
SCHEDULED_TRIES_MAX = 5

_CASCADE = np.array([HABITS[gate].cascade for gate in Gate])
_CUSTOMER = np.array([HABITS[gate].customer for gate in Gate])
_SCHEDULED = np.array([HABITS[gate].scheduled for gate in Gate])
_SCHEDULE = np.array(
    [[int(np.argmin(np.abs(DELAYS - days * DAY_SECONDS))) for days in HABITS[gate].schedule_days] for gate in Gate]
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One row per attempt: what follows it."""

    retry: Array
    delay_us: Array
    propensity: Array  # of the delay, or of stopping; nan where no schedule decided


def plan_retries(
    gate: Array, tries: Array, mit: Array, *, cascades: Array, final: Array, rng: np.random.Generator
) -> Plan:
    """Decide what follows; tries counts the attempts made, final marks those nobody retries."""
    count = len(gate)
    further = CUSTOMER_FATIGUE ** (tries - 1)
    open_end = ~final & (tries < ATTEMPTS_MAX)
    uniform = rng.random((3, count))
    cascade = open_end & cascades & (tries == 1) & (uniform[0] < _CASCADE[gate])
    customer = open_end & ~cascade & ~mit & (uniform[1] < _CUSTOMER[gate] * further)
    managed = open_end & ~cascade & mit & (gate != Gate.OPEN)
    goes_on = np.where(tries < SCHEDULED_TRIES_MAX, _SCHEDULED[gate], 0.0)
    scheduled = managed & (uniform[2] < goes_on)
    planned = _SCHEDULE[gate, np.minimum(tries, 4) - 1]
    explored = rng.random(count) < SCHEDULE_EXPLORATION
    slot = np.where(explored, rng.integers(0, len(DELAYS), count), planned)
    floor = SCHEDULE_EXPLORATION / len(DELAYS)
    slot_share = np.where(slot == planned, 1.0 - SCHEDULE_EXPLORATION + floor, floor)
    at_once = rng.uniform(*CASCADE_SECONDS, count)
    by_hand = np.clip(rng.lognormal(CUSTOMER_DELAY_LOG_MEAN, CUSTOMER_DELAY_LOG_SD, count), 10, 3 * DAY_SECONDS)
    retry = np.select([cascade, customer, scheduled], [Retry.CASCADE, Retry.CUSTOMER, Retry.SCHEDULED], Retry.NONE)
    seconds = np.select([cascade, customer, scheduled], [at_once, by_hand, DELAYS[slot]], 0.0)
    propensity = np.where(scheduled, goes_on * slot_share, np.where(managed, 1.0 - goes_on, np.nan))
    return Plan(retry, (seconds * SECOND_US).astype(np.int64), propensity.astype(np.float32))


def memory(seconds: Array, changed: Array) -> tuple[Array, Array]:
    """Correlation of the risk and the funds latents with those of the try before."""
    days = seconds / DAY_SECONDS
    risk = np.where(changed, PERSISTENCE.risk_changed, PERSISTENCE.risk) * np.exp(-days / PERSISTENCE.risk_days)
    return risk, PERSISTENCE.funds * np.exp(-days / PERSISTENCE.funds_days)


def inherit(latent: Array, correlation: Array, rng: np.random.Generator) -> Array:
    """The latent of the next try."""
    fresh = rng.standard_normal(len(latent))
    return np.asarray(correlation * latent + np.sqrt(1.0 - correlation**2) * fresh)
