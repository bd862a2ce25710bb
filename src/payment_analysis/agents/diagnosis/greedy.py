"""One cause after the other: the most telling cell, made sharper, checked against ordinary weeks, explained away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.agents.diagnosis.attempts import DIMENSIONS, NONE, OTHER
from payment_analysis.agents.diagnosis.scan import (
    ATTEMPTS_MIN,
    Cell,
    Residuals,
    Scored,
    contrast,
    scan,
)

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array

CAUSES_MAX: Final = 4
P_MAX: Final = 0.01  # after Bonferroni
SHARPER_BY: Final = 3.0  # log-likelihood a fourth dimension has to gain beyond the number of its values
BLOCKS_MIN: Final = 7  # spans of the reference, as long as the period or a seventh: fewer do not tell how it varies
ORDINARY_SPREADS: Final = 4.0  # how many times its ordinary spread a cell must have moved


@dataclass(frozen=True)
class Moved:
    """A cell that moved: where, how far, how surely."""

    scored: Scored
    inside: Array  # of the attempts now
    earlier: Array  # of the attempts before
    alike: tuple[Cell, ...]  # cells of nearly the same attempts, which the data cannot tell from it

    @property
    def cell(self) -> Cell:
        return self.scored.cell


def causes(now: Residuals, before: Residuals, direction: float) -> list[Moved]:
    """The cells that moved by themselves, the most telling first; each is taken out before the next is looked for."""
    found: list[Moved] = []
    left, left_before = np.ones(len(now.attempts), dtype=bool), np.ones(len(before.attempts), dtype=bool)
    while len(found) < CAUSES_MAX:
        rest, rest_before = _part(now, left), _part(before, left_before)
        ranked = [one for one in scan(rest, rest_before, direction) if one.p_adjusted <= P_MAX]
        chosen = next((one for one in ranked if is_extraordinary(rest, rest_before, one)), None)
        if chosen is None:
            return found
        sharp = _sharpened(rest, rest_before, chosen, direction)
        inside, earlier = sharp.cell.holds(now.attempts), sharp.cell.holds(before.attempts)
        found.append(Moved(sharp, inside, earlier, _alike(now, sharp.cell, inside, ranked)))
        left &= ~inside
        left_before &= ~earlier
        if left.sum() < ATTEMPTS_MIN or not left_before.any():
            return found
    return found


def _part(residuals: Residuals, rows: Array) -> Residuals:
    if rows.all():
        return residuals
    places = np.flatnonzero(rows)
    return Residuals(residuals.attempts.part(places), residuals.expected[places])


def is_extraordinary(now: Residuals, before: Residuals, one: Scored) -> bool:
    """Whether the cell, seen against the rest, moved far beyond what it does between one span and the next anyway."""
    earlier = one.cell.holds(before.attempts)
    start = int(before.attempts.at_us.min())
    reach_us = int(before.attempts.at_us.max()) - start + 1
    span_us = max(1, min(int(np.ptp(now.attempts.at_us)) + 1, reach_us // BLOCKS_MIN))
    blocks = (before.attempts.at_us - start) // span_us
    whole = reach_us // span_us
    size = int(blocks.max()) + 1
    count = np.bincount(blocks[earlier], minlength=size)[:whole].astype(float)
    missing = np.bincount(blocks[earlier], before.missing[earlier], minlength=size)[:whole]
    others_missing = np.bincount(blocks[~earlier], before.missing[~earlier], minlength=size)[:whole]
    others = others_missing / np.maximum(np.bincount(blocks[~earlier], minlength=size)[:whole], 1)
    usual = count > 0
    if usual.sum() < BLOCKS_MIN:
        return True
    away = missing[usual] / count[usual] - others[usual]
    chance = np.bincount(blocks[earlier], before.variance[earlier], minlength=size)[:whole][usual] / count[usual] ** 2
    inside = one.cell.holds(now.attempts)
    beyond = max(0.0, float(np.var(away)) - float(np.median(chance)))  # variance that chance does not explain
    spread = np.sqrt(beyond + now.variance[inside].sum() / max(inside.sum(), 1) ** 2)
    return bool(abs(one.moved / one.attempts) > ORDINARY_SPREADS * spread)


def _sharpened(now: Residuals, before: Residuals, chosen: Scored, direction: float) -> Scored:
    """The cell with one more dimension, where that tells clearly more: what fails may be a corner of a corner."""
    inside = np.flatnonzero(chosen.cell.holds(now.attempts))
    here = Residuals(now.attempts.part(inside), now.expected[inside])
    whole = float(contrast(now, *_sums(here, np.ones(len(inside), dtype=bool)))[0])
    best, best_gain = chosen, SHARPER_BY
    for name in DIMENSIONS:
        if name in chosen.cell.dimensions:
            continue
        column = here.attempts.columns[name]
        codes = np.flatnonzero(np.bincount(column.codes, minlength=column.size) >= ATTEMPTS_MIN)
        for code in codes:
            part = column.codes == code
            if column.words[code] in {OTHER, NONE} or part.all():
                continue
            gain = float(contrast(now, *_sums(here, part))[0]) - whole - np.log(len(codes))
            if gain > best_gain and here.missing[part].sum() * direction > 0:
                cell = Cell((*chosen.cell.dimensions, name), (*chosen.cell.codes, int(code)))
                best, best_gain = _moved(now, before, replace(chosen, cell=cell, score=chosen.score + gain)), gain
    return best


def _moved(now: Residuals, before: Residuals, one: Scored) -> Scored:
    inside, earlier = one.cell.holds(now.attempts), one.cell.holds(before.attempts)
    bias = before.missing[earlier].sum() / (earlier.sum() + 50.0)
    return replace(one, attempts=int(inside.sum()), moved=float(now.missing[inside].sum() - bias * inside.sum()))


def _sums(here: Residuals, part: Array) -> tuple[Array, Array, Array]:
    sums = float(part.sum()), float(here.attempts.approved[part].sum()), float(here.expected[part].sum())
    count, approved, expected = (np.array([value]) for value in sums)
    return count, approved, expected


def _alike(now: Residuals, cell: Cell, inside: Array, ranked: list[Scored]) -> tuple[Cell, ...]:
    """Other cells of nearly the same attempts: the data cannot tell which of them is meant."""
    same = []
    for one in ranked[:20]:
        other = one.cell.holds(now.attempts)
        if one.cell != cell and (inside & other).sum() >= 0.9 * (inside | other).sum():
            same.append(one.cell)
    return tuple(same[:3])
