"""Effects of routes and solutions for one card, looked up: the same few thousand cards' kinds come again and again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from payment_analysis.ml.ways import WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.routes import RouteEffects

CARDS_KEPT: Final = 20_000  # kinds of card: issuer, country, network
KEY: Final = ("issuer", "issuer_country", "card_network")
SOLUTION: Final = "payment_solution"
# Ways of paying that are told by the same word in the column.
SOLUTION_OF_WAY: Final = {"data_only": "standard"}


class EffectsByCard:
    """What routes and solutions add to the log-odds of a card's approval."""

    def __init__(self, effects: RouteEffects, routes: Sequence[str]) -> None:
        self._effects, self.routes = effects, tuple(routes)
        self._routes_of = lru_cache(CARDS_KEPT)(self._looked_up)
        self._solution_of = lru_cache(CARDS_KEPT)(self._solution)
        self._usual_of = lru_cache(CARDS_KEPT)(self._usual)

    def of_routes(self, attempt: Mapping[str, Any]) -> tuple[Array, Array]:
        """Effect and variance of every route."""
        return self._routes_of(*(attempt.get(name) for name in KEY))

    def of_solutions(self, attempt: Mapping[str, Any], ways: Sequence[str]) -> Array:
        """Effect of each way of paying."""
        return np.array([self._solution_of(attempt.get("issuer"), SOLUTION_OF_WAY.get(way, way)) for way in ways])

    def usual(self, attempt: Mapping[str, Any]) -> Array:
        """Effect of every way by a route like any other: the mean of all."""
        return self._usual_of(*(attempt.get(name) for name in KEY))

    def _looked_up(self, issuer: str | None, country: str | None, network: str | None) -> tuple[Array, Array]:
        card = dict(zip(KEY, (issuer, country, network), strict=True))
        if not self.routes:
            return np.empty(0), np.empty(0)
        effect = self._effects.of_attempt({**card, SOLUTION: None}, self.routes)
        count = len(self.routes)
        table = pa.table(
            {
                **{name: pa.array([value] * count, pa.string()) for name, value in card.items()},
                "psp": pa.array(list(self.routes), pa.string()),
                SOLUTION: pa.nulls(count, pa.string()),
            }
        )
        return effect, self._effects.error(table) ** 2

    def _usual(self, issuer: str | None, country: str | None, network: str | None) -> Array:
        effect, _ = self._routes_of(issuer, country, network)
        usual = float(effect.mean()) if len(effect) else 0.0
        return self.of_solutions({"issuer": issuer}, tuple(WAYS)) + usual

    def _solution(self, issuer: str | None, solution: str) -> float:
        both = self._effects.of_attempt({"issuer": issuer, SOLUTION: solution}, ("",))
        return float(both[0])
