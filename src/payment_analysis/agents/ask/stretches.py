"""Stretches of the calendar, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask.spec import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

LENGTHS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "minute": timedelta(minutes=1),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
        "month": timedelta(days=30),
        "quarter": timedelta(days=91),
        "year": timedelta(days=365),
    }
)


def before(period: Period, *, now: datetime) -> Period:
    """The stretch before: the calendar's for a whole month or quarter, else of equal length."""
    start, end = period.start.astimezone(UTC), period.end.astimezone(UTC)
    if start.day == 1 and start.time() == end.time() == datetime.min.time() and end.day == 1 and end <= now:
        months = (end.year - start.year) * 12 + end.month - start.month
        first = start.date()
        for _ in range(months):
            first = (first - timedelta(days=1)).replace(day=1)
        return Period(start=midnight(first), end=start, label=f"the {'month' if months == 1 else 'time'} before")
    return Period(start=start - (end - start), end=start, label="the period before")


def one_before(first: date, unit: str) -> date:
    if unit in {"day", "week"}:
        return first - LENGTHS[unit]
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def next_month(first: date, months: int = 1) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def day_of(day: date, end: datetime | None = None) -> Period:
    start = midnight(day)
    return Period(start=start, end=end or start + timedelta(days=1), label=f"{day:%Y-%m-%d}")
