"""Arithmetic on arrays that numpy leaves out: the normal distribution, hashed noise, rows as structures of arrays."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[Any]
Rows = TypeVar("Rows")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def normal_cdf(x: Array) -> Array:
    """Distribution function of the standard normal; Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7."""
    t = np.abs(x)
    bell = x * x
    bell *= -0.5
    np.exp(bell, out=bell)
    t *= 0.3275911 * 0.7071067811865476
    t += 1.0
    np.reciprocal(t, out=t)
    tail = t * 1.061405429
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += coefficient
        tail *= t
    tail *= bell
    tail *= 0.5
    return np.asarray(np.where(x < 0, tail, 1.0 - tail))


def mix64(numbers: Array) -> Array:
    """Scramble 64-bit numbers one to one (the finaliser of splitmix64): distinct numbers stay distinct."""
    z = numbers.astype(np.uint64)  # a copy, scrambled in place
    z += _GOLDEN
    z ^= z >> np.uint64(30)
    z *= _FIRST
    z ^= z >> np.uint64(27)
    z *= _SECOND
    z ^= z >> np.uint64(31)
    return np.asarray(z)


def hashed(salt: int, *keys: Array) -> Array:
    """Scramble keys and a salt into one 64-bit number per row, the same for the same keys for ever."""
    number = np.full(keys[0].shape, salt & 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)
    for key in keys:
        number = mix64(number ^ mix64(key))
    return number


def hashed_uniform(salt: int, *keys: Array) -> Array:
    """Uniform noise in (0, 1) that is a function of its keys."""
    uniform: Array = ((hashed(salt, *keys) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return uniform


def hashed_normal(salt: int, *keys: Array) -> Array:
    """Standard normal noise that is a function of its keys (Box and Muller)."""
    radius = np.sqrt(-2.0 * np.log(hashed_uniform(salt, *keys)))
    normal: Array = radius * np.cos(2.0 * np.pi * hashed_uniform(salt + 1, *keys))
    return normal


def cumulative(weights: Array) -> Array:
    """Cumulative shares of the weights, ending in exactly one."""
    total: Array = np.cumsum(weights, dtype=np.float64)
    total /= total[-1]
    total[-1] = 1.0
    return total


def choose(cumulative_shares: Array, uniform: Array) -> Array:
    """Index of the share each uniform number falls into."""
    index = np.searchsorted(cumulative_shares, uniform, side="right")
    return np.asarray(np.minimum(index, len(cumulative_shares) - 1))


def choose_by_group(cumulative_by_group: Array, group: Array, uniform: Array) -> Array:
    """Like choose, with one row of cumulative shares per group; rows must have equal length."""
    groups, width = cumulative_by_group.shape
    ladder = (cumulative_by_group + np.arange(groups)[:, None]).ravel()
    index = np.searchsorted(ladder, np.minimum(uniform, 1 - 1e-12) + group, side="right") - group * width
    return np.asarray(np.clip(index, 0, width - 1))


def take_rows(rows: Rows, index: Array) -> Rows:
    """The rows of a structure of arrays that an index or a mask names; an array that is absent stays absent."""
    make: Callable[..., Rows] = type(rows)
    assert is_dataclass(rows)
    if index.dtype == np.bool_:
        index = np.flatnonzero(index)
    chosen = {field.name: _take(getattr(rows, field.name), index) for field in fields(rows)}
    return make(**chosen)


def _take(value: Any, index: Array) -> Any:
    if value is None:
        return None
    if is_dataclass(value):
        return take_rows(value, index)
    return value.take(index, axis=0)


def concat_rows(parts: list[Rows]) -> Rows:
    """One structure of arrays from several, in order."""
    first = parts[0]
    make: Callable[..., Rows] = type(first)
    assert is_dataclass(first)
    joined = {field.name: _concat([getattr(part, field.name) for part in parts]) for field in fields(first)}
    return make(**joined)


def _concat(values: list[Any]) -> Any:
    if values[0] is None:
        return None
    return concat_rows(values) if is_dataclass(values[0]) else np.concatenate(values)
