"""Attempts of payments: round after round until every payment is approved or given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.answers import authenticate, first_closed_gate, latency_ms, reasons, timed_out
from payment_analysis.simulate.arrays import Array, concat_rows, mix64, take_rows
from payment_analysis.simulate.codes import Reason, advice
from payment_analysis.simulate.effects import effects
from payment_analysis.simulate.gates import Gate, funds_score, odds
from payment_analysis.simulate.hidden import HiddenTruth, Past, hidden_truth
from payment_analysis.simulate.incidents import active
from payment_analysis.simulate.parameters import (
    ARMS,
    ATTEMPTS_MAX,
    FRAUD_REPORT_DAYS_MEDIAN,
    FRAUD_REPORT_LOG_SD,
    FRAUD_REPORTED,
    GATES,
    TIMEOUT_MS,
)
from payment_analysis.simulate.policies import choose_arm, choose_route, eligible_arms, mandated
from payment_analysis.simulate.recovery import Try, recovery
from payment_analysis.simulate.retries import DAY_SECONDS, Plan, Retry, inherit, memory, plan_retries
from payment_analysis.simulate.seasons import DAY_US, SECOND_US, local_day

if TYPE_CHECKING:
    from payment_analysis.simulate.effects import Effects
    from payment_analysis.simulate.gates import Odds
    from payment_analysis.simulate.incidents import Incident
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population

RESOLVED_SECONDS = (60.0, 7_200.0)  # chosen: a time-out is cleared up within two hours


@dataclass(frozen=True, slots=True)
class Answer:
    """One row per attempt: what came of it, and when that was known."""

    gate: Array
    error: Array  # never got a yes or no, whatever the gates say
    approved: Array
    reason: Array  # -1 approved
    masked: Array
    advice: Array
    processing_ms: Array
    resolved_us: Array  # 0 unless the answer was unknown at first
    final_us: Array
    reported_us: Array  # 0 unless reported as fraud


@dataclass(frozen=True, slots=True)
class Attempts:
    """One row per attempt, final state and how it came about."""

    payments: Payments
    payment: Array  # 64-bit name of the payment
    name: Array  # 64-bit name of the attempt
    number: Array  # 1-based within the payment
    at_us: Array
    route: Array
    arm: Array
    route_propensity: Array
    arm_propensity: Array
    routed_3ds: Array
    origin: Array  # who brought it: Retry
    friction: Array
    authenticated: Array
    status: Array
    answer: Answer
    plan: Plan
    next_us: Array  # when the next try is made, if there is one
    truth: HiddenTruth | None


@dataclass(frozen=True, slots=True)
class _Round:
    """What the tries of one round start from."""

    rows: Array  # of the payments
    at_us: Array
    tries: Array  # earlier tries within a day, other payments of the card included
    origin: Array
    past: Past  # in the first round, what there is before any try


def attempts_of(
    population: Population,
    payments: Payments,
    names: Array,
    rng: np.random.Generator,
    incidents: list[Incident],
    *,
    truth: bool,
) -> Attempts:
    """All attempts of the payments, those of later days included."""
    count = len(names)
    zeros = np.zeros(count, dtype=np.int64)
    start = payments.seeds.start_us
    now = _Round(
        rows=np.arange(count),
        at_us=start,
        tries=_earlier_today(payments),
        origin=zeros,
        past=Past(np.zeros(count), zeros, zeros, rng.standard_normal(count), rng.standard_normal(count)),
    )
    rounds = []
    for number in range(1, ATTEMPTS_MAX + 1):
        mine = take_rows(payments, now.rows) if number > 1 else payments
        made, latents = _attempt(
            population, mine, names[now.rows], now, number, rng=rng, incidents=incidents, truth=truth
        )
        rounds.append(made)
        now = _next(now, made, latents)
        if not len(now.rows):
            break
    return concat_rows(rounds)


def _earlier_today(payments: Payments) -> Array:
    """Payments of the same card earlier the same day, within the window."""
    key = payments.seeds.card * 100_000 + local_day(payments.seeds.start_us, 0)
    order = np.argsort(key, kind="stable")  # payments are in order of time
    ordered = key[order]
    new = np.append(True, ordered[1:] != ordered[:-1])
    positions = np.arange(len(key))
    rank = positions - np.maximum.accumulate(np.where(new, positions, 0))
    earlier = np.empty_like(rank)
    earlier[order] = rank
    return np.where(payments.seeds.enumerated, 0, earlier)


def _attempt(
    population: Population,
    payments: Payments,
    payment: Array,
    now: _Round,
    number: int,
    *,
    rng: np.random.Generator,
    incidents: list[Incident],
    truth: bool,
) -> tuple[Attempts, tuple[Array, Array]]:
    count = len(payment)
    effect = effects(population, payments, now.at_us, active(incidents, int(now.at_us.min()), int(now.at_us.max()) + 1))
    route = choose_route(population, payments, now.past.route, now.origin == Retry.CASCADE, rng)
    allowed = eligible_arms(population, payments)
    arm = choose_arm(payments, allowed, rng)
    chance = odds(population, payments, now.at_us, effect, now.tries)
    latents = _latents(now.past, route.chosen, arm.chosen, number, rng)
    risk = chance.risk[np.arange(count), route.chosen * len(ARMS) + arm.chosen]
    seen = authenticate(population, payments, arm.chosen, chance, works=effect.authentication, rng=rng)
    gate = first_closed_gate(chance, route.chosen, risk, seen, latents=latents, rng=rng)
    answer = _answer(population, payments, now.at_us, effect, route.chosen, gate=gate, rng=rng)
    plan = _planned(population, payments, answer, number, rng)
    tried = Try(now.at_us, now.tries, route.chosen, arm.chosen, *latents, answer.approved)
    made = Attempts(
        payments=payments,
        payment=payment,
        name=mix64(payment + np.uint64(number)),
        number=np.full(count, number),
        at_us=now.at_us,
        route=route.chosen,
        arm=arm.chosen,
        route_propensity=route.propensity,
        arm_propensity=arm.propensity,
        routed_3ds=mandated(population, payments),
        origin=now.origin,
        friction=np.where(answer.error, -1, seen.friction),
        authenticated=np.where(answer.error, -1, seen.authenticated),
        status=np.where(answer.error, -1, seen.status),
        answer=answer,
        plan=plan,
        next_us=answer.final_us + plan.delay_us,
        truth=_truth(
            population, payments, tried, chance, effect, now=now, allowed=allowed, number=number, incidents=incidents
        )
        if truth
        else None,
    )
    return made, latents


def _answer(
    population: Population,
    payments: Payments,
    at_us: Array,
    effect: Effects,
    route: Array,
    *,
    gate: Array,
    rng: np.random.Generator,
) -> Answer:
    count = len(gate)
    error = rng.random(count) < GATES.validation_error
    approved = (gate == Gate.OPEN) & ~error
    reason, masked = reasons(population, payments, gate, rng)
    reason = np.where(error, Reason.VALIDATION_ERROR, reason)
    pending = ~error & timed_out(effect, route, gate, rng)
    took = np.where(pending, TIMEOUT_MS, latency_ms(effect, route, rng))
    known = at_us + took * 1_000
    resolved = np.where(pending, known + (rng.uniform(*RESOLVED_SECONDS, count) * SECOND_US).astype(np.int64), 0)
    final = np.maximum(known, resolved)
    network = population.cards.network[payments.seeds.card]
    _, _, until = funds_score(population, payments, at_us)
    return Answer(
        gate=gate,
        error=error,
        approved=approved,
        reason=reason,
        masked=masked,
        advice=advice(np.where(approved, -1, reason), network, until, rng),
        processing_ms=took,
        resolved_us=resolved,
        final_us=final,
        reported_us=_reported(payments, approved, final, rng),
    )


def _planned(population: Population, payments: Payments, answer: Answer, number: int, rng: np.random.Generator) -> Plan:
    done = answer.approved | answer.error | payments.verification
    cascades = population.merchants.cascade[payments.seeds.merchant] & (answer.resolved_us == 0)
    tries = np.full(len(done), number)
    return plan_retries(answer.gate, tries, payments.mit, cascades=cascades, final=done, rng=rng)


def _latents(past: Past, route: Array, arm: Array, number: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Luck of this try: that of the try before as far as it persists."""
    if number == 1:
        return past.risk_latent, past.funds_latent
    keep_risk, keep_funds = memory(past.seconds, (route != past.route) | (arm != past.arm))
    return inherit(past.risk_latent, keep_risk, rng), inherit(past.funds_latent, keep_funds, rng)


