"""How the rates moved: by hour, day or week of the report's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from payment_analysis.report.proportion import Proportion
from payment_analysis.report.warehouse import Query, Scope, Warehouse, whole

if TYPE_CHECKING:
    from datetime import datetime

# The grain keeps a chart between a handful and about two hundred points.
HOURLY_DAYS_MAX = 4
DAILY_DAYS_MAX = 200


@dataclass(frozen=True, slots=True)
class Point:
    """One stretch of time; a payment belongs to the stretch of its first attempt."""

    start: datetime  # midnight or full hour of the report's time zone
    payment: Proportion
    first_attempt: Proportion


@dataclass(frozen=True, slots=True)
class Trend:
    grain: str
    points: tuple[Point, ...]
    queries: tuple[Query, ...]


def grain_of(days: float) -> str:
    if days <= HOURLY_DAYS_MAX:
        return "hour"
    return "day" if days <= DAILY_DAYS_MAX else "week"


def _by_time(scope: Scope, grain: str) -> Query:
    return Query(
        "by_time",
        f"""-- One row per {grain} ({scope.zone}): payments and first attempts, answered and approved.
with {scope.payments()}

select
    {scope.bucket(grain, "first_attempt_at")} as start,
    count_if(has_authorization) as payments,
    count_if(final_result = 'approved') as approved,
    count_if(is_first_attempt_approved) as first_approved
from payments
group by 1
order by 1""",
    )


def read_trend(warehouse: Warehouse, scope: Scope, days: float) -> Trend:
    grain = grain_of(days)
    query = _by_time(scope, grain)
    points = tuple(
        Point(
            row["start"].replace(tzinfo=ZoneInfo(scope.zone)),
            Proportion.of(whole(row, "approved"), whole(row, "payments")),
            Proportion.of(whole(row, "first_approved"), whole(row, "payments")),
        )
        for row in query.rows(warehouse)
    )
    return Trend(grain, points, (query,))
