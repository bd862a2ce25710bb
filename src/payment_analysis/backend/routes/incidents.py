"""Incidents: what broke, who acts, is it over."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import NowDep, PersonDep, StoreDep, WarehouseDep
from payment_analysis.backend.fields import Identifier, Text
from payment_analysis.backend.recovery import measure
from payment_analysis.domain.errors import Conflict, NotFound
from payment_analysis.domain.incidents import SEVERITY_OF_ALERT, IncidentStatus, Recovery, Severity
from payment_analysis.store.operations import Incident
from payment_analysis.store.people import Notification

router = APIRouter(prefix="/api/incidents", tags=["incidents"])


class IncidentOut(BaseModel):
    """An incident."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the incident.")
    category: str = Field(description="What kind: an alert's type, or a word of the person who wrote it.")
    key: str = Field(description="Where, like psp=north.")
    title: str = Field(description="What is wrong, in words.")
    severity: Severity = Field(description="How bad it is.")
    status: IncidentStatus = Field(description="Where it stands.")
    owner: str | None = Field(description="Who takes care of it.")
    details: dict[str, Any] = Field(description="The alert it was drafted from, or what somebody noted.")
    began_at: datetime | None = Field(description="When it began, as far as the data tells.")
    resolved_at: datetime | None = Field(description="When somebody resolved it.")
    created_at: datetime = Field(description="When it was written down.")


class IncidentIn(BaseModel):
    """An incident somebody saw."""

    category: Identifier = Field(description="What kind.")
    key: Text = Field(description="Where, like psp=north.")
    title: Text = Field(description="What is wrong, in words.")
    severity: Severity = Field(default=Severity.MEDIUM, description="How bad it is.")
    details: dict[str, Text | int | float | bool | None] = Field(default={}, max_length=50, description="Notes.")


class DraftIn(BaseModel):
    """An alert that is on (v_active_alerts)."""

    alert_type: Identifier = Field(description="Its type.")
    scope_type: Identifier = Field(description="Its scope's dimension.")
    scope_value: Text = Field(description="Its scope's value.")


class IncidentChange(BaseModel):
    """What may be changed; what is left out stays."""

    title: Text | None = Field(default=None, description="What is wrong, in words.")
    severity: Severity | None = Field(default=None, description="How bad it is.")
    status: IncidentStatus | None = Field(default=None, description="Where it stands.")
    owner: Text | None = Field(default=None, description="Who takes care of it.")


class RecoveryOut(Sourced):
    """What the data says of an incident now."""

    recovery: Recovery = Field(description="resolved, improving, still_failing or too_little_data.")
    reason: str = Field(description="Why, with the figures.")
    since: datetime | None = Field(description="Start of what was judged; null when nothing could be.")
    attempts: int = Field(description="Attempts that were judged.")
    share: float | None = Field(description="The share the alert watched, since then, 0..1.")
    normal_share: float | None = Field(description="What is normal, 0..1.")
    broken_share: float | None = Field(description="What it was when it broke, 0..1.")


def incident_of(session: Session, incident_id: str) -> Incident:
    """The incident with this id."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound(f"There is no incident {incident_id}.", hint="GET /api/incidents lists them")
    return incident


def _open(session: Session, incident: Incident) -> IncidentOut:
    """Write it down and tell everybody."""
    session.add(incident)
    session.flush()
    session.add(
        Notification(kind="incident", title=incident.title, body=incident.key, link=f"/incidents?id={incident.id}")
    )
    return IncidentOut.model_validate(incident)


@router.get("", operation_id="listIncidents")
def list_incidents(
    store: StoreDep,
    status: Annotated[IncidentStatus | None, Query(description="Only these.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100,
) -> list[IncidentOut]:
    """Incidents, the newest first."""
    wanted = select(Incident).order_by(Incident.created_at.desc(), Incident.id).limit(limit)
    if status is not None:
        wanted = wanted.where(Incident.status == status)
    with store.read() as session:
        return [IncidentOut.model_validate(one) for one in session.scalars(wanted)]


@router.post("", operation_id="createIncident", status_code=201)
def create_incident(body: IncidentIn, store: StoreDep, person: PersonDep, now: NowDep) -> IncidentOut:
    """Write down what somebody saw."""
    with store.change(person.actor) as session:
        return _open(session, Incident(**body.model_dump(), began_at=now))


@router.post("/draft", operation_id="draftIncident", status_code=201)
def draft_incident(body: DraftIn, warehouse: WarehouseDep, store: StoreDep, person: PersonDep) -> IncidentOut:
    """Make an incident of an alert that is on, with everything the alert knows."""
    alerts = warehouse.rows(
        "select * from v_active_alerts where alert_type = :alert_type and scope_type = :scope_type "
        "and scope_value = :scope_value",
        body.model_dump(),
    )
    if not alerts:
        raise NotFound(
            f"The alert {body.alert_type} for {body.scope_type} {body.scope_value} is not on.",
            hint="GET /api/analytics/active-alerts lists those that are",
        )
    (alert,) = alerts
    key = f"{body.scope_type}={body.scope_value}"
    with store.change(person.actor) as session:
        open_already = select(Incident).where(
            Incident.category == body.alert_type, Incident.key == key, Incident.status != IncidentStatus.RESOLVED
        )
        if (known := session.scalars(open_already).first()) is not None:
            raise Conflict(f"The incident {known.id} is about this alert already.", hint="go on with that one")
        incident = Incident(
            category=body.alert_type,
            key=key,
            title=alert["alert_message"] or f"{body.alert_type} at {key}",
            severity=SEVERITY_OF_ALERT[alert["severity"]],
            details={name: _plain(value) for name, value in alert.items()},
            began_at=alert["first_detected"],
        )
        return _open(session, incident)


@router.get("/{incident_id}", operation_id="getIncident")
def get_incident(incident_id: Identifier, store: StoreDep) -> IncidentOut:
    """One incident."""
    with store.read() as session:
        return IncidentOut.model_validate(incident_of(session, incident_id))


@router.patch("/{incident_id}", operation_id="updateIncident")
def update_incident(
    incident_id: Identifier, body: IncidentChange, store: StoreDep, person: PersonDep, now: NowDep
) -> IncidentOut:
    """Change title, severity, status or owner."""
    with store.change(person.actor) as session:
        incident = incident_of(session, incident_id)
        for name, value in body.model_dump(exclude_none=True).items():
            setattr(incident, name, value)
        if body.status is not None:
            incident.resolved_at = now if body.status is IncidentStatus.RESOLVED else None
        session.flush()
        return IncidentOut.model_validate(incident)


@router.post("/{incident_id}/resolve", operation_id="resolveIncident")
def resolve_incident(incident_id: Identifier, store: StoreDep, person: PersonDep, now: NowDep) -> IncidentOut:
    """Say that it is over; `recovery` says whether the data agrees."""
    return update_incident(incident_id, IncidentChange(status=IncidentStatus.RESOLVED), store, person, now)


@router.get("/{incident_id}/recovery", operation_id="getIncidentRecovery")
def get_incident_recovery(
    incident_id: Identifier, warehouse: WarehouseDep, store: StoreDep, state: DataStateDep
) -> RecoveryOut:
    """Whether it is over, by the attempts since."""
    with store.read() as session:
        details = incident_of(session, incident_id).details
    measured = measure(warehouse, details, state.as_of)
    return RecoveryOut(
        **state.fields(),
        recovery=measured.judged.recovery,
        reason=measured.judged.reason,
        since=measured.since,
        attempts=measured.counted.trials,
        share=measured.counted.share,
        normal_share=measured.normal,
        broken_share=measured.broken,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
