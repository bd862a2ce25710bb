"""The gates between an attempt and its approval, and the true probability of passing them.

An attempt passes the merchant's rules and antifraud, authentication, the route, the issuer's system, the card itself,
the security code, the velocity limit, the funds and the issuer's view of risk, in this order; the first gate that does
not open gives the reason. Funds and risk open when a normal latent lies below a score, so that tries of one payment can
share their latents, and every probability has a closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.arrays import Array, hashed_normal, normal_cdf
from payment_analysis.simulate.fraud import posterior
from payment_analysis.simulate.parameters import (
    ARMS,
    CHALLENGE,
    COUNTRIES,
    FRICTIONLESS,
    GATES,
    LOGIT_PER_PROBIT,
    NONE,
    PASSKEY,
    POLICY_ARMS,
    ROUTES,
    SEGMENTS,
    TOKEN,
)
from payment_analysis.simulate.seasons import HOUR_US, cycle, headroom_log, local_day, local_hour

if TYPE_CHECKING:
    from payment_analysis.simulate.effects import Effects
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population

_OFFSET_US = np.array([row.utc_offset_hours * HOUR_US for row in COUNTRIES])
_SEGMENT_RISK = np.array([row.risk for row in SEGMENTS]) / LOGIT_PER_PROBIT
ROUTE_PASS = np.array([1.0 - row.technical_failure for row in ROUTES])
NIGHT_FROM, NIGHT_TO = 1, 5  # prototype: issuers are stricter from one to five
AMOUNT_LOG_FREE = 5.0  # prototype: amounts count against approval from here on
LIGHT_LIFT, PASSKEY_LIFT = 0.10, 0.25  # logit, chosen: data-only or IdPay; passkey above 3DS trust
FRAUD_CHALLENGE_LOSS, FRAUD_FRICTIONLESS, FRAUD_PASSKEY_PASS = 0.75, 0.35, 0.05  # chosen
CARD_LOG_SD = GATES.funds_slope * GATES.funds_cycle_sd


class Gate(IntEnum):
    """The gates in the order an attempt meets them; OPEN means all passed."""

    OPEN = 0
    RULE = 1
    ANTIFRAUD = 2
    AUTHENTICATION = 3
    ROUTE = 4
    ISSUER = 5
    CARD = 6
    STOPPED = 7
    CVV = 8
    VELOCITY = 9
    FUNDS = 10
    RISK = 11


@dataclass(frozen=True, slots=True)
class Odds:
    """One row per attempt: how likely each gate opens, given everything hidden but the latents of this try."""

    rule: Array
    antifraud: Array
    authentication: Array  # attempt x arm
    route: Array  # attempt x route
    issuer: Array
    usable: Array
    not_stopped: Array
    cvv: Array
    velocity: Array
    funds: Array  # probit score
    risk: Array  # attempt x route x arm flattened, probit score
    funds_known: Array  # as a parameter oracle knows it
    risk_known: Array
    authentication_known: Array


def funds_score(population: Population, payments: Payments, at_us: Array) -> tuple[Array, Array, Array]:
    """Probit score of having the money, the same without this month's luck, and days until the next payday."""
    cards, card = population.cards, payments.seeds.card
    offset = _OFFSET_US[population.issuers.country[cards.issuer[card]]]
    stand = cycle(local_day(at_us, offset), cards.payday[card])
    known = headroom_log(cards.headroom_log[card], cards.burn[card], stand.days_since)
    luck = GATES.funds_cycle_sd * hashed_normal(population.seed + 401, card, stand.month)
    slope = GATES.funds_slope / LOGIT_PER_PROBIT
    margin = known - np.where(payments.verification, -10.0, payments.amount_log)
    return slope * (margin + luck), slope * margin, stand.days_until


def odds(population: Population, payments: Payments, at_us: Array, effect: Effects, tries: Array) -> Odds:
    issuers, cards = population.issuers, population.cards
    context, fraud = payments.context, payments.seeds.fraud
    issuer = cards.issuer[payments.seeds.card]
    funds, funds_known, _ = funds_score(population, payments, at_us)
    suspicion = posterior(context.score, payments.mit)
    base = risk_base(population, payments, at_us, tries)
    arms = _lifts(population, payments) + effect.arm_odds
    routes = issuers.affinity[issuer] + effect.route_odds
    single = np.float32  # half the memory, and far more digits than anybody measures
    grid = (routes.astype(single)[:, :, None] + arms.astype(single)[:, None, :]).reshape(len(issuer), POLICY_ARMS)
    penalty = GATES.fraud_penalty / LOGIT_PER_PROBIT
    hidden = payments.risk_noise - penalty * fraud
    caught = context.antifraud & (context.score > GATES.antifraud_score_min) & ~payments.mit
    blocked = 1.0 - GATES.antifraud_block * caught
    carded = ~payments.mit & (context.wallet < 0)
    return Odds(
        rule=effect.rule,
        antifraud=blocked,
        authentication=_authentication(population, issuer, fraud.astype(np.float64)) * effect.authentication,
        route=ROUTE_PASS * effect.route,
        issuer=(1.0 - issuers.technical[issuer]) * effect.issuer,
        usable=payments.unusable < 0,
        not_stopped=1.0 - GATES.stop_recurring * payments.mit,
        cvv=1.0 - carded * np.where(fraud, GATES.cvv_mismatch_fraud, GATES.cvv_mismatch),
        velocity=tries < issuers.velocity_limit[issuer],
        funds=funds,
        risk=grid + (base + hidden)[:, None].astype(single),
        funds_known=funds_known,
        risk_known=grid + (base - penalty * suspicion)[:, None].astype(single),
        authentication_known=_authentication(population, issuer, suspicion) * effect.authentication,
    )


