"""Providers compared three ways: on first attempts, adjusted for their mix, and the naive way that misleads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.metrics import TRIALS_MIN
from payment_analysis.report.proportion import Proportion, Stratum, standardised
from payment_analysis.report.warehouse import Query, Row, Scope, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OVERLAP_MIN = 10  # first attempts a provider needs in a stratum before the stratum can compare it

Key = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What the provider would approve on the common mix of strata, with a 95 % interval."""

    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Provider:
    psp: str
    first_attempts: Proportion
    all_attempts: Proportion
    retry_share: float  # of its answered attempts, how many were retries: the leftovers it was given
    adjusted: Adjusted | None

    @property
    def is_small(self) -> bool:
        return self.first_attempts.is_small


@dataclass(frozen=True, slots=True)
class Gap:
    """A stratum that cannot compare: which providers have too few first attempts in it."""

    network: str | None
    country: str | None
    amount_band: str | None
    first_attempts: int
    psps_missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Providers:
    providers: tuple[Provider, ...]  # best first, judged by the adjusted rate, else by first attempts
    strata: int
    strata_common: int
    overlap_share: float | None  # share of first attempts that lie in strata every compared provider serves
    gaps: tuple[Gap, ...]  # largest first
    amount_limits: tuple[str, ...]
    order_changes: bool  # the naive ranking differs from the fair one
    unnamed: int  # answered attempts without a provider
    queries: tuple[Query, ...]


def _by_stratum(scope: Scope) -> Query:
    return Query(
        "by_stratum",
        f"""-- One row per provider, network, country and quarter of the amounts: answered attempts, first ones apart.
with {scope.attempts()},

limits as (
    select
        percentile_disc(0.25) within group (order by reporting_amount) as quarter,
        percentile_disc(0.5) within group (order by reporting_amount) as half,
        percentile_disc(0.75) within group (order by reporting_amount) as three_quarters
    from attempts
    where is_authorization and is_first_attempt
)

select
    a.psp,
    a.card_network as network,
    a.country,
    case
        when a.reporting_amount is null then null
        when a.reporting_amount <= l.quarter then '1'
        when a.reporting_amount <= l.half then '2'
        when a.reporting_amount <= l.three_quarters then '3'
        else '4'
    end as amount_band,
    min(l.quarter) as quarter,
    min(l.half) as half,
    min(l.three_quarters) as three_quarters,
    count(*) as attempts,
    count_if(a.is_approved) as approved,
    count_if(a.is_first_attempt) as first_attempts,
    count_if(a.is_first_attempt and a.is_approved) as first_approved
from attempts as a
cross join limits as l
where a.is_authorization
group by 1, 2, 3, 4
order by 1, 2, 3, 4""",
    )


def read_providers(warehouse: Warehouse, scope: Scope) -> Providers:
    query = _by_stratum(scope)
    rows = query.rows(warehouse)
    named = [row for row in rows if row["psp"] is not None]
    psps = sorted({row["psp"] for row in named})
    plain = {psp: [row for row in named if row["psp"] == psp] for psp in psps}
    compared = [psp for psp in psps if _sum(plain[psp], "first_attempts") >= TRIALS_MIN]
    cells = _cells(named)
    common = {key for key, cell in cells.items() if not _thin(cell, compared)} if len(compared) > 1 else set()
    weights = {key: float(sum(trials for _, trials in cells[key].values())) for key in common}
    providers = tuple(
        _provider(psp, plain[psp], _strata(psp, cells, weights) if psp in compared else []) for psp in psps
    )
    total = _sum(named, "first_attempts")
    return Providers(
        providers=tuple(sorted(providers, key=_fair, reverse=True)),
        strata=len(cells),
        strata_common=len(common),
        overlap_share=sum(weights.values()) / total if total and len(compared) > 1 else None,
        gaps=_gaps(cells, compared) if len(compared) > 1 else (),
        amount_limits=_limits(rows, scope),
        order_changes=_ranking(providers, naive=True) != _ranking(providers, naive=False),
        unnamed=_sum([row for row in rows if row["psp"] is None], "attempts"),
        queries=(query,),
    )


def _sum(rows: Iterable[Row], column: str) -> int:
    return sum(whole(row, column) for row in rows)


def _cells(rows: Sequence[Row]) -> dict[Key, dict[str, tuple[int, int]]]:
    """Per stratum and provider: first attempts approved, and answered."""
    cells: dict[Key, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        if whole(row, "first_attempts"):
            cells[row["network"], row["country"], row["amount_band"]][row["psp"]] = (
                whole(row, "first_approved"),
                whole(row, "first_attempts"),
            )
    return dict(cells)


def _thin(cell: dict[str, tuple[int, int]], compared: Sequence[str]) -> tuple[str, ...]:
    return tuple(psp for psp in compared if cell.get(psp, (0, 0))[1] < OVERLAP_MIN)


def _strata(psp: str, cells: dict[Key, dict[str, tuple[int, int]]], weights: dict[Key, float]) -> list[Stratum]:
    return [Stratum(weight, *cells[key][psp]) for key, weight in sorted(weights.items(), key=lambda item: str(item[0]))]


def _provider(psp: str, rows: Sequence[Row], strata: Sequence[Stratum]) -> Provider:
    attempts, first = _sum(rows, "attempts"), _sum(rows, "first_attempts")
    adjusted = standardised(strata)
    return Provider(
        psp=psp,
        first_attempts=Proportion.of(_sum(rows, "first_approved"), first),
        all_attempts=Proportion.of(_sum(rows, "approved"), attempts),
        retry_share=1 - first / attempts if attempts else 0.0,
        adjusted=Adjusted(*adjusted) if adjusted else None,
    )


def _fair(provider: Provider) -> tuple[bool, float]:
    rate = provider.adjusted.rate if provider.adjusted else provider.first_attempts.rate
    return not provider.is_small, rate or 0.0


def _ranking(providers: Sequence[Provider], *, naive: bool) -> list[str]:
    judged = [provider for provider in providers if not provider.is_small]
    if naive:
        return [p.psp for p in sorted(judged, key=lambda p: p.all_attempts.rate or 0.0, reverse=True)]
    return [p.psp for p in sorted(judged, key=_fair, reverse=True)]


def _gaps(cells: dict[Key, dict[str, tuple[int, int]]], compared: Sequence[str]) -> tuple[Gap, ...]:
    gaps = [
        Gap(*key, first_attempts=sum(trials for _, trials in cell.values()), psps_missing=missing)
        for key, cell in cells.items()
        if (missing := _thin(cell, compared))
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.first_attempts, str(gap.network), str(gap.country))))


def _limits(rows: Sequence[Row], scope: Scope) -> tuple[str, ...]:
    if not rows or rows[0]["quarter"] is None:
        return ()
    return tuple(f"{scope.currency} {rows[0][name]:,.2f}" for name in ("quarter", "half", "three_quarters"))
