"""Ways of paying as a model sees them: which columns of an attempt differ, and what stands in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.features import AttemptFeatures

# How each way of paying looks in the columns of an attempt.
WAYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "standard": {"payment_solution": "standard", "uses_3ds": 0.0, "is_network_token": 0.0, "three_ds_routed": 0.0},
    "network_token": {"payment_solution": "network_token", "uses_3ds": 0.0, "is_network_token": 1.0},
    "3ds": {"payment_solution": "3ds", "uses_3ds": 1.0, "three_ds_routed": 1.0, "is_network_token": 0.0},
    "passkey": {"payment_solution": "passkey", "uses_3ds": 0.0, "has_passkey": 1.0, "is_network_token": 0.0},
    "data_only": {"payment_solution": "standard", "uses_3ds": 0.0, "data_only_used": 1.0, "is_network_token": 0.0},
}

_COMBINATIONS: Final = 64  # of ways that are asked for together; there are a dozen


class Ways:
    """Where the columns that differ between ways are, and what stands in them."""

    def __init__(self, features: AttemptFeatures) -> None:
        place = {name: number for number, name in enumerate(features.names)}
        self._set = {
            way: (
                np.array([place[name] for name in columns if name in place]),
                np.array([self._number(features, name, value) for name, value in columns.items() if name in place]),
            )
            for way, columns in WAYS.items()
        }
        self.places = sorted({int(column) for columns, _ in self._set.values() for column in columns})
        self._at_once = lru_cache(_COMBINATIONS)(self._places_of)

    @staticmethod
    def _number(features: AttemptFeatures, name: str, value: Any) -> float:
        if not isinstance(value, str):
            return float(value)
        words = features.vocabulary_[name].to_pylist()
        return float(words.index(value)) if value in words else float(len(words))

    def rows(self, row: Array, ways: tuple[str, ...]) -> Array:
        """Copies of the row, one for each way."""
        rows = np.repeat(row, len(ways), axis=0)
        numbers, places, values = self._at_once(ways)
        rows[numbers, places] = values
        return rows

    def _places_of(self, ways: tuple[str, ...]) -> tuple[Array, Array, Array]:
        """Row, column and value of everything that is set in these copies."""
        numbers = np.concatenate([np.full(len(self._set[way][0]), number) for number, way in enumerate(ways)])
        places, values = (np.concatenate([self._set[way][part] for way in ways]) for part in (0, 1))
        return numbers, places, values
