"""Fraud: a little everywhere, rings that buy with stolen accounts, attacks that guess card numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.arrays import Array
from payment_analysis.simulate.incidents import IncidentKind
from payment_analysis.simulate.parameters import FRAUD_BACKGROUND, SEGMENTS

if TYPE_CHECKING:
    from payment_analysis.simulate.incidents import Incident
    from payment_analysis.simulate.population import Population
    from payment_analysis.simulate.seasons import Window

_FACTOR = np.array([row.fraud_factor for row in SEGMENTS])
TESTING_SHARE = 0.5  # prototype: half of a campaign tests cards, half takes accounts over
# Vendor scores after the prototype: Beta(a, b) of honest and of fraudulent payments.
SCORE_HONEST, SCORE_FRAUD = (1.6, 9.0), (3.2, 3.0)
TRUST_HONEST, TRUST_FRAUD = (8.0, 2.0), (3.0, 3.0)
AML = (2.0, 10.0)  # inventory
PRIOR = 0.003  # share of fraud among attempts

CampaignRows = tuple[Array, Array, Array, Array, Array, Array, Array]


def background_fraud(segment: Array, rng: np.random.Generator) -> Array:
    """Fraud that belongs to no campaign."""
    return np.asarray(rng.random(len(segment)) < FRAUD_BACKGROUND * _FACTOR[segment])


def campaign_payments(
    population: Population, window: Window, count: int, rng: np.random.Generator, incidents: list[Incident]
) -> list[CampaignRows]:
    """The extra payments of campaigns and BIN attacks in a window, as the columns of Seeds."""
    extra = []
    for incident in incidents:
        if incident.kind not in (IncidentKind.FRAUD_CAMPAIGN, IncidentKind.BIN_ATTACK):
            continue
        begin, end = max(window.start_us, incident.start_us), min(window.end_us, incident.end_us)
        if begin < end:
            share = incident.size * (end - begin) / (window.end_us - window.start_us)
            extra.append(_campaign(population, incident, (begin, end), int(rng.poisson(count * share)), rng))
    return extra


def _campaign(
    population: Population, incident: Incident, span: tuple[int, int], count: int, rng: np.random.Generator
) -> CampaignRows:
    attack = incident.kind is IncidentKind.BIN_ATTACK
    targets = population.cards_in(incident)
    merchant = population.draw_merchants_in(incident, rng, count)
    testing = np.ones(count, dtype=bool) if attack else rng.random(count) < TESTING_SHARE
    return (
        rng.integers(span[0], span[1], count),
        targets[rng.integers(0, len(targets), count)],
        merchant,
        np.ones(count, dtype=bool),
        testing,
        np.full(count, attack),
        np.full(count, incident.start_us // 60_000_000),
    )


def scores(fraud: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Draw the vendor's fraud score, the anti-money-laundering score and the trust in the device, 0..1."""
    count, bad = len(fraud), np.flatnonzero(fraud)
    score, trust = rng.beta(*SCORE_HONEST, count), rng.beta(*TRUST_HONEST, count)
    score[bad], trust[bad] = rng.beta(*SCORE_FRAUD, len(bad)), rng.beta(*TRUST_FRAUD, len(bad))
    return score, rng.beta(*AML, count), trust


def posterior(score: Array, mit: Array) -> Array:
    """Probability of fraud given the vendor's score, as one who knows both distributions computes it."""
    (a1, b1), (a0, b0) = SCORE_FRAUD, SCORE_HONEST
    ratio = _beta_scale(a1, b1) / _beta_scale(a0, b0) * score ** (a1 - a0) * (1.0 - score) ** (b1 - b0)
    odds = PRIOR / (1.0 - PRIOR) * ratio
    return np.where(mit, 0.0, odds / (1.0 + odds))


@cache
def _beta_scale(a: float, b: float) -> float:
    grid = (np.arange(20_000) + 0.5) / 20_000
    return float(1.0 / np.mean(grid ** (a - 1) * (1 - grid) ** (b - 1)))
