"""Kitagawa: what of a change comes from other payments (mix), and what from the same ones doing otherwise (rate)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from payment_analysis.agents.diagnosis.attempts import COVARIATES, DIMENSIONS

if TYPE_CHECKING:
    from payment_analysis.agents.diagnosis.scan import Residuals

MOVES_SHOWN: Final = 5
MOVE_MIN: Final = 0.0005  # of the rate: half a tenth of a percentage point
FINER: Final = frozenset({"merchant_id", "event_hour"})  # said by their coarser forms


@dataclass(frozen=True, slots=True)
class Move:
    """A value whose share of the attempts changed, and what that did to the rate; such effects overlap."""

    dimension: str
    value: str
    share_before: float
    share_now: float
    effect: float  # on the rate, 0..1


@dataclass(frozen=True, slots=True)
class Split:
    """The change of the rate in two parts that add up."""

    rate_before: float
    rate_now: float
    mix: float
    rate: float
    error: float  # standard error of the rate part, by chance alone
    moves: tuple[Move, ...]

    @property
    def change(self) -> float:
        return self.rate_now - self.rate_before


def split(now: Residuals, before: Residuals) -> Split:
    """Both parts, with the largest moves of the mix."""
    rate_before, rate_now = float(before.attempts.approved.mean()), float(now.attempts.approved.mean())
    bias = rate_before - float(before.expected.mean())  # what the expectation misses on its own ground
    mix = float(now.expected.mean()) + bias - rate_before
    chance = now.variance.sum() / len(now.attempts) ** 2 + before.variance.sum() / len(before.attempts) ** 2
    return Split(rate_before, rate_now, mix, rate_now - rate_before - mix, float(np.sqrt(chance)), _moves(now, before))


def _moves(now: Residuals, before: Residuals) -> tuple[Move, ...]:
    moves = []
    for name in (*DIMENSIONS, *COVARIATES):
        if name in FINER:
            continue
        here, there = now.attempts.columns[name], before.attempts.columns[name]
        then = np.bincount(there.codes, minlength=here.size).astype(float)
        approved = np.bincount(there.codes, before.expected, minlength=here.size)
        share_now = np.bincount(here.codes, minlength=here.size) / len(now.attempts)
        share_before = then / len(before.attempts)
        rate = np.where(then > 0, approved / np.maximum(then, 1), before.expected.mean())
        effect = (share_now - share_before) * (rate - before.expected.mean())
        place = int(np.argmax(np.abs(effect)))
        moves.append(
            Move(name, here.words[place], float(share_before[place]), float(share_now[place]), float(effect[place]))
        )
    told = [move for move in moves if abs(move.effect) >= MOVE_MIN]
    return tuple(sorted(told, key=lambda move: -abs(move.effect))[:MOVES_SHOWN])
