"""One round of attempts: what every gate answers, what the shopper saw of authentication, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.domain.attempt import TransStatus
from payment_analysis.simulate.codes import Reason
from payment_analysis.simulate.gates import Gate, challenge_loss, frictionless_share
from payment_analysis.simulate.parameters import (
    CHALLENGE,
    FRICTIONLESS,
    GATES,
    PENDING_SHARE,
    PENDING_SHARE_OUTAGE,
    ROUTES,
    TIMEOUT_MS,
)

if TYPE_CHECKING:
    from payment_analysis.simulate.arrays import Array
    from payment_analysis.simulate.effects import Effects
    from payment_analysis.simulate.gates import Odds
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population

STATUSES: tuple[TransStatus, ...] = (
    TransStatus.Y,
    TransStatus.A,
    TransStatus.N,
    TransStatus.U,
    TransStatus.C,
    TransStatus.R,
)
_Y, _A, _N, _U, _C, _R = range(len(STATUSES))
ABANDONED, ATTEMPTED = 0.45, 0.04  # chosen: of failed challenges; of frictionless successes
_LATENCY_FACTOR = np.array([route.latency_factor for route in ROUTES])
# Chosen: lognormal around 260 ms, one answer in fifty with a heavy (Pareto) tail, three times slower in an outage.
LATENCY_LOG_MEAN, LATENCY_LOG_SD, LATENCY_TAIL, LATENCY_TAIL_SHAPE, LATENCY_OUTAGE = 5.56, 0.38, 0.02, 1.3, 3.0
OUTAGE = 0.95  # a route or issuer that carries less than this is in an outage


@dataclass(frozen=True, slots=True)
class Authentication:
    """One row per attempt; -1 where 3DS was not asked."""

    friction: Array
    authenticated: Array
    status: Array
    failed: Array


def authenticate(
    population: Population, payments: Payments, arm: Array, odds: Odds, *, works: Array, rng: np.random.Generator
) -> Authentication:
    """Play the authentication so that it succeeds exactly as often as the odds say; works is the share not broken."""
    rows = np.arange(len(arm))
    uniform = rng.random((3, len(arm)))
    issuer, fraud = population.cards.issuer[payments.seeds.card], payments.seeds.fraud.astype(np.float64)
    three_ds = (arm == FRICTIONLESS) | (arm == CHALLENGE)
    broken = three_ds & (uniform[0] >= (1.0 - GATES.three_ds_technical) * works[rows, arm])
    asked = (arm == CHALLENGE) | (uniform[1] >= frictionless_share(population, issuer, fraud))
    friction = three_ds & ~broken & asked
    lost = friction & (uniform[2] < challenge_loss(population, issuer, fraud))
    other = ~three_ds & (uniform[0] >= odds.authentication[rows, arm])
    kind = rng.random(len(arm))
    status = np.select(
        [
            broken,
            lost & payments.seeds.fraud & (kind < 0.3),
            lost & (kind < ABANDONED),
            lost,
            ~asked & (kind < ATTEMPTED),
        ],
        [_U, _R, _C, _N, _A],
        _Y,
    )
    return Authentication(
        friction=np.where(three_ds, friction, -1),
        authenticated=np.where(three_ds, ~(broken | lost), -1),
        status=np.where(three_ds, status, -1),
        failed=broken | lost | other,
    )


def first_closed_gate(
    odds: Odds,
    route: Array,
    risk: Array,
    auth: Authentication,
    *,
    latents: tuple[Array, Array],
    rng: np.random.Generator,
) -> Array:
    """The first gate that stays closed, OPEN when none does."""
    rows = np.arange(len(route))
    uniform = rng.random((6, len(route)))
    risk_latent, funds_latent = latents
    closed = {
        Gate.RULE: uniform[0] >= odds.rule,
        Gate.ANTIFRAUD: uniform[1] >= odds.antifraud,
        Gate.AUTHENTICATION: auth.failed,
        Gate.ROUTE: uniform[2] >= odds.route[rows, route],
        Gate.ISSUER: uniform[3] >= odds.issuer,
        Gate.CARD: ~odds.usable,
        Gate.STOPPED: uniform[4] >= odds.not_stopped,
        Gate.CVV: uniform[5] >= odds.cvv,
        Gate.VELOCITY: ~odds.velocity,
        Gate.FUNDS: funds_latent >= odds.funds,
        Gate.RISK: risk_latent >= risk,
    }
    assert list(closed) == [gate for gate in Gate if gate is not Gate.OPEN], "gates are met in their own order"
    gate: Array = np.zeros(len(route), dtype=np.int64)
    for name in reversed(closed):
        gate[closed[name]] = int(name)
    return gate


_REASON_OF: dict[Gate, Reason] = {
    Gate.RULE: Reason.MERCHANT_RULE,
    Gate.ANTIFRAUD: Reason.FRAUD_CONTROL,
    Gate.AUTHENTICATION: Reason.AUTHENTICATION_FAILED,
    Gate.ROUTE: Reason.SYSTEM_MALFUNCTION,
    Gate.ISSUER: Reason.ISSUER_UNAVAILABLE,
    Gate.CARD: Reason.INVALID_CARD,  # the card's own reason takes its place
    Gate.STOPPED: Reason.STOP_RECURRING,
    Gate.CVV: Reason.CVV_MISMATCH,
    Gate.VELOCITY: Reason.VELOCITY_EXCEEDED,
    Gate.FUNDS: Reason.INSUFFICIENT_FUNDS,
    Gate.RISK: Reason.DO_NOT_HONOR,
}
_REASONS = np.array([_REASON_OF.get(gate, -1) for gate in Gate])


def reasons(population: Population, payments: Payments, gate: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The reason the issuer gives, -1 when approved, and whether it hides missing money behind do not honor."""
    uniform = rng.random((3, len(gate)))
    issuer = population.cards.issuer[payments.seeds.card]
    score = payments.context.score
    masked = (gate == Gate.FUNDS) & (uniform[0] < population.issuers.masked_funds[issuer])
    fraud_share = np.where(score > 0.3, GATES.fraud_code_high_score, GATES.fraud_code)
    reason = np.select(
        [
            gate == Gate.CARD,
            masked,
            (gate == Gate.FUNDS) & (uniform[1] < GATES.limit_code),
            (gate == Gate.RISK) & (uniform[2] < fraud_share),
        ],
        [payments.unusable, Reason.DO_NOT_HONOR, Reason.LIMIT_EXCEEDED, Reason.SUSPECTED_FRAUD],
        _REASONS[gate],
    )
    return reason, masked


