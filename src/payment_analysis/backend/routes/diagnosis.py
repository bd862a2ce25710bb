"""Why the approval rate moved: of a period, and of the time since an incident began."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.agents.diagnosis.absorbed import CauseClass
from payment_analysis.agents.diagnosis.diagnosis import Cause, Diagnosis
from payment_analysis.agents.diagnosis.question import ArrowWarehouse, diagnose_scope
from payment_analysis.agents.diagnosis.words import claim, gap_words, headline
from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import StoreDep, WarehouseDep
from payment_analysis.backend.fields import Identifier
from payment_analysis.backend.routes.incidents import incident_of
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.domain.errors import Unavailable
from payment_analysis.domain.scope import Scope

router = APIRouter(tags=["diagnosis"])
LEAST = timedelta(hours=1)  # what an incident's diagnosis looks at, when it is younger


class AbsorbedOut(BaseModel):
    """An answer that took the place of approvals."""

    model_config = ConfigDict(from_attributes=True)

    answer: str = Field(description="Who said no and why, or pending or error.")
    extra: float = Field(description="Attempts beyond usual.")
    share: float = Field(description="Of all answers that moved the same way, 0..1.")


class CauseOut(BaseModel):
    """One thing that moved the rate."""

    cause: CauseClass = Field(description="What kind of thing.")
    claim: str = Field(description="The cause in a sentence.")
    where: dict[str, str] = Field(description="Dimension to value; empty is everywhere.")
    effect: float = Field(description="On the whole rate, 0..1.")
    low: float = Field(description="Low end of its 95 % interval.")
    high: float = Field(description="High end of it.")
    p_adjusted: float = Field(description="Chance of an error, multiplied by the number of cells looked at.")
    attempts: int = Field(description="Attempts there.")
    missing: float = Field(description="Approvals below (+) or above (-) expectation.")
    value_per_day: float = Field(description="Value of these a day, in the reporting currency.")
    certainty: float = Field(description="Share of the evidence that speaks for the class, 0..1.")
    surge: float = Field(description="Attempts there, as a multiple of what is usual.")
    absorbed: list[AbsorbedOut] = Field(description="Answers that took the place of approvals.")
    start: datetime | None = Field(description="When it began, by a cumulated sum.")
    end: datetime | None = Field(description="The last attempt that speaks for it.")
    lasts: bool = Field(description="Whether it goes on at the end of the period.")
    began_before: bool = Field(description="Whether it began before the period.")
    alike: list[dict[str, str]] = Field(description="Places the data cannot tell from it.")


class MoveOut(BaseModel):
    """A value whose share of the attempts changed."""

    model_config = ConfigDict(from_attributes=True)

    dimension: str = Field(description="Dimension.")
    value: str = Field(description="Its value.")
    share_before: float = Field(description="Share in the reference, 0..1.")
    share_now: float = Field(description="Share in the period, 0..1.")
    effect: float = Field(description="On the rate, 0..1; such effects overlap.")


class DiagnosisOut(Sourced):
    """Why the rate moved between a reference and a period."""

    headline: str = Field(description="The change and its parts in a sentence.")
    start: datetime = Field(description="First attempt of the period.")
    end: datetime = Field(description="Its last attempt.")
    reference_start: datetime = Field(description="First attempt of the reference.")
    reference_end: datetime = Field(description="Its last attempt.")
    attempts: int = Field(description="Sales in the period.")
    reference_attempts: int = Field(description="Sales in the reference.")
    rate_before: float = Field(description="Approved among all sales of the reference, 0..1.")
    rate_now: float = Field(description="Approved among all sales of the period, 0..1.")
    mix: float = Field(description="Part of the change made by other payments, 0..1.")
    rate: float = Field(description="Part made by the same payments doing otherwise, 0..1.")
    moves: list[MoveOut] = Field(description="Largest moves of the mix.")
    causes: list[CauseOut] = Field(description="What moved by itself, the largest effect first.")
    data_gaps: list[str] = Field(description="Signs that the data changed and not the payments.")
    unexplained: float = Field(description="Of the rate part, after all causes, 0..1.")
    basis: str = Field(description="What the expectation was learned from.")
    cannot_tell: list[str] = Field(description="What this does not tell.")
    sql: str = Field(description="The attempts of the period, as SQL.")


class Detective(Protocol):
    """Explains a scope's change."""

    def __call__(self, scope: Scope) -> tuple[Diagnosis, str]: ...


def _detective(warehouse: WarehouseDep) -> Detective:
    if not isinstance(warehouse, ArrowWarehouse):
        raise Unavailable("This lakehouse does not answer in Arrow.", hint="start the application over a home")
    return lambda scope: diagnose_scope(warehouse, scope)


DetectiveDep = Annotated[Detective, Depends(_detective)]


@router.get("/api/diagnosis", operation_id="getDiagnosis")
def get_diagnosis(detective: DetectiveDep, scope: ScopeDep, state: DataStateDep) -> DiagnosisOut:
    """Why the rate moved in the scope's range (or the last day of data), against the four weeks before."""
    return told(*detective(scope), state)


@router.get("/api/incidents/{incident_id}/causes", operation_id="getIncidentCauses")
def get_incident_causes(
    incident_id: Identifier, detective: DetectiveDep, store: StoreDep, state: DataStateDep
) -> DiagnosisOut:
    """What moved since the incident began (or while it was open)."""
    with store.read() as session:
        incident = incident_of(session, incident_id)
        start, end = incident.began_at or incident.created_at, incident.resolved_at
    newest = state.now
    assert newest is not None, "what is diagnosed has a newest attempt"
    end = min(end or newest, newest)
    start = min(start, end - LEAST)
    return told(*detective(Scope(start=start, end=end)), state)


def told(found: Diagnosis, sql: str, state: Any) -> DiagnosisOut:
    """The diagnosis as the API tells it."""
    return DiagnosisOut(
        headline=headline(found),
        start=found.start,
        end=found.end,
        reference_start=found.reference_start,
        reference_end=found.reference_end,
        attempts=found.attempts,
        reference_attempts=found.reference_attempts,
        rate_before=found.split.rate_before,
        rate_now=found.split.rate_now,
        mix=found.split.mix,
        rate=found.split.rate,
        moves=[MoveOut.model_validate(move) for move in found.split.moves],
        causes=[_cause(cause) for cause in found.causes],
        data_gaps=[gap_words(gap) for gap in found.gaps],
        unexplained=found.unexplained,
        basis=found.basis,
        cannot_tell=list(found.cannot_tell),
        sql=sql,
        **state.fields(),
    )


def _cause(cause: Cause) -> CauseOut:
    return CauseOut.model_validate({**asdict(cause), "claim": claim(cause)})
