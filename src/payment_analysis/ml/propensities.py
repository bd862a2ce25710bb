"""How likely the logging policy was to choose each route, where it did not write it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from payment_analysis.ml.arrays import Array, codes, numbers, strings, vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

PROPENSITY: Final = "psp_propensity"  # the chance the route had when it was chosen; null where nobody wrote it down
PARENT_WEIGHT: Final = 30.0  # attempts; a narrow stratum is drawn to the wider one it is part of
FLOOR: Final = 0.005
STAGES_MAX: Final = 2  # first attempt, retry: cascades choose otherwise than first attempts
LEVELS: Final = ("merchant_id", "card_network", "is_cross_border")
WARNING: Final = (
    "propensities are estimated from how often each route was chosen in alike attempts; what the logging policy knew "
    "and we do not see may bias every estimate"
)


def estimated(attempts: pa.Table, routes: pa.Array) -> Array:
    """Row x route: frequencies by stage, then by merchant, network and border, each drawn to the level above."""
    route, width = codes(strings(attempts, "psp"), routes), len(routes)
    stage = np.minimum(np.nan_to_num(numbers(attempts, "attempt_number"), nan=1.0), STAGES_MAX).astype(np.int64)
    group, shares = stage, np.full((len(route), width), 1.0 / width)
    for level in (None, *LEVELS):
        if level is not None:
            group = _finer(group, strings(attempts, level))
        _, which = np.unique(group, return_inverse=True)
        counts = np.zeros((int(which.max()) + 1, width))
        np.add.at(counts, (which, route), 1.0)
        mine = counts[which]
        shares = (mine + PARENT_WEIGHT * shares) / (mine.sum(axis=1, keepdims=True) + PARENT_WEIGHT)
    floored = np.maximum(shares, FLOOR)
    return np.asarray(floored / floored.sum(axis=1, keepdims=True))


def logged(attempts: pa.Table, decisions: pa.Table, routes: pa.Array) -> Array | None:
    """The probability that was written down for the chosen route; nothing when any row has none."""
    names = decisions["transaction_id"].combine_chunks()
    place = codes(strings(attempts, "transaction_id"), names)
    if (place < 0).any() or not len(routes):
        return None
    return np.asarray(decisions[PROPENSITY].to_numpy()[place])


def with_written(chances: Array, chosen: Array, written: Array) -> Array:
    """The probability that was written down for the chosen route; the others share what is left as estimated."""
    row = np.arange(len(chosen))
    others = chances.copy()
    others[row, chosen] = 0.0
    others *= ((1.0 - written) / np.maximum(others.sum(axis=1), 1e-12))[:, None]
    others[row, chosen] = written
    return others


def _finer(group: Array, words: pa.Array) -> Array:
    return np.asarray(group * (len(words) + 2) + codes(words, vocabulary(words)) + 1)


def names_of(attempts: Sequence[pa.Table]) -> pa.Array:
    """Every route that occurs, in alphabetical order."""
    return vocabulary(pa.concat_arrays([strings(one, "psp") for one in attempts]))
