"""The shop floor around a payment: entry system, flow, device, wallet, services and scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.domain.attempt import CardNetwork, EntrySystem
from payment_analysis.simulate.arrays import Array, choose, cumulative
from payment_analysis.simulate.fraud import scores
from payment_analysis.simulate.parameters import (
    BRAZIL,
    ENTRY_SHARES_ABROAD,
    ENTRY_SHARES_BRAZIL,
    ENTRY_SYSTEMS,
    FLOWS,
    NETWORK_INDEX,
    PAYMENT_LINK_ABROAD,
    PAYMENT_LINK_BRAZIL,
)

if TYPE_CHECKING:
    from payment_analysis.simulate.population import Population

_WS, _SEP = ENTRY_SYSTEMS.index(EntrySystem.WS), ENTRY_SYSTEMS.index(EntrySystem.SEP)
_ECOM, _LINK, _LINK_SEP, _RECURRING, _LEGACY = (
    FLOWS.index(name) for name in ("standard_ecom", "payment_link", "payment_link_sep", "recurring", "legacy_ws")
)
# Shares of cardholder-initiated payments: antifraud, vault, data-only, Click to Pay and IdPay after the inventory;
# wallets, typed cards and new devices of fraudsters are chosen.
ANTIFRAUD, VAULT, DATA_ONLY, CLICK_TO_PAY, IDPAY, IDPAY_SUCCESS = 0.85, 0.65, 0.10, 0.05, 0.04, 0.70
APPLE_PAY, GOOGLE_PAY, MANUAL, NEW_DEVICE = 0.06, 0.05, 0.02, 0.8
CVV_PRESENT = 0.93


@dataclass(frozen=True, slots=True)
class Context:
    """One row per payment."""

    entry: Array
    flow: Array
    wallet: Array  # -1 none
    manual: Array
    antifraud: Array
    vault: Array
    data_only: Array
    click_to_pay: Array
    idpay: Array  # -1 not asked, 0 failed, 1 confirmed
    new_device: Array
    cvv: Array  # 0 none sent, 1 sent
    score: Array
    aml: Array
    trust: Array


def draw_context(
    population: Population,
    card: Array,
    shopper: Array,
    *,
    mit: Array,
    fraud: Array,
    rng: np.random.Generator,
) -> Context:
    count = len(card)
    brazil = shopper == BRAZIL
    uniform = rng.random(count)
    entry = np.where(
        brazil,
        choose(cumulative(np.array(ENTRY_SHARES_BRAZIL)), uniform),
        choose(cumulative(np.array(ENTRY_SHARES_ABROAD)), uniform),
    )
    link = rng.random(count) < np.where(brazil, PAYMENT_LINK_BRAZIL, PAYMENT_LINK_ABROAD)
    by_hand = ~mit & (rng.random(count) < MANUAL)
    vault = mit | (rng.random(count) < VAULT)
    wallet = _wallet(population, card, mit | by_hand, rng)
    score, aml, trust = scores(fraud, rng)
    asked = ~mit & (rng.random(count) < IDPAY)
    confirmed = rng.random(count) < np.where(fraud, 0.1, IDPAY_SUCCESS)
    carded = population.cards.network[card] <= NETWORK_INDEX[CardNetwork.MASTERCARD]
    return Context(
        entry=entry,
        flow=_flow(entry, link & ~mit, mit),
        wallet=wallet,
        manual=by_hand,
        antifraud=rng.random(count) < ANTIFRAUD,
        vault=vault,
        data_only=carded & ~mit & (rng.random(count) < DATA_ONLY),
        click_to_pay=~mit & (wallet < 0) & ~by_hand & (rng.random(count) < CLICK_TO_PAY),
        idpay=np.where(asked, confirmed.astype(np.int64), -1),
        new_device=fraud & (rng.random(count) < NEW_DEVICE),
        cvv=np.where(mit | (wallet >= 0), 0, rng.random(count) < CVV_PRESENT),
        score=score,
        aml=aml,
        trust=trust,
    )


def _flow(entry: Array, link: Array, mit: Array) -> Array:
    """A link, else recurring, else by entry system (inventory 1.1)."""
    plain = np.where(entry == _WS, _LEGACY, _ECOM)
    return np.where(link, np.where(entry == _SEP, _LINK_SEP, _LINK), np.where(mit, _RECURRING, plain))


def _wallet(population: Population, card: Array, without: Array, rng: np.random.Generator) -> Array:
    """Wallets carry tokenised Visa, Mastercard and Amex cards only."""
    uniform = rng.random(len(card))
    possible = population.cards.tokenised[card] & ~without
    odds = np.where(possible, uniform, 1.0)
    # Half of the cards are tokenised: twice the share among them is the share overall.
    return np.where(odds < 2 * APPLE_PAY, 0, np.where(odds < 2 * (APPLE_PAY + GOOGLE_PAY), 1, -1))
