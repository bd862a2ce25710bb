"""What a challenge threshold trades: friction against approval and reported fraud, from what stored attempts show.

Attempts are compared within cells of equal vendor score and funding: those at or above the threshold get what the
challenged ones of their cell got, those below it what the others got. Whoever was challenged may differ in more than
that, so it is an estimate to start an experiment from, not its result. A cell where too few went that way tells
nothing, and its attempts are left out and counted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from payment_analysis.domain.metrics import Z_95

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BANDS: Final = 20  # of the score, each 0.05 wide
ANSWERED_MIN: Final = 20  # attempts of a cell that went one way; fewer tell nothing of it
QUESTION: Final = f"""
select
    least(floor(cast(fraud_score as double) * {BANDS}), {BANDS - 1}) as band,
    coalesce(payment_method_type, '') as funding,
    coalesce(three_ds_friction, false) as is_challenged,
    count(*) as attempts,
    count_if(is_approved is not null) as answered,
    count_if(is_approved) as approved,
    count_if(is_approved and fraud_reported_at is not null) as reported
from payments_enriched_silver
where is_sale and fraud_score is not null
group by band, funding, is_challenged
"""


class Seen(NamedTuple):
    """What became of the attempts of one cell that went one way."""

    attempts: int = 0
    answered: int = 0
    approved: int = 0
    reported: int = 0


class Point(NamedTuple):
    """One threshold; shares are 0..1, None where no cell tells."""

    threshold: float
    challenged: float
    approval: float | None
    low: float | None
    high: float | None
    fraud: float | None
    without_evidence: float


class Tradeoff(NamedTuple):
    """Every threshold, and what was done."""

    points: list[Point]
    attempts: int
    reports: int
    challenged: float | None
    approval: float | None
    fraud: float | None


Cell = tuple[int, str]


def tradeoff(rows: Iterable[Mapping[str, Any]]) -> Tradeoff:
    """The trade-off from the rows of `QUESTION`."""
    ways: dict[bool, dict[Cell, Seen]] = {True: {}, False: {}}
    for row in rows:
        cell = (int(row["band"]), row["funding"])
        seen = Seen(row["attempts"], row["answered"], row["approved"], row["reported"])
        ways[row["is_challenged"]][cell] = seen
    every = [seen for way in ways.values() for seen in way.values()]
    total = Seen(*(sum(part) for part in zip(*every, strict=True))) if every else Seen()
    challenged = sum(seen.attempts for seen in ways[True].values())
    points = [_point(band, ways, total.attempts) for band in range(BANDS + 1)] if total.attempts else []
    return Tradeoff(
        points,
        total.attempts,
        total.reported,
        _share(challenged, total.attempts),
        _share(total.approved, total.answered),
        _share(total.reported, total.approved),
    )


def _point(band: int, ways: Mapping[bool, Mapping[Cell, Seen]], total: int) -> Point:
    """All cells, each with the way it would go from this band on."""
    weight = approved = variance = reported = challenged = 0.0
    for cell in ways[True].keys() | ways[False].keys():
        attempts = sum(way.get(cell, Seen()).attempts for way in ways.values())
        goes = cell[0] >= band
        challenged += attempts * goes
        seen = ways[goes].get(cell, Seen())
        if seen.answered < ANSWERED_MIN:
            continue
        rate = seen.approved / seen.answered
        weight += attempts
        approved += attempts * rate
        variance += attempts**2 * rate * (1.0 - rate) / seen.answered
        reported += attempts * seen.reported / seen.answered
    if not weight:
        return Point(band / BANDS, challenged / total, None, None, None, None, 1.0)
    rate, half = approved / weight, Z_95 * math.sqrt(variance) / weight
    return Point(
        threshold=band / BANDS,
        challenged=challenged / total,
        approval=rate,
        low=max(0.0, rate - half),
        high=min(1.0, rate + half),
        fraud=reported / approved if approved else None,
        without_evidence=1.0 - weight / total,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
