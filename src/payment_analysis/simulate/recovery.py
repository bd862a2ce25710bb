"""What a retry would have been worth: the true probability of recovering a declined attempt at every delay.

The retry keeps route and authentication. The luck of the try that failed is known and persists as far as it does;
outages, drifts, hours, funds and tries are those of the moment of the retry. What is drawn anew is integrated out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.arrays import Array, normal_cdf, take_rows
from payment_analysis.simulate.effects import Effects, effects
from payment_analysis.simulate.gates import ROUTE_PASS, funds_score, risk_base
from payment_analysis.simulate.incidents import active
from payment_analysis.simulate.parameters import ARMS, GATES
from payment_analysis.simulate.retries import DAY_SECONDS, DELAYS, memory
from payment_analysis.simulate.seasons import SECOND_US

if TYPE_CHECKING:
    from payment_analysis.simulate.gates import Odds
    from payment_analysis.simulate.incidents import Incident
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population


@dataclass(frozen=True, slots=True)
class Try:
    """One row per attempt: what was tried, and how it went."""

    at_us: Array
    tries: Array
    route: Array
    arm: Array
    risk_latent: Array
    funds_latent: Array
    approved: Array


def recovery(
    population: Population, payments: Payments, made: Try, chance: Odds, effect: Effects, *, incidents: list[Incident]
) -> Array:
    """Attempt x delay; nan where there is nothing to recover."""
    table = np.full((len(made.at_us), len(DELAYS)), np.nan, dtype=np.float32)
    lost = np.flatnonzero(~made.approved)
    if len(lost):
        declined = take_rows(made, lost)
        standing = _standing(chance, effect, lost, declined, payments=take_rows(payments, lost), population=population)
        again = np.repeat(np.arange(len(lost)), len(DELAYS))
        mine = take_rows(payments, lost[again])
        chances = _later(population, mine, take_rows(declined, again), take_rows(standing, again), incidents)
        table[lost] = chances.reshape(len(lost), len(DELAYS))
    return table


@dataclass(frozen=True, slots=True)
class _Standing:
    """One row per declined attempt: what does not depend on when it is tried again."""

    passing: Array
    authentication: Array  # where nothing is broken
    risk: Array  # probit score without the hour, the tries and the incidents


def _standing(
    chance: Odds, effect: Effects, lost: Array, declined: Try, *, payments: Payments, population: Population
) -> _Standing:
    arm, route = declined.arm, declined.route
    broken = np.maximum(effect.authentication[lost, arm], 1e-9)
    passing = chance.antifraud * chance.usable * chance.not_stopped * chance.cvv * (1.0 - GATES.validation_error)
    now = risk_base(population, payments, declined.at_us, declined.tries)
    now = now + effect.route_odds[lost, route] + effect.arm_odds[lost, arm]
    return _Standing(
        passing=passing[lost],
        authentication=np.minimum(chance.authentication[lost, arm] / broken, 1.0),
        risk=chance.risk[lost, route * len(ARMS) + arm] - now,
    )


def _later(
    population: Population, payments: Payments, made: Try, standing: _Standing, incidents: list[Incident]
) -> Array:
    """Approval of a retry at each of the delays, which alternate along the rows."""
    rows = np.arange(len(made.at_us))
    seconds = np.tile(DELAYS, len(rows) // len(DELAYS))
    at_us = made.at_us + seconds * SECOND_US
    tries = np.where(seconds < DAY_SECONDS, made.tries + 1, 0)
    effect = effects(population, payments, at_us, active(incidents, int(at_us.min()), int(at_us.max()) + 1))
    issuer = population.cards.issuer[payments.seeds.card]
    carried = ROUTE_PASS[made.route] * effect.route[rows, made.route]
    answered = (1.0 - population.issuers.technical[issuer]) * effect.issuer
    authenticated = standing.authentication * effect.authentication[rows, made.arm]
    risk = standing.risk + risk_base(population, payments, at_us, tries)
    risk = risk + effect.route_odds[rows, made.route] + effect.arm_odds[rows, made.arm]
    funds, _, _ = funds_score(population, payments, at_us)
    keep_risk, keep_funds = memory(seconds, np.zeros(len(rows), dtype=bool))
    opens = normal_cdf(conditional(risk, keep_risk, made.risk_latent))
    opens *= normal_cdf(conditional(funds, keep_funds, made.funds_latent))
    slow_enough = tries < population.issuers.velocity_limit[issuer]
    return np.asarray(standing.passing * effect.rule * authenticated * carried * answered * slow_enough * opens)


def conditional(score: Array, correlation: Array, latent: Array) -> Array:
    """Score of a gate once a correlated latent is known."""
    return np.asarray((score - correlation * latent) / np.sqrt(1.0 - correlation**2))
