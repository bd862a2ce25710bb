"""The approval report as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.backend.dependencies import NowDep, WarehouseDep
from payment_analysis.report.json_form import to_json
from payment_analysis.report.report import build_report

router = APIRouter(prefix="/api", tags=["report"])

ZoneParameter = Annotated[str, Query(description="Time zone of the report's days, an IANA name.", examples=["UTC"])]
SinceParameter = Annotated[
    datetime | None, Query(description="Only attempts from this instant on; UTC without offset.")
]
UntilParameter = Annotated[datetime | None, Query(description="Only attempts before this instant; UTC without offset.")]


class Verdict(BaseModel):
    """The report in one sentence, with money."""

    sentence: str = Field(description="What is approved, what is lost, and what to do first.")
    detail: str = Field(description="How sure that is and what it leaves out.")


class DataSource(BaseModel):
    """Where attempts came from."""

    origin: str = Field(description="user: somebody's own data; simulated: a world with known truth.")
    format: str = Field(description="Format they were taken in from.")
    attempts: int = Field(description="Attempts of this source in the report.")


class Overview(BaseModel):
    """What the report speaks of, and how old that is."""

    model_config = ConfigDict(extra="allow")

    sources: list[DataSource] = Field(description="Where the attempts came from.")
    is_simulated: bool = Field(description="True when any attempt is simulated.")
    first_event: datetime = Field(description="Instant of the oldest attempt.")
    newest_event: datetime = Field(description="Instant of the newest attempt.")
    age_seconds: int = Field(description="From the newest attempt to the making of the report.")
    attempts: int = Field(description="Attempts, without tests and verifications.")
    payments: int = Field(description="Payments the attempts belong to.")
    currency: str = Field(description="Currency of every amount of the report.")


Section = dict[str, Any]


class ReportOut(BaseModel):
    """The report: ratios 0..1, money as minor units with its currency, and the SQL behind every section."""

    version: int = Field(description="Grows when a field is renamed or removed.")
    made_at: datetime = Field(description="When the report was computed.")
    verdict: Verdict = Field(description="The report in one sentence.")
    overview: Overview = Field(description="Data source, period and age.")
    bridge: Section = Field(description="From attempts over first attempts to payments, by count and by value.")
    trend: Section = Field(description="Rates by hour, day or week.")
    providers: Section = Field(description="PSPs compared on first attempts, with intervals and the cautions.")
    chains: Section = Field(description="Retries: length, success by position, same or other PSP.")
    declines: Section = Field(description="Declines by reason and by who is at fault.")
    exposure: Section = Field(description="Retries beyond what the schemes allow.")
    routing: Section = Field(description="Where another PSP does provably better.")
    actions: Section = Field(description="What to do first, each with its value and range.")


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
