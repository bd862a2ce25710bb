"""Everyone who lives in the world: issuers, cards and merchants, and how to find those in an incident's scope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payment_analysis.simulate.arrays import Array, choose, cumulative
from payment_analysis.simulate.cards import Cards, draw_cards
from payment_analysis.simulate.codes import Reason
from payment_analysis.simulate.incidents import Incident, Names
from payment_analysis.simulate.issuers import Issuers, draw_issuers
from payment_analysis.simulate.merchants import Merchants, draw_merchants, merchant_ids
from payment_analysis.simulate.parameters import COUNTRIES

GUESSED_INVALID = 0.75  # chosen: guessed card numbers that do not exist


@dataclass(frozen=True, slots=True)
class Population:
    """A function of the seed and the number of cards, and of nothing else."""

    seed: int
    issuers: Issuers
    cards: Cards
    merchants: Merchants
    names: Names
    country_shares: Array

    @classmethod
    def of(cls, seed: int, cards: int) -> Population:
        issuers = draw_issuers(np.random.default_rng([seed, 1, 1]))
        return cls(
            seed=seed,
            issuers=issuers,
            cards=draw_cards(cards, issuers, seed, np.random.default_rng([seed, 1, 2])),
            merchants=draw_merchants(seed, np.random.default_rng([seed, 1, 3])),
            names=Names(tuple(issuers.name), tuple(merchant_ids())),
            country_shares=cumulative(np.array([row.card_share for row in COUNTRIES])),
        )

    def cards_in(self, incident: Incident) -> Array:
        """Cards in the scope of an incident; every card when the scope holds none."""
        inside = np.ones(len(self.cards.issuer), dtype=bool)
        issuer, network = self.names.position(incident, "issuer"), self.names.position(incident, "network")
        country = self.names.position(incident, "country")
        if issuer is not None:
            inside &= self.cards.issuer == issuer
        if network is not None:
            inside &= self.cards.network == network
        if country is not None:
            inside &= self.issuers.country[self.cards.issuer] == country
        found = np.flatnonzero(inside)
        if incident.issuer is not None and len(found):  # an attack works through one BIN
            return np.asarray(found[self.cards.bin[found] == self.cards.bin[found[0]]])
        return found if len(found) else np.arange(len(inside))

    def draw_merchants_in(self, incident: Incident, rng: np.random.Generator, count: int) -> Array:
        """Draw merchants in the scope of an incident; among all when the scope holds none."""
        inside = np.ones(len(self.merchants.country), dtype=bool)
        for what, column in (("segment", self.merchants.segment), ("country", self.merchants.country)):
            wanted = self.names.position(incident, what)
            if wanted is not None:
                inside &= column == wanted
        merchant = self.names.position(incident, "merchant_id")
        if merchant is not None:
            inside &= np.arange(len(inside)) == merchant
        weights = inside.astype(np.float64) if inside.any() else np.ones(len(inside))
        return choose(cumulative(weights), rng.random(count))

    def hard_reason(self, card: Array, enumerated: Array, rng: np.random.Generator) -> Array:
        """Reason a payment can never be approved, -1 for none."""
        invalid = enumerated & (rng.random(len(card)) < GUESSED_INVALID)
        return np.where(invalid, int(Reason.INVALID_CARD), self.cards.hard[card])
