"""Arrow columns made from numpy arrays without a loop over rows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from payment_analysis.simulate.arrays import Array

TIMESTAMP = pa.timestamp("us", tz="UTC")
SCORE = pa.decimal128(6, 4)
_HEX_PAIRS = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)


def hex_names(prefix: str, *numbers: Array, digits: int = 16) -> pa.Array:
    """Strings of a prefix and the hexadecimal digits of 64-bit numbers, each as wide as the others."""
    count, head = len(numbers[0]), np.frombuffer(prefix.encode(), dtype=np.uint8)
    width = len(head) + digits * len(numbers)
    text = np.empty((count, width), dtype=np.uint8)
    text[:, : len(head)] = head
    for place, number in enumerate(numbers):
        octets = number.astype(">u8").view(np.uint8).reshape(count, 8)[:, : digits // 2]
        start = len(head) + digits * place
        text[:, start : start + digits] = _HEX_PAIRS.take(octets).view(np.uint8)
    offsets = np.arange(count + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))


def words(index: Array, dictionary: pa.Array) -> pa.Array:
    """Strings from positions in a dictionary; a negative position is null."""
    positions = index.astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(positions, mask=positions < 0), dictionary)


def dictionary(values: Iterable[str]) -> pa.Array:
    """The distinct strings that words point into; made once for the same strings."""
    return _dictionary(tuple(str(value) for value in values))


@cache
def _dictionary(values: tuple[str, ...]) -> pa.Array:
    assert len(set(values)) == len(values), "two positions for one string would make equal rows differ"
    return pa.array(values, pa.string())


def constant(text: str, count: int) -> pa.Array:
    return words(np.zeros(count, dtype=np.int32), dictionary([text]))


def scores(values: Array) -> pa.Array:
    """Decimal scores of four places."""
    scaled = np.rint(np.clip(values, 0.0, 1.0) * 10_000).astype(np.int64)
    halves = np.zeros((len(scaled), 2), dtype=np.int64)  # little-endian 128 bits; scores are never negative
    halves[:, 0] = scaled
    return pa.Array.from_buffers(SCORE, len(scaled), [None, pa.py_buffer(halves)])


def instants(at_us: Array, mask: Array | None = None) -> pa.Array:
    return pa.array(at_us.astype(np.int64), mask=mask).cast(pa.timestamp("us")).cast(TIMESTAMP)


def flags(values: Array, mask: Array | None = None) -> pa.Array:
    return pa.array(np.asarray(values).astype(bool), mask=mask)


def maybe(values: Array) -> pa.Array:
    """Booleans from 1 and 0; negative is null."""
    return pa.array(values > 0, mask=values < 0)


def whole(values: Array, mask: Array | None = None) -> pa.Array:
    return pa.array(values.astype(np.int32), pa.int32(), mask=mask)


def nothing(kind: pa.DataType, count: int) -> pa.Array:
    return pa.nulls(count, kind)


def tables(values: Array) -> pa.Array:
    """Rows of a matrix as fixed-size lists of float32."""
    flat = pa.array(np.ascontiguousarray(values, dtype=np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
