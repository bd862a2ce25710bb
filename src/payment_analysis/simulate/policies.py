"""The logging policies: which route and which authentication today's rules choose, and with what probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.parameters import (
    ARM_EXPLORATION,
    ARMS,
    BRAZIL,
    CHALLENGE,
    DEBIT,
    FRICTIONLESS,
    NONE,
    PASSKEY,
    ROUTE_EXPLORATION,
    ROUTES,
    TOKEN,
)

if TYPE_CHECKING:
    from payment_analysis.simulate.arrays import Array
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population

# The rule in force, by the vendor's score; chosen so that 3DS is asked for about one payment in six.
SCORE_CHALLENGE, SCORE_FRICTIONLESS = 0.42, 0.26
TOKEN_FIRST = 0.60  # chosen: share of merchants that send a token whenever there is one


@dataclass(frozen=True, slots=True)
class Choice:
    """One row per attempt: what was chosen and the probability the policy gave to it."""

    chosen: Array
    propensity: Array


def choose_route(
    population: Population, payments: Payments, previous: Array, cascade: Array, rng: np.random.Generator
) -> Choice:
    """By the merchant's rule with exploration; a cascade takes any other route than the previous one."""
    count = len(previous)
    cards, card, merchant = population.cards, payments.seeds.card, payments.seeds.merchant
    domestic = (population.issuers.country[cards.issuer[card]] == payments.country).astype(np.int64)
    rule = population.merchants.route_rule[merchant, cards.network[card], domestic]
    explored = rng.random(count) < ROUTE_EXPLORATION
    anywhere = rng.integers(0, len(ROUTES), count)
    chosen = np.where(explored, anywhere, rule)
    floor = ROUTE_EXPLORATION / len(ROUTES)
    propensity = np.where(chosen == rule, 1.0 - ROUTE_EXPLORATION + floor, floor)
    others = len(ROUTES) - 1
    elsewhere = (previous + 1 + rng.integers(0, others, count)) % len(ROUTES)
    return Choice(np.where(cascade, elsewhere, chosen), np.where(cascade, 1.0 / others, propensity))


def mandated(population: Population, payments: Payments) -> Array:
    """Brazil authenticates debit cards in e-commerce by mandate (domain B4)."""
    card = payments.seeds.card
    debit = population.cards.funding[card] == DEBIT
    home = population.issuers.country[population.cards.issuer[card]] == BRAZIL
    online = ~payments.mit & (payments.context.wallet < 0)
    return np.asarray(debit & home & (payments.country == BRAZIL) & online & ~payments.verification)


def eligible_arms(population: Population, payments: Payments) -> Array:
    """Attempt x arm: what the card, the shopper and the mandate allow."""
    context, card = payments.context, payments.seeds.card
    must = mandated(population, payments)
    wallet = context.wallet >= 0
    token = population.cards.tokenised[card] & ~context.manual & ~context.new_device
    present = ~payments.mit & ~wallet & ~context.manual & ~payments.verification
    allowed = np.zeros((len(card), len(ARMS)), dtype=bool)
    allowed[:, NONE] = ~must & ~wallet
    allowed[:, TOKEN] = (token & ~must) | wallet
    allowed[:, FRICTIONLESS] = present | must
    allowed[:, CHALLENGE] = present | must
    allowed[:, PASSKEY] = present & ~must & population.cards.passkey[card]
    return allowed


def choose_arm(payments: Payments, allowed: Array, rng: np.random.Generator) -> Choice:
    """By score, token and passkey, with uniform exploration over what is allowed."""
    count = len(allowed)
    score = payments.context.score
    token_first = (payments.seeds.merchant * 7919 % 100) < TOKEN_FIRST * 100
    wishes = (
        (CHALLENGE, score > SCORE_CHALLENGE),
        (FRICTIONLESS, score > SCORE_FRICTIONLESS),
        (PASSKEY, np.ones(count, dtype=bool)),
        (TOKEN, token_first),
        (NONE, np.ones(count, dtype=bool)),
        (TOKEN, np.ones(count, dtype=bool)),
        (FRICTIONLESS, np.ones(count, dtype=bool)),
    )
    rule = np.select([allowed[:, arm] & wish for arm, wish in wishes], [arm for arm, _ in wishes])
    options = allowed.sum(axis=1)
    nth = (rng.random(count) * options).astype(np.int64)
    anything = np.argmax(np.cumsum(allowed, axis=1) > nth[:, None], axis=1)
    chosen = np.where(rng.random(count) < ARM_EXPLORATION, anything, rule)
    floor = ARM_EXPLORATION / options
    return Choice(chosen, np.where(chosen == rule, 1.0 - ARM_EXPLORATION + floor, floor))
