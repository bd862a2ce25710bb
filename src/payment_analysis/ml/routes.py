"""How a route changes an issuer's answer: effects in log-odds, drawn to the level above where little is known.

Effects of route, of route by country, by network and by issuer, and of solution and solution by issuer, are estimated
together on top of the route-free score. Each level has a spread of its own, learned from the data (empirical Bayes), so
an issuer with few attempts stays close to its country; the covariance tells how sure the sum of effects is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse
from scipy.special import expit

from payment_analysis.ml.arrays import Array, codes, joined, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

# Level and the spread it begins with (log-odds; .35 is the prototype's for issuer by route).
LEVELS: Final[Mapping[tuple[str, ...], float]] = {
    ("psp",): 0.5,
    ("issuer_country", "psp"): 0.35,
    ("card_network", "psp"): 0.2,
    ("issuer", "psp"): 0.35,
    ("payment_solution",): 0.5,
    ("issuer", "payment_solution"): 0.2,
}
ROWS_MAX: Final = 600_000  # the newest; more changes no effect by a tenth of its error
NEWTON_ROUNDS, SPREAD_ROUNDS = 4, 4
SPREAD_MIN: Final = 0.02


@dataclass(frozen=True)
class RouteEffects:
    """The effects, level after level, and how they vary together."""

    vocabularies: tuple[pa.Array, ...]
    spreads: tuple[float, ...]
    effect: Array
    covariance: Array

    @classmethod
    def of(cls, attempts: pa.Table, labels: Array, offset: Array) -> RouteEffects:
        """Estimate all effects at once, given the route-free score in log-odds."""
        newest = max(0, attempts.num_rows - ROWS_MAX)
        rows, labels, offset = attempts.slice(newest), labels[newest:], offset[newest:]
        vocabularies = tuple(vocabulary(joined(rows, level)) for level in LEVELS)
        design = _design(rows, vocabularies)
        level = np.repeat(np.arange(len(vocabularies)), [len(words) for words in vocabularies])
        spread = np.array(list(LEVELS.values()))
        effect, covariance = np.zeros(design.shape[1]), np.eye(design.shape[1])
        for _ in range(SPREAD_ROUNDS):
            effect, covariance = _posterior(design, labels, offset, effect, precision=1.0 / spread[level] ** 2)
            second_moment = effect**2 + np.diag(covariance)
            sizes = np.maximum(np.bincount(level, minlength=len(spread)), 1)
            spread = np.sqrt(np.bincount(level, second_moment, minlength=len(spread)) / sizes).clip(SPREAD_MIN)
        return cls(vocabularies, tuple(spread.tolist()), effect, covariance)

    def __call__(self, attempts: pa.Table) -> Array:
        """The effect of each attempt's own route and solution; an unknown one has none."""
        return np.asarray(_design(attempts, self.vocabularies) @ self.effect)

    def of_attempt(self, attempt: Mapping[str, Any], routes: Sequence[str]) -> Array:
        """The effects of several routes on one attempt, without a table."""
        effects = np.zeros(len(routes))
        for place, route in enumerate(routes):
            known = {**attempt, "psp": route}
            for level, lookup in zip(LEVELS, self._lookups, strict=True):
                words = [known.get(name) for name in level]
                effects[place] += 0.0 if None in words else lookup.get("|".join(map(str, words)), 0.0)
        return effects

    @cached_property
    def _lookups(self) -> list[dict[str, float]]:
        starts = np.cumsum([0, *(len(words) for words in self.vocabularies)])
        return [
            dict(zip(words.to_pylist(), self.effect[start : start + len(words)].tolist(), strict=True))
            for start, words in zip(starts, self.vocabularies, strict=False)
        ]

    def error(self, attempts: pa.Table) -> Array:
        """Standard error of that effect; where nothing is known it is the spread of the level."""
        design = _design(attempts, self.vocabularies)
        known = np.asarray(design.multiply(design @ self.covariance).sum(axis=1)).ravel()
        unknown = np.zeros(attempts.num_rows)
        for words, level, spread in zip(self.vocabularies, LEVELS, self.spreads, strict=True):
            unknown += np.where(codes(joined(attempts, level), words) < 0, spread**2, 0.0)
        return np.asarray(np.sqrt(np.maximum(known, 0.0) + unknown))


def _design(attempts: pa.Table, vocabularies: tuple[pa.Array, ...]) -> sparse.csr_matrix:
    starts = np.cumsum([0, *(len(words) for words in vocabularies)])
    places, owners = [], []
    for start, words, level in zip(starts, vocabularies, LEVELS, strict=False):
        code = codes(joined(attempts, level), words)
        there = np.flatnonzero(code >= 0)
        places.append(code[there] + start)
        owners.append(there)
    place, owner = np.concatenate(places), np.concatenate(owners)
    return sparse.csr_matrix((np.ones(len(place)), (owner, place)), shape=(attempts.num_rows, int(starts[-1])))


def _posterior(
    design: sparse.csr_matrix, labels: Array, offset: Array, effect: Array, *, precision: Array
) -> tuple[Array, Array]:
    """Most likely effects under a normal prior, and their covariance (Laplace)."""
    covariance = np.diag(1.0 / precision)
    for _ in range(NEWTON_ROUNDS):
        chance = expit(offset + design @ effect)
        weight = chance * (1.0 - chance)
        curve = (design.T @ design.multiply(weight[:, None]).tocsr()).toarray() + np.diag(precision)
        covariance = np.linalg.inv(curve)
        effect = effect + covariance @ (design.T @ (labels - chance) - precision * effect)
    return effect, covariance