def risk_base(population: Population, payments: Payments, at_us: Array, tries: Array) -> Array:
    """Probit score of the issuer's view, without route, authentication, incidents and what is hidden."""
    cards, context = population.cards, payments.context
    card, merchant = payments.seeds.card, payments.seeds.merchant
    issuer = cards.issuer[card]
    offset = _OFFSET_US[population.issuers.country[issuer]]
    hour = local_hour(at_us, offset)
    night = (hour >= NIGHT_FROM) & (hour < NIGHT_TO)
    logit = (
        GATES.intercept
        - GATES.amount_slope * np.maximum(payments.amount_log - AMOUNT_LOG_FREE, 0.0)
        + GATES.recurring_lift * payments.mit
        - GATES.score_slope * (context.score - GATES.score_centre)
        - GATES.tries_penalty * tries
        + LIGHT_LIFT * (context.data_only | (context.idpay == 1))
    )
    probit = population.issuers.leniency[issuer] - population.issuers.night_penalty[issuer] * night
    merchants = population.merchants
    return np.asarray(
        logit / LOGIT_PER_PROBIT + probit + _SEGMENT_RISK[merchants.segment[merchant]] + merchants.quality[merchant]
    )


def _lifts(population: Population, payments: Payments) -> Array:
    issuers, issuer = population.issuers, population.cards.issuer[payments.seeds.card]
    lift = np.zeros((len(issuer), len(ARMS)))
    lift[:, TOKEN] = issuers.token_lift[issuer]
    lift[:, FRICTIONLESS] = 0.5 * issuers.trust_3ds[issuer]
    lift[:, CHALLENGE] = issuers.trust_3ds[issuer]
    lift[:, PASSKEY] = issuers.trust_3ds[issuer] + PASSKEY_LIFT / LOGIT_PER_PROBIT
    return lift


def challenge_loss(population: Population, issuer: Array, fraud: Array) -> Array:
    """Share of challenges that end without authentication; fraud may be a probability."""
    honest = population.issuers.challenge_loss[issuer]
    return np.asarray(honest + fraud * (FRAUD_CHALLENGE_LOSS - honest))


def frictionless_share(population: Population, issuer: Array, fraud: Array) -> Array:
    honest = population.issuers.frictionless[issuer]
    return np.asarray(honest + fraud * (FRAUD_FRICTIONLESS - honest))


def _authentication(population: Population, issuer: Array, fraud: Array) -> Array:
    loss = challenge_loss(population, issuer, fraud)
    works = 1.0 - GATES.three_ds_technical
    success = np.ones((len(issuer), len(ARMS)))
    success[:, CHALLENGE] = works * (1.0 - loss)
    success[:, FRICTIONLESS] = works * (1.0 - (1.0 - frictionless_share(population, issuer, fraud)) * loss)
    success[:, PASSKEY] = GATES.passkey_pass + fraud * (FRAUD_PASSKEY_PASS - GATES.passkey_pass)
    assert NONE not in (CHALLENGE, FRICTIONLESS, PASSKEY)
    return success


def approval(odds_of: Odds, funds: Array, risk: Array) -> Array:
    """True approval probability of every route x arm for given scores of funds and risk, everything hidden known."""
    return _table(
        _before(odds_of, odds_of.antifraud, odds_of.usable, funds), odds_of.route, odds_of.authentication, risk
    )


def approval_known(odds_of: Odds, unusable_rate: Array) -> Array:
    """The same as far as parameters and what can be seen tell: the hidden is integrated out in closed form."""
    spread_funds = np.sqrt(1.0 + (CARD_LOG_SD / LOGIT_PER_PROBIT) ** 2)
    spread_risk = np.float32(np.sqrt(1.0 + (GATES.risk_noise_sd / LOGIT_PER_PROBIT) ** 2))
    before = _before(odds_of, odds_of.antifraud, 1.0 - unusable_rate, odds_of.funds_known / spread_funds)
    return _table(before, odds_of.route, odds_of.authentication_known, odds_of.risk_known / spread_risk)


def _before(odds_of: Odds, antifraud: Array, usable: Array, funds: Array) -> Array:
    """Everything that neither the route nor the arm changes."""
    answered = odds_of.rule * antifraud * odds_of.issuer * usable * odds_of.not_stopped * (1.0 - GATES.validation_error)
    return np.asarray(answered * odds_of.cvv * odds_of.velocity * normal_cdf(funds))


def _table(before: Array, route: Array, authentication: Array, risk: Array) -> Array:
    single = risk.dtype
    carried = (before[:, None] * route).astype(single)
    table = normal_cdf(risk).reshape(len(before), route.shape[1], -1)
    table *= carried[:, :, None]
    table *= authentication.astype(single)[:, None, :]
    return table.reshape(risk.shape)
