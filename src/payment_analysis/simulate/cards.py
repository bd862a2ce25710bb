"""Cards and the money behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.simulate.arrays import Array, choose, choose_by_group, cumulative, hashed
from payment_analysis.simulate.codes import draw_hard_reason
from payment_analysis.simulate.issuers import Issuers, issuers_by_country_and_network
from payment_analysis.simulate.parameters import COUNTRIES, DEBIT, GATES, NETWORKS
from payment_analysis.simulate.seasons import FIFTH_BUSINESS_DAY

# Prototype, for debit: salary on the fifth business day .45, the 20th .2, the 1st and 15th .15 and .1, the 7th .1.
SALARY_DAYS = np.array([FIFTH_BUSINESS_DAY, 20, 1, 15, 7])
SALARY_SHARES = np.array([0.45, 0.20, 0.15, 0.10, 0.10])
STATEMENT_DAYS = 28  # of credit cards: any day up to this one
TOKENISED = {  # chosen: share of cards with a network token on file
    CardNetwork.VISA: 0.55,
    CardNetwork.MASTERCARD: 0.50,
    CardNetwork.ELO: 0.15,
    CardNetwork.HIPERCARD: 0.0,
    CardNetwork.AMEX: 0.30,
}
PASSKEY_SHARE = 0.10  # inventory
DEVICE_SHARES = np.array([0.64, 0.30, 0.06])  # mobile, desktop, tablet; chosen
DEBIT_ACTIVITY = 0.6  # chosen: debit pays less often online
ACTIVITY_SHAPE = 0.7  # prototype


@dataclass(frozen=True, slots=True)
class Cards:
    """One row per card; identity never changes, so a stream continues the cards of the history."""

    issuer: Array
    network: Array
    funding: Array
    bin: Array
    last4: Array
    fingerprint: Array  # 64-bit name of the card
    device: Array
    device_type: Array
    address: Array  # 64-bit name of the usual IP address
    payday: Array
    headroom_log: Array  # after payday, log of reais
    burn: Array
    hard: Array  # -1 usable, else the reason it can never pay
    tokenised: Array
    passkey: Array
    activity: Array  # cumulative shares


def draw_cards(count: int, issuers: Issuers, seed: int, rng: np.random.Generator) -> Cards:
    country = choose(cumulative(np.array([row.card_share for row in COUNTRIES])), rng.random(count))
    network = choose_by_group(_network_shares(), country, rng.random(count))
    group = country * len(NETWORKS) + network
    issuer = choose_by_group(issuers_by_country_and_network(issuers), group, rng.random(count))
    funding = choose_by_group(_funding_shares(), country, rng.random(count))
    debit = funding == DEBIT
    activity = rng.gamma(ACTIVITY_SHAPE, 1.0, count) * np.where(debit, DEBIT_ACTIVITY, 1.0)
    headroom = rng.normal(GATES.headroom_log_mean, GATES.headroom_log_sd, count)
    hard = np.where(rng.random(count) < issuers.unusable[issuer], draw_hard_reason(count, rng), -1)
    tokenised = np.array([TOKENISED[row] for row in NETWORKS])[network]
    names = np.arange(count)
    return Cards(
        issuer=issuer,
        network=network,
        funding=funding,
        bin=issuers.bins.row_of[issuer, network, funding],
        last4=rng.integers(0, 10_000, count),
        fingerprint=hashed(seed + 101, names),
        device=hashed(seed + 102, names),
        device_type=choose(cumulative(DEVICE_SHARES), rng.random(count)),
        address=hashed(seed + 103, names),
        payday=_paydays(debit, rng),
        headroom_log=headroom + np.where(debit, np.log(GATES.headroom_debit), 0.0),
        burn=0.9 * rng.beta(2, 5, count),
        hard=hard,
        tokenised=rng.random(count) < tokenised,
        passkey=rng.random(count) < PASSKEY_SHARE,
        activity=cumulative(activity),
    )


def _network_shares() -> Array:
    return np.stack(
        [cumulative(np.array([row.networks.get(network, 0.0) for network in NETWORKS])) for row in COUNTRIES]
    )


def _funding_shares() -> Array:
    return np.stack([cumulative(np.array([1 - row.debit - row.prepaid, row.debit, row.prepaid])) for row in COUNTRIES])


def _paydays(debit: Array, rng: np.random.Generator) -> Array:
    salary = SALARY_DAYS[choose(cumulative(SALARY_SHARES), rng.random(len(debit)))]
    return np.where(debit, salary, rng.integers(1, STATEMENT_DAYS + 1, len(debit)))
