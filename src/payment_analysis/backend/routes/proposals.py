"""The inbox of proposals: agents ask, a person who did not ask decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from payment_analysis.backend.dependencies import NowDep, PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier, LongText, Text
from payment_analysis.backend.proposal_review import carry_out, check_proposed
from payment_analysis.domain.errors import Conflict, NotAllowed, NotFound
from payment_analysis.domain.trials import ProposalKind
from payment_analysis.store.agent_runs import AgentFinding, AgentRun
from payment_analysis.store.decisions import ProposalStatus, ProposedConfigChange

router = APIRouter(prefix="/api/config-proposals", tags=["proposals"])

DRAFTS = frozenset({ProposalKind.RULE, ProposalKind.EXPERIMENT})  # approved, and not in force before a person goes on


class ProposalIn(BaseModel):
    """A change somebody, or an agent on somebody's behalf, asks for."""

    source_agent: Text = Field(default="person", description="The agent that proposes it.")
    change_type: ProposalKind = Field(description="What it is about.")
    target_key: Text = Field(description="The key, code, route or name it is about.")
    current_value: LongText | None = Field(default=None, description="What holds now.")
    proposed_value: LongText = Field(description="Text of a configuration key; JSON of everything else.")
    rationale: LongText = Field(description="Why.")
    expected_impact_pct: float | None = Field(default=None, ge=-100, le=100, description="Expected change, points.")
    confidence: float = Field(default=0.5, ge=0, le=1, description="How sure the proposer is, 0..1.")
    evidence: dict[str, Any] = Field(default={}, max_length=50, description="Figures with their source.")
    expires_at: datetime | None = Field(default=None, description="After it, nobody may accept it.")


class ProposalOut(BaseModel):
    """A proposed change."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Its id.")
    created_at: datetime = Field(description="When.")
    source_agent: str = Field(description="The agent that proposes it.")
    proposed_by: str | None = Field(description="On whose behalf; null when an agent ran by itself.")
    change_type: str = Field(description="What it is about.")
    target_key: str = Field(description="The key, code, route or name it is about.")
    current_value: str | None = Field(description="What held then.")
    proposed_value: str = Field(description="What is asked for.")
    rationale: str = Field(description="Why.")
    expected_impact_pct: float | None = Field(description="Expected change, points.")
    confidence: float = Field(description="How sure the proposer is, 0..1.")
    evidence: dict[str, Any] = Field(description="Figures with their source.")
    expires_at: datetime | None = Field(description="After it, nobody may accept it.")
    status: ProposalStatus = Field(description="pending, approved (a draft was made), applied, or rejected.")
    reviewed_by: str | None = Field(description="Who decided.")
    reviewed_at: datetime | None = Field(description="When.")
    applied_at: datetime | None = Field(description="When it came into force.")
    review_note: str | None = Field(description="Why.")
    made: str | None = Field(description="What it became, like rules/<id>.")
    run_id: str | None = Field(
        default=None, description="The newest run of the agents that found it; null for people's."
    )


class ReviewIn(BaseModel):
    """What you decide."""

    verdict: Literal["approve", "reject"] = Field(description="approve or reject.")
    note: LongText | None = Field(default=None, description="Why.")


@router.get("", operation_id="listConfigProposals")
def list_proposals(
    store: StoreDep,
    status: Annotated[ProposalStatus | None, Query(description="Only these.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100,
) -> list[ProposalOut]:
    """Proposals, the newest first."""
    wanted = select(ProposedConfigChange).order_by(ProposedConfigChange.created_at.desc(), ProposedConfigChange.id)
    if status is not None:
        wanted = wanted.where(ProposedConfigChange.status == status)
    with store.read() as session:
        found = [ProposalOut.model_validate(row) for row in session.scalars(wanted.limit(limit))]
        runs = _runs_of(session, [one.id for one in found])
    return [one.model_copy(update={"run_id": runs.get(one.id)}) for one in found]


def _runs_of(session: Session, proposals: list[str]) -> dict[str, str]:
    """The newest run with a finding behind each."""
    wanted = (
        select(AgentFinding.proposal_id, AgentFinding.run_id)
        .join(AgentRun, AgentRun.id == AgentFinding.run_id)
        .where(AgentFinding.proposal_id.in_(proposals))
        .order_by(AgentRun.created_at)
    )
    return {proposal: run for proposal, run in session.execute(wanted) if proposal is not None}


@router.post("", operation_id="createConfigProposal", status_code=201)
def create_proposal(body: ProposalIn, store: StoreDep, person: PersonDep) -> ProposalOut:
    """Ask for a change; somebody else decides."""
    check_proposed(body.change_type, body.proposed_value)
    with store.change(person.actor) as session:
        row = ProposedConfigChange(**body.model_dump(), proposed_by=person.name)
        session.add(row)
        session.flush()
        return ProposalOut.model_validate(row)


@router.post("/{proposal_id}/review", operation_id="reviewConfigProposal")
def review_proposal(
    proposal_id: Identifier, body: ReviewIn, store: StoreDep, person: PersonDep, now: NowDep
) -> ProposalOut:
    """Accept it, and a configuration is in force or a draft is made; or reject it."""
    with store.change(person.actor) as session:
        row = session.get(ProposedConfigChange, proposal_id)
        if row is None:
            raise NotFound(f"There is no proposal {proposal_id}.", hint="GET /api/config-proposals lists them")
        if row.status != ProposalStatus.PENDING:
            raise Conflict(f"The proposal is {row.status} already, by {row.reviewed_by}.", hint="make a new one")
        if row.proposed_by == person.name:
            raise NotAllowed(f"{person.name} asked for it.", hint="somebody else decides")
        if body.verdict == "approve" and row.expires_at is not None and row.expires_at <= now:
            raise Conflict(f"The proposal expired at {row.expires_at:%Y-%m-%d %H:%M} UTC.", hint="reject it")
        row.reviewed_by, row.reviewed_at, row.review_note = person.name, now, body.note
        row.status = ProposalStatus.REJECTED
        if body.verdict == "approve":
            row.made = carry_out(session, row, person)
            is_draft = row.change_type in DRAFTS
            row.status = ProposalStatus.APPROVED if is_draft else ProposalStatus.APPLIED
            row.applied_at = None if is_draft else now
        session.flush()
        return ProposalOut.model_validate(row)
