"""The audit: who changed what, when, from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from payment_analysis.backend.dependencies import StoreDep
from payment_analysis.backend.fields import Identifier, Text
from payment_analysis.store.people import Audit

router = APIRouter(prefix="/api", tags=["people"])


class AuditRow(BaseModel):
    """One change."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(description="Grows with every change.")
    at: datetime = Field(description="When.")
    actor: str = Field(description="Who.")
    role: str = Field(description="In which role.")
    action: str = Field(description="create, change or delete.")
    subject: str = Field(description="Kind of thing that changed.")
    subject_id: str = Field(description="Which one.")
    before: dict[str, Any] | None = Field(description="What it was; null when it was made.")
    after: dict[str, Any] | None = Field(description="What it is; null when it is gone.")


class AuditPage(BaseModel):
    """Changes, the newest first."""

    rows: list[AuditRow] = Field(description="The changes.")
    next_before: int | None = Field(description="Give it as `before` for the next page; null at the end.")


@router.get("/audit", operation_id="listAudit")
def list_audit(
    store: StoreDep,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="Only changes older than this id.")] = None,
    subject: Annotated[Identifier | None, Query(description="Only changes of this kind of thing.")] = None,
    actor: Annotated[Text | None, Query(description="Only changes by this account.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Changes per page.")] = 100,
) -> AuditPage:
    """Every change anybody made, the newest first."""
    wanted = select(Audit).order_by(Audit.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Audit.id < before)
    if subject is not None:
        wanted = wanted.where(Audit.subject == subject)
    if actor is not None:
        wanted = wanted.where(Audit.actor == actor)
    with store.read() as session:
        rows = [AuditRow.model_validate(row) for row in session.scalars(wanted)]
    return AuditPage(rows=rows, next_before=rows[-1].id if len(rows) == limit else None)