def _reported(payments: Payments, approved: Array, known_us: Array, rng: np.random.Generator) -> Array:
    days = rng.lognormal(np.log(FRAUD_REPORT_DAYS_MEDIAN), FRAUD_REPORT_LOG_SD, len(approved))
    noticed = approved & payments.seeds.fraud & (rng.random(len(approved)) < FRAUD_REPORTED)
    return np.where(noticed, known_us + (days * DAY_US).astype(np.int64), 0)


def _next(now: _Round, made: Attempts, latents: tuple[Array, Array]) -> _Round:
    again = np.flatnonzero(made.plan.retry != Retry.NONE)
    seconds = (made.next_us[again] - made.at_us[again]) / SECOND_US
    return _Round(
        rows=now.rows[again],
        at_us=made.next_us[again],
        tries=np.where(seconds < DAY_SECONDS, now.tries[again] + 1, 0),
        origin=made.plan.retry[again],
        past=Past(seconds, made.route[again], made.arm[again], latents[0][again], latents[1][again]),
    )


def _truth(
    population: Population,
    payments: Payments,
    tried: Try,
    chance: Odds,
    effect: Effects,
    *,
    now: _Round,
    allowed: Array,
    number: int,
    incidents: list[Incident],
) -> HiddenTruth:
    recovered = recovery(population, payments, tried, chance, effect, incidents=incidents)
    past = now.past if number > 1 else None
    return hidden_truth(population, payments, tried, chance, recovered=recovered, allowed=allowed, past=past)
