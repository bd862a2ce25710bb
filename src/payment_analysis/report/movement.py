"""Why the payment rate moved between two periods: per dimension, what the groups did and how their shares changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.scope import MISSING, Dimension
from payment_analysis.report.proportion import Difference, Proportion, difference, z_for
from payment_analysis.report.warehouse import Query, Row, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The column of a payment that holds a dimension. Merchants and currencies are left out: too many, and no cause.
COLUMNS: Final[Mapping[Dimension, str]] = {
    Dimension.NETWORK: "card_network",
    Dimension.PSP: "first_psp",
    Dimension.COUNTRY: "coalesce(issuer_country, geo_country)",
    Dimension.SEGMENT: "merchant_segment",
    Dimension.SOLUTION: "payment_solution",
    Dimension.ENTRY_SYSTEM: "entry_system",
}

_NAMED = ",\n        ".join(f"coalesce({column}, '{MISSING}') as {dimension}" for dimension, column in COLUMNS.items())
_WHICH = "\n        ".join(f"when grouping({dimension}) = 0 then '{dimension}'" for dimension in COLUMNS)
_SETS = ", ".join(f"({dimension})" for dimension in COLUMNS)

BY_GROUP = Query(
    "payments_by_group",
    f"""-- One row per dimension and group: payments with an answer, and those approved in the end.
with payments as (
    select
        {_NAMED},
        final_result = 'approved' as is_won
    from payments_silver
    where has_authorization
)

select
    case
        {_WHICH}
    end as dimension,
    coalesce({", ".join(COLUMNS)}) as name,
    count(*) as payments,
    count_if(is_won) as approved
from payments
group by grouping sets ({_SETS})
order by 1, 2""",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One group: its rate and share then and now, and how much of the change comes from each."""

    name: str
    before: Proportion
    now: Proportion
    by_rate: float  # its own rate changed
    by_mix: float  # its share of the payments changed
    gap: Difference | None  # of its rates, over all groups of the dimension at once; null when it is in one period only


@dataclass(frozen=True, slots=True)
class Movement:
    """The whole change along one dimension; the parts add up to it."""

    dimension: Dimension
    by_rate: float
    by_mix: float
    parts: tuple[Part, ...]  # largest contribution first


def read_movements(before: Warehouse, now: Warehouse) -> tuple[Movement, ...]:
    """Decompose along every dimension that tells at least two groups apart."""
    old, new = _groups(BY_GROUP.rows(before)), _groups(BY_GROUP.rows(now))
    movements = [decomposed(dimension, old.get(dimension, {}), new.get(dimension, {})) for dimension in COLUMNS]
    return tuple(movement for movement in movements if movement is not None and len(movement.parts) > 1)


def decomposed(
    dimension: Dimension, before: Mapping[str, tuple[int, int]], now: Mapping[str, tuple[int, int]]
) -> Movement | None:
    """Split the change symmetrically: rates at the mean shares, shares at the mean rates; nothing is left over.

    Groups are (approved, payments). The effect of a share is measured against the mean rate of both periods, so a
    good group that grows helps. A group of one period only has no change of its rate: all it does is mix.
    """
    trials = [sum(payments for _, payments in groups.values()) for groups in (before, now)]
    if not all(trials):
        return None
    wins = [sum(approved for approved, _ in groups.values()) for groups in (before, now)]
    rates = [won / made for won, made in zip(wins, trials, strict=True)]
    names = sorted({name for groups in (before, now) for name, (_, payments) in groups.items() if payments})
    z = z_for(len(names))
    parts = [
        _part(name, before.get(name, (0, 0)), now.get(name, (0, 0)), trials=trials, mean_rate=sum(rates) / 2, z=z)
        for name in names
    ]
    by_rate, by_mix = sum(part.by_rate for part in parts), sum(part.by_mix for part in parts)
    assert abs(by_rate + by_mix - (rates[1] - rates[0])) < 1e-9, "the parts add up to the change"
    parts.sort(key=lambda part: -abs(part.by_rate + part.by_mix))
    return Movement(dimension, by_rate, by_mix, tuple(parts))


def _part(
    name: str, before: tuple[int, int], now: tuple[int, int], *, trials: list[int], mean_rate: float, z: float
) -> Part:
    old, new = Proportion.of(*before), Proportion.of(*now)
    shares = before[1] / trials[0], now[1] / trials[1]
    known = [rate for rate in (old.rate, new.rate) if rate is not None]
    rate_before, rate_now = known[0], known[-1]
    return Part(
        name=name,
        before=old,
        now=new,
        by_rate=(rate_now - rate_before) * sum(shares) / 2,
        by_mix=(shares[1] - shares[0]) * ((rate_before + rate_now) / 2 - mean_rate),
        gap=difference(new, old, z),
    )


def _groups(rows: Iterable[Row]) -> dict[Dimension, dict[str, tuple[int, int]]]:
    groups: dict[Dimension, dict[str, tuple[int, int]]] = {}
    for row in rows:
        counts = (whole(row, "approved"), whole(row, "payments"))
        groups.setdefault(Dimension(row["dimension"]), {})[row["name"]] = counts
    return groups
