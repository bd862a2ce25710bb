"""Signs that the data changed and not the payments: silent feeds, emptied columns, answers nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from payment_analysis.agents.diagnosis.attempts import DIMENSIONS, NONE

if TYPE_CHECKING:
    from payment_analysis.agents.diagnosis.attempts import Attempts

FEEDS: Final = ("psp", "entry_system", "card_network", "geo_country")
SILENT_MIN: Final = 50.0  # attempts that should have come; fewer may be missing by chance
EMPTIED_MIN: Final = 0.05  # of the attempts lost a dimension
UNKNOWN_MIN: Final = 0.02  # of the attempts got an answer nobody knows
OPEN_MIN: Final = 0.02  # of the attempts have no outcome yet


@dataclass(frozen=True, slots=True)
class Gap:
    """One such sign, as shares of the attempts."""

    kind: Literal["silent", "emptied", "unknown_answers", "open_outcomes"]
    what: str
    before: float
    now: float


def gaps_of(now: Attempts, before: Attempts) -> tuple[Gap, ...]:
    """Every sign, the feeds that fell silent first."""
    return (*_silent(now, before), *_emptied(now, before), *_answers(now, before))


def _silent(now: Attempts, before: Attempts) -> list[Gap]:
    found = []
    per_span = (float(np.ptp(now.at_us)) + 1) / (float(np.ptp(before.at_us)) + 1) * before.weight
    for name in FEEDS:
        column = now.columns[name]
        then = np.bincount(before.columns[name].codes, minlength=column.size)
        count = np.bincount(column.codes, minlength=column.size)
        silent = np.flatnonzero((count == 0) & (then * per_span >= SILENT_MIN))
        shares = then / len(before)
        found += [Gap("silent", f"{name}={column.words[code]}", float(shares[code]), 0.0) for code in silent]
    return found


def _emptied(now: Attempts, before: Attempts) -> list[Gap]:
    found = []
    for name in DIMENSIONS:
        column = now.columns[name]
        if NONE in column.words:
            code = column.words.index(NONE)
            then = float((before.columns[name].codes == code).mean())
            share = float((column.codes == code).mean())
            if share - then >= EMPTIED_MIN:
                found.append(Gap("emptied", name, then, share))
    return found


def _answers(now: Attempts, before: Attempts) -> list[Gap]:
    words = now.answers.words
    unknown = [code for code, word in enumerate(words) if word.endswith(":unknown") and not word.startswith("merchant")]
    waiting = [code for code, word in enumerate(words) if word == "pending"]
    shares = [
        (float(np.isin(before.answers.codes, codes).mean()), float(np.isin(now.answers.codes, codes).mean()))
        for codes in (unknown, waiting)
    ]
    (unknown_before, unknown_now), (waiting_before, waiting_now) = shares
    found = []
    if unknown_now - unknown_before >= UNKNOWN_MIN:
        found.append(Gap("unknown_answers", "answers", unknown_before, unknown_now))
    if waiting_now - waiting_before >= OPEN_MIN:
        found.append(Gap("open_outcomes", "outcomes", waiting_before, waiting_now))
    return found
