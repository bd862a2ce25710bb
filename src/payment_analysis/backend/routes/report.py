"""The approval report as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from payment_analysis.backend.dependencies import NowDep, WarehouseDep
from payment_analysis.backend.report_models import ReportOut
from payment_analysis.report.json_form import to_json
from payment_analysis.report.report import build_report

router = APIRouter(prefix="/api", tags=["report"])

ZoneParameter = Annotated[str, Query(description="Time zone of the report's days, an IANA name.", examples=["UTC"])]
SinceParameter = Annotated[
    datetime | None, Query(description="Only attempts from this instant on; UTC without offset.")
]
UntilParameter = Annotated[datetime | None, Query(description="Only attempts before this instant; UTC without offset.")]


@router.get("/report", operation_id="getReport", response_model=ReportOut)
def get_report(
    warehouse: WarehouseDep,
    now: NowDep,
    zone: ZoneParameter = "UTC",
    since: SinceParameter = None,
    until: UntilParameter = None,
) -> dict[str, Any]:
    """The approval report of all attempts, or of a period."""
    return to_json(build_report(warehouse, now=now, zone=zone, since=instant(since), until=instant(until)))


def instant(given: datetime | None) -> datetime | None:
    """The instant in UTC; a time without an offset is one already."""
    if given is None:
        return None
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
