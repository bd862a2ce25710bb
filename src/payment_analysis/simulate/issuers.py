"""Issuers and their BINs: who decides, how strictly, and under which first digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.simulate.arrays import Array, cumulative
from payment_analysis.simulate.parameters import (
    BRAZIL,
    COUNTRIES,
    FUNDINGS,
    GATES,
    LOGIT_PER_PROBIT,
    NETWORK_INDEX,
    NETWORKS,
    ROUTES,
)

# Chosen: share of the Brazilian issuers that issue a network; every issuer issues Visa and Mastercard.
ISSUES = {CardNetwork.ELO: 0.6, CardNetwork.HIPERCARD: 0.1, CardNetwork.AMEX: 0.25}
# Public ranges: ISO/IEC 7812 (4; 51-55 and 2221-2720; 34 and 37); Elo and Hipercard as their acquirers publish them.
ELO_RANGES = (
    (506699, 506778),
    (509000, 509999),
    (650485, 650538),
    (650541, 650598),
    (651652, 651679),
    (655021, 655058),
)
HIPERCARD_BINS = (606282, 637095, 637568, 637599, 637609, 637612)


@dataclass(frozen=True, slots=True)
class Issuers:
    """One row per issuer; distributions after the prototype. Logit effects are kept on the probit scale."""

    name: list[str]
    country: Array
    weight: Array  # within the country
    networks: Array  # issuer x network, does it issue
    leniency: Array
    unusable: Array  # rate of cards that can never pay
    technical: Array  # rate of failing answers
    velocity_limit: Array  # tries in 24 h
    trust_3ds: Array
    token_lift: Array
    night_penalty: Array
    challenge_loss: Array
    frictionless: Array  # share of authentications granted without a challenge
    masked_funds: Array  # share of insufficient funds answered as do not honor
    affinity: Array  # issuer x route
    bins: Bins


@dataclass(frozen=True, slots=True)
class Bins:
    """One row per BIN: a product of an issuer in a network."""

    number: list[str]
    issuer: Array
    network: Array
    funding: Array
    row_of: Array  # issuer x network x funding → row, -1 when not issued


def draw_issuers(rng: np.random.Generator) -> Issuers:
    country = np.repeat(np.arange(len(COUNTRIES)), [row.issuers for row in COUNTRIES])
    count = len(country)
    weight = np.concatenate([-np.sort(-rng.dirichlet(np.full(row.issuers, 1.2))) for row in COUNTRIES])
    networks = _networks(country, rng)
    routes_domestic = np.array([route.domestic for route in ROUTES])
    brazilian = (country == BRAZIL)[:, None]
    affinity = rng.normal(0.0, GATES.affinity_sd, (count, len(ROUTES)))
    affinity += np.where(routes_domestic & brazilian, GATES.domestic_bonus, 0.0)
    affinity -= np.where(routes_domestic & ~brazilian, GATES.foreign_card_penalty, 0.0)
    return Issuers(
        name=_names(country),
        country=country,
        weight=weight,
        networks=networks,
        leniency=rng.normal(0.0, 0.45, count) / LOGIT_PER_PROBIT,
        unusable=rng.beta(2, 110, count),
        technical=rng.beta(2, 500, count),
        velocity_limit=rng.integers(2, 6, count),  # prototype 3-6, where cards paid more often
        trust_3ds=rng.normal(0.55, 0.35, count) / LOGIT_PER_PROBIT,
        token_lift=rng.normal(0.30, 0.20, count) / LOGIT_PER_PROBIT,
        night_penalty=rng.gamma(2.0, 0.2, count) / LOGIT_PER_PROBIT,
        challenge_loss=rng.beta(8, 52, count),
        frictionless=rng.beta(14, 6, count),
        masked_funds=rng.beta(3, 9, count),
        affinity=affinity / LOGIT_PER_PROBIT,
        bins=_bins(networks, weight, rng),
    )


def _names(country: Array) -> list[str]:
    position = np.concatenate([np.arange(row.issuers) for row in COUNTRIES])
    return [f"issuer_{COUNTRIES[c].code.lower()}_{n + 1:02d}" for c, n in zip(country, position, strict=True)]


def _networks(country: Array, rng: np.random.Generator) -> Array:
    networks = np.zeros((len(country), len(NETWORKS)), dtype=bool)
    networks[:, [NETWORK_INDEX[CardNetwork.VISA], NETWORK_INDEX[CardNetwork.MASTERCARD]]] = True
    for network, share in ISSUES.items():
        networks[:, NETWORK_INDEX[network]] = rng.random(len(country)) < share
    for index, row in enumerate(COUNTRIES):
        largest = np.flatnonzero(country == index)[0]  # weights fall within a country
        offered = [network in row.networks for network in NETWORKS]
        networks[largest] = offered
        networks[country == index] &= offered
    return networks


def _bins(networks: Array, weight: Array, rng: np.random.Generator) -> Bins:
    row_of = np.full((*networks.shape, len(FUNDINGS)), -1)
    rows: list[tuple[str, int, int, int]] = []
    taken: set[str] = set()
    for issuer, network in zip(*np.nonzero(networks), strict=True):
        for funding in range(len(FUNDINGS)):
            number = _free_bin(NETWORKS[network], taken, rng)
            row_of[issuer, network, funding] = len(rows)
            rows.append((number, int(issuer), int(network), funding))
    assert len(weight) == len(networks)
    numbers, owners, nets, fundings = zip(*rows, strict=True)
    return Bins(list(numbers), np.array(owners), np.array(nets), np.array(fundings), row_of)


def _free_bin(network: CardNetwork, taken: set[str], rng: np.random.Generator) -> str:
    while True:
        number = draw_bin(network, rng)
        if number not in taken:
            taken.add(number)
            return number


def draw_bin(network: CardNetwork, rng: np.random.Generator) -> str:
    """Draw six first digits that belong to the network; small networks share numbers' room, so issuers get eight."""
    match network:
        case CardNetwork.VISA:
            low, high = 400000, 499999
        case CardNetwork.MASTERCARD:
            low, high = (510000, 559999) if rng.random() < 0.8 else (222100, 272099)
        case CardNetwork.ELO:
            low, high = ELO_RANGES[rng.integers(len(ELO_RANGES))]
        case CardNetwork.HIPERCARD:
            six = HIPERCARD_BINS[rng.integers(len(HIPERCARD_BINS))]
            return f"{six}{rng.integers(100):02d}"
        case _:
            assert network is CardNetwork.AMEX
            low, high = (370000, 379999) if rng.random() < 0.8 else (340000, 349999)
    return str(rng.integers(low, high + 1))


def issuers_by_country_and_network(issuers: Issuers) -> Array:
    """Cumulative shares of the issuers for each country x network, as rows for choose_by_group."""
    shares = np.zeros((len(COUNTRIES) * len(NETWORKS), len(issuers.country)))
    for country in range(len(COUNTRIES)):
        for network in range(len(NETWORKS)):
            eligible = issuers.weight * (issuers.country == country) * issuers.networks[:, network]
            row = eligible if eligible.sum() else issuers.weight
            shares[country * len(NETWORKS) + network] = cumulative(row)
    return shares
