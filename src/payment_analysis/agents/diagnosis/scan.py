"""The residual subset scan: which combination of up to three dimensions moved away from what was expected of it.

Every cell (issuer X; issuer X on route Y; …) is compared with the rest: a shift that all attempts share is no cell's
fault. What the expectation gets wrong about a cell, it got wrong in the reference period too, so the cell's own
residual there is taken off. The score is a log-likelihood ratio, less the logarithm of the number of cells of the
combination; chances of error are multiplied by the number of all cells that were looked at (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import chi2

from payment_analysis.agents.diagnosis.attempts import DIMENSIONS, NONE, OTHER, joint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from payment_analysis.agents.diagnosis.attempts import Attempts
    from payment_analysis.ml.arrays import Array

WAYS_MAX: Final = 3
ATTEMPTS_MIN: Final = 25  # of a cell; fewer say nothing
MOVED_MIN: Final = 8.0  # approvals above or below expectation; fewer are no incident
CELLS_PER_COMBINATION: Final = 3  # candidates kept of each
CANDIDATES: Final = 24
OWN_BIAS_WEIGHT: Final = 50.0  # attempts that "the expectation is right about this cell" counts for


@dataclass(frozen=True, slots=True)
class Cell:
    """A combination of values; none is everything."""

    dimensions: tuple[str, ...]
    codes: tuple[int, ...]

    def holds(self, attempts: Attempts) -> Array:
        """Which attempts are in it."""
        inside = np.ones(len(attempts), dtype=bool)
        for name, code in zip(self.dimensions, self.codes, strict=True):
            inside &= attempts.columns[name].codes == code
        return inside

    def values(self, attempts: Attempts) -> dict[str, str]:
        """Its values in words."""
        return {
            name: attempts.columns[name].words[code] for name, code in zip(self.dimensions, self.codes, strict=True)
        }


@dataclass(frozen=True, slots=True)
class Scored:
    """A cell and how far it moved."""

    cell: Cell
    attempts: int
    moved: float  # approvals above (+) or below (-) expectation, its own bias taken off
    score: float
    p_adjusted: float


@dataclass(frozen=True)
class Residuals:
    """Attempts with what was expected of each; a share of them may have been explained already."""

    attempts: Attempts
    expected: Array

    @cached_property
    def missing(self) -> Array:
        return np.asarray(self.attempts.approved - self.expected)

    @cached_property
    def variance(self) -> Array:
        return np.asarray(self.expected * (1.0 - self.expected))


def likelihood_ratio(attempts: Array, approved: Array, expected: Array) -> Array:
    """Log-likelihood of the share that was seen over that of the share that was expected; never negative."""
    count = np.maximum(attempts, 1e-9)
    seen = np.clip(approved / count, 1e-6, 1 - 1e-6)
    due = np.clip(expected / count, 1e-6, 1 - 1e-6)
    ratio = count * (seen * np.log(seen / due) + (1 - seen) * np.log((1 - seen) / (1 - due)))
    return np.asarray(np.maximum(ratio, 0.0))


def combinations_of(attempts: Attempts) -> Iterator[tuple[str, ...]]:
    """Every one to three dimensions that tell attempts apart, without a dimension that another one implies."""
    telling = [name for name in DIMENSIONS if np.ptp(attempts.columns[name].codes) > 0]
    implied = {pair for pair in combinations(telling, 2) if _is_implied(attempts, *pair)}
    for ways in range(1, WAYS_MAX + 1):
        for names in combinations(telling, ways):
            if not any(pair in implied for pair in combinations(names, 2)):
                yield names


def _is_implied(attempts: Attempts, first: str, second: str) -> bool:
    """Whether one of two dimensions is a coarser form of the other."""
    columns = attempts.columns[first], attempts.columns[second]
    pairs = len(np.unique(joint(columns)[0]))
    return pairs <= max(len(np.unique(column.codes)) for column in columns)


def scan(now: Residuals, before: Residuals, direction: float) -> list[Scored]:
    """The cells that moved furthest in a direction (-1 down, +1 up), the most telling first."""
    looked_at, found = 0, []
    for names in combinations_of(now.attempts):
        cells, best = _best_of(now, names, direction)
        looked_at += cells
        found += best
    found.sort(key=lambda one: -one.score)
    judged = [_judged(now, before, one.cell, looked_at) for one in found[:CANDIDATES]]
    kept = [one for one in judged if one is not None and one.moved * direction >= MOVED_MIN]
    return sorted(kept, key=lambda one: -one.score)


def _best_of(now: Residuals, names: Sequence[str], direction: float) -> tuple[int, list[Scored]]:
    """How many cells a combination has, and its most telling ones."""
    columns = [now.attempts.columns[name] for name in names]
    code, size = joint(columns)
    count = np.bincount(code, minlength=size).astype(float)
    approved = np.bincount(code, now.attempts.approved, minlength=size)
    expected = np.bincount(code, now.expected, minlength=size)
    moved = approved - expected
    big = np.flatnonzero((count >= ATTEMPTS_MIN) & (moved * direction >= MOVED_MIN))
    cells = int((count >= ATTEMPTS_MIN).sum())
    if not len(big):
        return cells, []
    score = contrast(now, count[big], approved[big], expected[big]) - np.log(max(cells, 1))
    order = np.argsort(-score)[:CELLS_PER_COMBINATION]
    kept = []
    for place in order:
        cell = Cell(tuple(names), _codes(int(big[place]), [column.size for column in columns]))
        if not {OTHER, NONE} & set(cell.values(now.attempts).values()):
            kept.append(Scored(cell, int(count[big[place]]), float(moved[big[place]]), float(score[place]), 1.0))
    return cells, kept


def contrast(now: Residuals, count: Array, approved: Array, expected: Array) -> Array:
    """Log-likelihood ratio of "the cell and the rest moved each by itself" over "all moved alike"."""
    total, all_approved, all_expected = float(len(now.attempts)), now.attempts.approved.sum(), now.expected.sum()
    rest = total - count
    alone = likelihood_ratio(count, approved, expected)
    others = likelihood_ratio(rest, all_approved - approved, all_expected - expected)
    together = likelihood_ratio(np.array([total]), np.array([all_approved]), np.array([all_expected]))
    return np.asarray(np.maximum(alone + others - together, 0.0))


def _judged(now: Residuals, before: Residuals, cell: Cell, looked_at: int) -> Scored | None:
    """The cell with its own bias in the reference period taken off, and the noise of that period added."""
    inside, earlier = cell.holds(now.attempts), cell.holds(before.attempts)
    count, known = float(inside.sum()), float(earlier.sum())
    bias = before.missing[earlier].sum() / (known + OWN_BIAS_WEIGHT)
    approved = now.attempts.approved[inside].sum()
    expected = float(np.clip(now.expected[inside].sum() + count * bias, 1e-6 * count, count * (1 - 1e-6)))
    noise = 1.0 + count * known / (known + OWN_BIAS_WEIGHT) ** 2
    ratio = float(contrast(now, *(np.array([value]) for value in (count, approved, expected)))[0]) / noise
    siblings = np.log(max(1, _siblings(now, cell)))
    return Scored(
        cell,
        int(count),
        float(approved - expected),
        ratio - siblings,
        float(min(1.0, chi2.sf(2.0 * ratio, 1) * looked_at)),
    )


def _siblings(now: Residuals, cell: Cell) -> int:
    """How many cells of its combination are big enough to be looked at."""
    code, size = joint([now.attempts.columns[name] for name in cell.dimensions])
    return int((np.bincount(code, minlength=size) >= ATTEMPTS_MIN).sum())


def _codes(code: int, sizes: Sequence[int]) -> tuple[int, ...]:
    codes: list[int] = []
    for size in reversed(sizes):
        code, rest = divmod(code, size)
        codes.append(rest)
    return tuple(reversed(codes))
