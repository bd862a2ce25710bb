"""What customers want: payments with their card, merchant, amount, context and hidden state, before anyone answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.arrays import (
    Array,
    choose,
    choose_by_group,
    concat_rows,
    cumulative,
    hashed_normal,
    take_rows,
)
from payment_analysis.simulate.context import Context, draw_context
from payment_analysis.simulate.fraud import background_fraud, campaign_payments
from payment_analysis.simulate.incidents import IncidentKind
from payment_analysis.simulate.parameters import (
    BRAZIL,
    COUNTRIES,
    CREDIT,
    GATES,
    INSTALLMENT_REAIS_MIN,
    INSTALLMENTS,
    LOGIT_PER_PROBIT,
    SEGMENTS,
    TEST_SHARE,
    VERIFICATION_SHARE,
)

if TYPE_CHECKING:
    from payment_analysis.simulate.incidents import Incident
    from payment_analysis.simulate.population import Population
    from payment_analysis.simulate.seasons import Window

_PRICE_LEVEL = np.array([row.price_level for row in COUNTRIES])
_MINOR_UNITS = np.array([10.0**row.exponent for row in COUNTRIES])
_LOG_MEAN = np.array([row.amount_log_mean for row in SEGMENTS])
_LOG_SD = np.array([row.amount_log_sd for row in SEGMENTS])
_FOLLOWS = np.array([row.amount_follows_headroom for row in SEGMENTS])
_RECURRING = np.array([row.recurring for row in SEGMENTS])
_STEPS = np.array([count for count, _ in INSTALLMENTS])
_STEP_SHARES = cumulative(np.array([share for _, share in INSTALLMENTS]))
TRAVELLING = 0.03  # chosen: shoppers away from the country of their card
FRAUD_ABROAD = 0.40  # chosen
FIRST_OF_SERIES = 0.06  # chosen: cardholder-initiated payments that start a series


@dataclass(frozen=True, slots=True)
class Seeds:
    """Who pays whom and when; everything else follows from these and chance."""

    start_us: Array
    card: Array
    merchant: Array
    fraud: Array
    testing: Array  # card testing: small amounts
    enumerated: Array  # BIN attack: a guessed number that mostly does not exist
    ring: Array  # number of the campaign, -1 for none


@dataclass(frozen=True, slots=True)
class Payments:
    """One row per payment."""

    seeds: Seeds
    context: Context
    country: Array  # of the merchant
    shopper_country: Array
    mit: Array
    recurring: Array
    verification: Array
    test: Array
    amount_log: Array  # log of reais
    amount_minor: Array
    installments: Array  # 0 where there can be none
    unusable: Array  # -1 usable, else the reason nobody can ever approve it
    risk_noise: Array  # the issuer's view of this payment that nobody else has, probit


def draw_payments(
    population: Population, window: Window, count: int, rng: np.random.Generator, incidents: list[Incident]
) -> Payments:
    """Draw the payments that start in a window, those of fraudsters included, in order of time."""
    seeds = _honest(population, window, count, rng, incidents)
    extra = campaign_payments(population, window, count, rng, incidents)
    if extra:
        seeds = concat_rows([seeds, *(Seeds(*row) for row in extra)])
        seeds = take_rows(seeds, np.argsort(seeds.start_us, kind="stable"))
    return _wanted(population, seeds, rng)


def _honest(
    population: Population, window: Window, count: int, rng: np.random.Generator, incidents: list[Incident]
) -> Seeds:
    start = window.instants(count, rng)
    card = choose(population.cards.activity, rng.random(count))
    country = population.issuers.country[population.cards.issuer[card]]
    merchant = choose_by_group(population.merchants.share, country, rng.random(count))
    for incident in incidents:
        if incident.kind is IncidentKind.MIX_SHIFT:
            inside = (start >= incident.start_us) & (start < incident.end_us)
            moved = inside & (rng.random(count) < incident.size)
            merchant = np.where(moved, population.draw_merchants_in(incident, rng, count), merchant)
    never = np.zeros(count, dtype=bool)
    return Seeds(start, card, merchant, never, never, never, np.full(count, -1))


def _wanted(population: Population, seeds: Seeds, rng: np.random.Generator) -> Payments:
    cards, merchants = population.cards, population.merchants
    count = len(seeds.card)
    segment = merchants.segment[seeds.merchant]
    country = merchants.country[seeds.merchant]
    card_country = population.issuers.country[cards.issuer[seeds.card]]
    criminal = seeds.fraud
    mit = ~criminal & (rng.random(count) < _RECURRING[segment])
    fraud = criminal | (~mit & background_fraud(segment, rng))
    seeds = Seeds(seeds.start_us, seeds.card, seeds.merchant, fraud, seeds.testing, seeds.enumerated, seeds.ring)
    away = rng.random(count) < np.where(fraud, FRAUD_ABROAD, np.where(mit, 0.0, TRAVELLING))
    shopper = np.where(away, choose(population.country_shares, rng.random(count)), card_country)
    verification = ~mit & ~fraud & (rng.random(count) < VERIFICATION_SHARE)
    amount_log = _amount_log(population, seeds, segment, mit, rng)
    amount_minor = _minor(amount_log, country, verification)
    return Payments(
        seeds=seeds,
        context=draw_context(population, seeds.card, shopper, mit=mit, fraud=fraud, rng=rng),
        country=country,
        shopper_country=shopper,
        mit=mit,
        recurring=mit | (rng.random(count) < FIRST_OF_SERIES),
        verification=verification,
        test=rng.random(count) < TEST_SHARE,
        amount_log=amount_log,
        amount_minor=amount_minor,
        installments=_installments(population, seeds.card, country, mit | verification, amount_log=amount_log, rng=rng),
        unusable=population.hard_reason(seeds.card, seeds.enumerated, rng),
        risk_noise=rng.normal(0.0, GATES.risk_noise_sd / LOGIT_PER_PROBIT, count),
    )


def _amount_log(population: Population, seeds: Seeds, segment: Array, mit: Array, rng: np.random.Generator) -> Array:
    count = len(segment)
    headroom = population.cards.headroom_log[seeds.card] - GATES.headroom_log_mean
    usual = hashed_normal(population.seed + 301, seeds.card, seeds.merchant)  # a subscription costs the same each month
    spread = np.where(mit, usual, rng.standard_normal(count))
    honest = _LOG_MEAN[segment] + _LOG_SD[segment] * spread + _FOLLOWS[segment] * headroom
    takeover = rng.normal(5.4, 0.6, count)  # prototype: accounts taken over are emptied, tested cards pay 0.5-6
    testing = np.log(rng.uniform(0.5, 6.0, count))
    chosen = np.where(seeds.testing, testing, np.where(seeds.ring >= 0, takeover, honest + 0.4 * seeds.fraud))
    return np.maximum(chosen, np.log(0.5))


def _minor(amount_log: Array, country: Array, verification: Array) -> Array:
    amount = np.exp(amount_log) * _PRICE_LEVEL[country] * _MINOR_UNITS[country]
    return np.where(verification, 0, np.maximum(np.rint(amount), 1)).astype(np.int64)


def _installments(
    population: Population, card: Array, country: Array, single: Array, *, amount_log: Array, rng: np.random.Generator
) -> Array:
    """Brazilian credit cards at Brazilian merchants pay in installments; foreign-issued cards cannot (domain B8)."""
    cards = population.cards
    asked = _STEPS[choose(_STEP_SHARES, rng.random(len(card)))]
    affordable = np.maximum(np.floor(np.exp(amount_log) / INSTALLMENT_REAIS_MIN), 1).astype(np.int64)
    home = (country == BRAZIL) & (population.issuers.country[cards.issuer[card]] == BRAZIL)
    possible = home & (cards.funding[card] == CREDIT) & ~single
    return np.where(possible, np.minimum(asked, affordable), np.where(single, 0, 1))
