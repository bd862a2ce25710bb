"""Ways of paying as a model sees them: which columns of an attempt differ, and what stands in them."""

from __future__ import annotations

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

    @staticmethod
    def _number(features: AttemptFeatures, name: str, value: Any) -> float:
        if not isinstance(value, str):
            return float(value)
        words = features.vocabulary_[name].to_pylist()
        return float(words.index(value)) if value in words else float(len(words))

    def rows(self, row: Array, ways: tuple[str, ...]) -> Array:
        """Copies of the row, one for each way."""
        rows = np.repeat(row, len(ways), axis=0)
        for number, way in enumerate(ways):
            places, values = self._set[way]
            rows[number, places] = values
        return rows
