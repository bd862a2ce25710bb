"""Whether the application can answer, and if not, which part is to blame."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from payment_analysis.backend.dependencies import Freshness, NowDep, Warehouse, WarehouseDep
from payment_analysis.domain.errors import NotBuilt, PaymentAnalysisError

router = APIRouter(prefix="/api/v1", tags=["health"])

ATTEMPTS = "payments_enriched_silver"
NEEDED = (ATTEMPTS, "payments_silver")


class Check(BaseModel):
    """One thing that has to hold."""

    name: str = Field(description="What was checked.")
    ok: bool = Field(description="Whether it holds.")
    detail: str = Field(description="What was found, or what to do.")


class DataAge(BaseModel):
    """How much data the answers stand on, and how old it is."""

    attempts: int = Field(description="Attempts in the lakehouse.")
    latest_event: datetime | None = Field(description="Instant of the newest attempt; null when there is none.")
    built_at: datetime | None = Field(description="When the tables were last built.")
    age_seconds: float | None = Field(description="From the newest attempt to now.")


class Healthcheck(BaseModel):
    """The state of the application, with its proofs."""

    status: Literal["healthy", "unavailable"] = Field(description="Healthy when every check holds.")
    timestamp: datetime = Field(description="When this was checked.")
    checks: list[Check] = Field(description="Each check with what it found.")
    data: DataAge | None = Field(description="Null when nothing is built yet.")


@router.get(
    "/healthcheck",
    operation_id="healthcheck",
    response_model=Healthcheck,
    responses={503: {"model": Healthcheck, "description": "At least one check does not hold."}},
)
def healthcheck(warehouse: WarehouseDep, now: NowDep, response: Response) -> Healthcheck:
    """Read the lakehouse, look at its tables and their age."""
    checks = [readable(warehouse)]
    state = warehouse.freshness() if checks[0].ok else {}
    checks += built(state) if checks[0].ok else []
    healthy = all(check.ok for check in checks)
    if not healthy:
        response.status_code = 503
    return Healthcheck(
        status="healthy" if healthy else "unavailable",
        timestamp=now,
        checks=checks,
        data=data_age(state[ATTEMPTS], now) if healthy else None,
    )


def readable(warehouse: Warehouse) -> Check:
    """The engine answers, and the attempts can be read."""
    name = "lakehouse readable"
    try:
        warehouse.rows(f"select transaction_id from {ATTEMPTS} limit 1")
    except NotBuilt as error:
        return Check(name=name, ok=True, detail=f"Readable; {error.message}.")
    except PaymentAnalysisError as error:
        return Check(name=name, ok=False, detail=f"{error.message} {error.hint}".strip())
    return Check(name=name, ok=True, detail="Readable.")


def built(state: Mapping[str, Freshness]) -> list[Check]:
    """The tables that every answer stands on exist."""
    return [
        Check(name=f"{table} built", ok=True, detail=f"{state[table].rows} rows.")
        if table in state
        else Check(name=f"{table} built", ok=False, detail="Not built yet: run `payment-analysis build`.")
        for table in NEEDED
    ]


def data_age(attempts: Freshness, now: datetime) -> DataAge:
    age = (now - attempts.latest_event).total_seconds() if attempts.latest_event else None
    return DataAge(
        attempts=attempts.rows, latest_event=attempts.latest_event, built_at=attempts.committed_at, age_seconds=age
    )