def latency_ms(effect: Effects, route: Array, rng: np.random.Generator) -> Array:
    """Milliseconds from request to answer."""
    count = len(route)
    slow = np.where(in_outage(effect, route), LATENCY_OUTAGE, 1.0)
    body = rng.lognormal(LATENCY_LOG_MEAN, LATENCY_LOG_SD, count) * _LATENCY_FACTOR[route] * slow
    tail = np.where(rng.random(count) < LATENCY_TAIL, 1.5 + rng.pareto(LATENCY_TAIL_SHAPE, count), 1.0)
    return np.asarray(np.minimum(body * tail, TIMEOUT_MS - 1).astype(np.int64))


def timed_out(effect: Effects, route: Array, gate: Array, rng: np.random.Generator) -> Array:
    """Attempts whose answer does not come in time; those blocked before the route have an answer already."""
    share = np.where(in_outage(effect, route), PENDING_SHARE_OUTAGE, PENDING_SHARE)
    sent = (gate == Gate.OPEN) | (gate > Gate.AUTHENTICATION)
    return np.asarray(sent & (rng.random(len(route)) < share))


def in_outage(effect: Effects, route: Array) -> Array:
    return np.asarray((effect.route[np.arange(len(route)), route] < OUTAGE) | (effect.issuer < OUTAGE))
