"""An attempt as a point: attempts that are alike in what is known before the answer lie near each other.

Every attribute has a block of numbers. A word is a direction in it, by the word's SHA-256, so that every word is
nearest to itself and about as far from any other; a number is an angle, so that near numbers are near. What is not
known is zero. The length of a point is one: the product of two points is their cosine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.ml.arrays import Array

AMOUNT_MAX_LOG: Final = 5.0  # of the amount, base ten: what is above is as far away as it gets


@dataclass(frozen=True, slots=True)
class Block:
    """One attribute: how many numbers it takes, and how much it counts."""

    name: str
    size: int
    weight: float


WORDS: Final = (
    Block("network", 6, 1.0),
    Block("issuer_country", 8, 1.1),
    Block("merchant_segment", 8, 1.0),
    Block("issuer", 10, 1.1),
    Block("payment_method_type", 4, 0.8),
    Block("payment_solution", 6, 0.7),
    Block("psp", 6, 0.7),
    Block("entry_system", 4, 0.4),
    Block("tried", 4, 0.8),
)
NUMBERS: Final = (Block("reporting_amount", 2, 1.2), Block("fraud_score", 2, 0.7))
SIZE: Final = sum(block.size for block in (*WORDS, *NUMBERS))


def points(attributes: pa.Table) -> Array:
    """One point per row; the columns are the attributes."""
    made = np.zeros((attributes.num_rows, SIZE), dtype=np.float32)
    start = 0
    for block in WORDS:
        column = attributes[block.name].combine_chunks().cast(pa.string()).dictionary_encode()
        values = np.stack(
            [_direction(word, block.size) for word in column.dictionary.to_pylist()] or [np.zeros(block.size)]
        )
        codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
        known = np.flatnonzero(codes >= 0)
        made[known, start : start + block.size] = block.weight * values[codes[known]]
        start += block.size
    for block in NUMBERS:
        numbers = attributes[block.name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        known = np.flatnonzero(np.isfinite(numbers))
        angle = _angle(block.name, numbers[known])
        made[known, start] = block.weight * np.cos(angle)
        made[known, start + 1] = block.weight * np.sin(angle)
        start += block.size
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    return np.asarray(made / np.where(lengths > 0, lengths, 1.0))


def point(attributes: Mapping[str, object]) -> Array:
    """One point; an attribute that is left out is not known."""
    kinds = {block.name: pa.string() for block in WORDS} | {block.name: pa.float64() for block in NUMBERS}
    columns = {name: pa.array([attributes.get(name)], kind) for name, kind in kinds.items()}
    return np.asarray(points(pa.table(columns))[0])


def _angle(name: str, values: Array) -> Array:
    if name == "reporting_amount":
        return np.asarray(np.pi * np.clip(np.log10(np.maximum(values, 1.0)), 0.0, AMOUNT_MAX_LOG) / AMOUNT_MAX_LOG)
    return np.asarray(np.pi / 2 * np.clip(values, 0.0, 1.0))


@lru_cache(maxsize=20_000)
def _direction(word: str, size: int) -> Array:
    """A word in a block; two bytes of its digest for each number."""
    digest = np.frombuffer(hashlib.sha256(word.encode()).digest(), dtype="<u2")[:size]
    made = digest.astype(np.float32) - 32_767.5
    return np.asarray(made / np.linalg.norm(made))
