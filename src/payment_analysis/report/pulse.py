"""The few numbers an operator looks at first, as one total and as a row of points in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from payment_analysis.report.proportion import Proportion
from payment_analysis.report.trend import grain_of
from payment_analysis.report.warehouse import Query, Row, Scope, Warehouse, whole

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.domain.money import Money

MINUTELY_DAYS_MAX = 0.25  # six hours are 360 points; more are read by the hour

_PAYMENTS = """count_if(has_authorization) as payments,
    count_if(has_authorization and final_result = 'approved') as approved,
    count_if(is_first_attempt_approved) as first_approved,
    count_if(final_result not in ('approved', 'pending')) as lost_payments,
    sum(case when final_result not in ('approved', 'pending') then reporting_amount end) as lost_value,
    count_if(is_recovered) as recovered_payments,
    sum(case when is_recovered then approved_reporting_amount end) as recovered_value"""
_ATTEMPTS = """count(*) as attempts,
    percentile_approx(processing_time_ms, 0.95) as latency_ms_p95"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What happened in one period, or in one stretch of it that begins at `start`."""

    start: datetime | None
    payment: Proportion
    first_attempt: Proportion
    lost_payments: int
    lost_value: Money | None
    recovered_payments: int
    recovered_value: Money | None
    attempts: int
    latency_ms_p95: float | None  # null when no attempt says how long it took


@dataclass(frozen=True, slots=True)
class Pulses:
    """The whole period and its stretches, oldest first."""

    grain: str
    whole: Pulse
    points: tuple[Pulse, ...]
    queries: tuple[Query, ...]


def grain_for(days: float) -> str:
    return "minute" if days <= MINUTELY_DAYS_MAX else grain_of(days)


def read_total(warehouse: Warehouse, scope: Scope) -> Pulse:
    """The numbers of a whole period."""
    (payments,), (attempts,) = (query.rows(warehouse) for query in _totals())
    return _pulse(None, payments, attempts, scope)


def read_pulses(warehouse: Warehouse, scope: Scope, days: float) -> Pulses:
    """The numbers of a period, and how they went."""
    grain = grain_for(days)
    queries = _by_time(scope, grain)
    payments, attempts = ({row["start"]: row for row in query.rows(warehouse)} for query in queries)
    zone = ZoneInfo(scope.zone)
    points = tuple(
        _pulse(start.replace(tzinfo=zone), payments.get(start, {}), attempts.get(start, {}), scope)
        for start in sorted(payments.keys() | attempts.keys())
    )
    return Pulses(grain, read_total(warehouse, scope), points, queries)


def _totals() -> tuple[Query, Query]:
    return (
        Query("payments", f"-- One row: payments of the period.\nselect\n    {_PAYMENTS}\nfrom payments_silver"),
        Query(
            "attempts",
            f"-- One row: attempts of the period.\nselect\n    {_ATTEMPTS}\n"
            "from payments_enriched_silver\nwhere is_sale",
        ),
    )


def _by_time(scope: Scope, grain: str) -> tuple[Query, Query]:
    begun, made = scope.bucket(grain, "first_attempt_at"), scope.bucket(grain)
    return (
        Query(
            "payments_by_time",
            f"-- One row per {grain} ({scope.zone}) in which payments began.\n"
            f"select\n    {begun} as start,\n    {_PAYMENTS}\nfrom payments_silver\ngroup by 1\norder by 1",
        ),
        Query(
            "attempts_by_time",
            f"-- One row per {grain} ({scope.zone}) in which attempts were made.\n"
            f"select\n    {made} as start,\n    {_ATTEMPTS}\nfrom payments_enriched_silver\n"
            "where is_sale\ngroup by 1\norder by 1",
        ),
    )


def _pulse(start: datetime | None, payments: Row, attempts: Row, scope: Scope) -> Pulse:
    count = {name: int(payments.get(name) or 0) for name in ("payments", "approved", "first_approved")}
    latency = attempts.get("latency_ms_p95")
    return Pulse(
        start=start,
        payment=Proportion.of(count["approved"], count["payments"]),
        first_attempt=Proportion.of(count["first_approved"], count["payments"]),
        lost_payments=int(payments.get("lost_payments") or 0),
        lost_value=scope.money(payments.get("lost_value")),
        recovered_payments=int(payments.get("recovered_payments") or 0),
        recovered_value=scope.money(payments.get("recovered_value")),
        attempts=whole(attempts, "attempts") if attempts else 0,
        latency_ms_p95=None if latency is None else float(latency),
    )
