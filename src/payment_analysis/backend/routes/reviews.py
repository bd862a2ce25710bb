"""What people say: of insights, and of how raw codes are read. And what other systems report."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import PersonDep, StoreDep, WarehouseDep, WritesDep
from payment_analysis.backend.fields import Identifier, LongText, Text
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.domain.attempt import AttemptResult, CardNetwork
from payment_analysis.domain.decline_sentences import say_decline
from payment_analysis.domain.declines import DeclineReason
from payment_analysis.lakehouse.scope import bound
from payment_analysis.store.decisions import AuthorizationEvent
from payment_analysis.store.operations import InsightFeedback, ReasonReview, Verdict

router = APIRouter(prefix="/api", tags=["reviews"])

InsightType = Literal[
    "decline_pattern",
    "routing_suggestion",
    "retry_recommendation",
    "risk_alert",
    "approval_optimization",
    "ask_answer",
]


class InsightFeedbackIn(BaseModel):
    """What you say of an insight."""

    insight_id: Identifier = Field(description="The insight.")
    insight_type: InsightType = Field(description="What kind it is.")
    verdict: Verdict = Field(description="valid, invalid or non_actionable.")
    reason: LongText | None = Field(default=None, description="Why.")
    model_version: Text | None = Field(default=None, description="Version of the model behind it.")
    prompt_version: Text | None = Field(default=None, description="Version of the prompt behind it.")


class InsightFeedbackOut(BaseModel):
    """A review of an insight."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the review.")
    insight_id: str = Field(description="The insight.")
    insight_type: str = Field(description="What kind it is.")
    reviewer: str = Field(description="Who said it.")
    verdict: Verdict = Field(description="What they said.")
    reason: str | None = Field(description="Why.")
    model_version: str | None = Field(description="Version of the model behind it.")
    prompt_version: str | None = Field(description="Version of the prompt behind it.")
    created_at: datetime = Field(description="When.")


class Accepted(BaseModel):
    """The review was kept, and counts in the false-insight rate."""

    accepted: bool = Field(description="Always true; anything else is an error.")
    id: str = Field(description="Id of the review.")


class ReasonReading(BaseModel):
    """How a raw code is read."""

    network: str | None = Field(description="Card network.")
    entry_system: str | None = Field(description="Merchant's way in.")
    raw_code: str | None = Field(description="Response code as the source gives it.")
    raw_reason: str | None = Field(description="The source's word for the reason.")
    reason: str | None = Field(description="The finer reason it is read as; unknown when no rule knows it.")
    standard: str | None = Field(description="The standard reason.")
    reason_group: str | None = Field(description="The group.")
    action: str | None = Field(description="What to do next.")
    rule: str | None = Field(description="Where the rule comes from.")
    declines: int = Field(description="Declines with it in the scope.")
    sentence: str = Field(description="What it means and what to do, in words.")


class ReasonMapping(Sourced):
    """Raw codes and how they are read, the most frequent first."""

    rows: list[ReasonReading] = Field(description="The codes.")
    reasons: list[DeclineReason] = Field(description="Everything a code can be read as.")


class ReasonReviewIn(BaseModel):
    """An expert's word on how a code is read."""

    network: CardNetwork | Literal["any"] = Field(description="The network, or any.")
    raw_code: Text = Field(description="The code.")
    read_as: DeclineReason = Field(description="How it is read now.")
    verdict: Verdict = Field(description="Whether that is right.")
    should_be: DeclineReason | None = Field(default=None, description="What it should be read as.")
    reason: LongText | None = Field(default=None, description="Why.")


class ReasonReviewOut(BaseModel):
    """A review of a code."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the review.")
    network: str = Field(description="The network, or any.")
    raw_code: str = Field(description="The code.")
    read_as: str = Field(description="How it was read.")
    verdict: Verdict = Field(description="Whether that was right.")
    should_be: str | None = Field(description="What it should be read as.")
    reviewer: str = Field(description="Who said it.")
    reason: str | None = Field(description="Why.")
    created_at: datetime = Field(description="When.")


class AuthorizationEventIn(BaseModel):
    """An authorisation another system reports."""

    merchant_id: Text = Field(description="The merchant.")
    amount_minor: int = Field(ge=0, le=2**53, description="Amount in minor units.")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217 code.")
    network: CardNetwork | None = Field(default=None, description="Card network.")
    card_bin: str | None = Field(default=None, pattern="^[0-9]{6}([0-9]{2})?$", description="First 6 or 8 digits.")
    issuer_country: str | None = Field(default=None, pattern="^[A-Z]{2}$", description="ISO 3166 alpha-2.")
    entry_mode: Text | None = Field(default=None, description="How the card data came in.")
    result: Literal[AttemptResult.APPROVED, AttemptResult.DECLINED] = Field(description="approved or declined.")
    decline_code_raw: Text | None = Field(default=None, description="Response code.")
    decline_reason: Text | None = Field(default=None, description="The source's word for the reason.")
    is_retry: bool = Field(default=False, description="Whether it is a retry.")
    attempt_number: int = Field(default=1, ge=1, le=1000, description="Position within the payment.")


class Kept(BaseModel):
    """The event was kept."""

    id: int = Field(description="Id of the event.")


@router.get("/analytics/insights/feedback", operation_id="listInsightFeedback")
def list_insight_feedback(
    store: StoreDep, limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100
) -> list[InsightFeedbackOut]:
    """Reviews of insights, the newest first."""
    with store.read() as session:
        wanted = select(InsightFeedback).order_by(InsightFeedback.created_at.desc()).limit(limit)
        return [InsightFeedbackOut.model_validate(one) for one in session.scalars(wanted)]


@router.post("/analytics/insights/feedback", operation_id="submitInsightFeedback", status_code=201)
def submit_insight_feedback(body: InsightFeedbackIn, store: StoreDep, writes: WritesDep, person: PersonDep) -> Accepted:
    """Review an insight. The review is carried into the lakehouse, and so are earlier ones that could not be."""
    with store.change(person.actor) as session:
        review = InsightFeedback(**body.model_dump(), reviewer=person.name)
        session.add(review)
    with store.change(person.actor) as session:
        waiting = select(InsightFeedback).where(InsightFeedback.carried_at.is_(None)).with_for_update(skip_locked=True)
        for one in session.scalars(waiting.order_by(InsightFeedback.created_at)):
            writes.carry_review(one.id, _as_silver(one))
            one.carried_at = one.created_at
    return Accepted(accepted=True, id=review.id)


def _as_silver(review: InsightFeedback) -> dict[str, Any]:
    return {
        "insight_id": review.insight_id,
        "insight_type": review.insight_type,
        "reviewer": review.reviewer,
        "verdict": str(review.verdict),
        "reason": review.reason,
        "model_version": review.model_version,
        "prompt_version": review.prompt_version,
        "reviewed_at": review.created_at,
    }


@router.get("/reason-codes/mapping", operation_id="getReasonMapping")
def get_reason_mapping(
    warehouse: WarehouseDep,
    scope: ScopeDep,
    state: DataStateDep,
    unmapped_only: Annotated[bool, Query(description="Only codes that no rule knows.")] = False,
    limit: Annotated[int, Query(ge=1, le=2000, description="At most so many.")] = 200,
) -> ReasonMapping:
    """How the codes of the scope are read, and which nobody knows."""
    unknown = " and decline_reason_detail = 'unknown'" if unmapped_only else ""
    sql, parameters = bound(
        "select card_network as network, entry_system, decline_code_raw as raw_code, decline_reason as raw_reason, "
        "decline_reason_detail as reason, decline_reason_standard as standard, decline_reason_group as reason_group, "
        "recommended_action as action, max(decline_source_note) as rule, count(*) as declines "
        f"from payments_enriched_silver where result = 'declined'{unknown} group by all "
        "order by declines desc, network, entry_system, raw_code, raw_reason, reason, action limit :at_most",
        scope,
    )
    rows = warehouse.rows(sql, {**parameters, "at_most": limit})
    return ReasonMapping(
        **state.fields(),
        rows=[ReasonReading(**row, sentence=say_decline(row["reason"], row["action"])) for row in rows],
        reasons=list(DeclineReason),
    )


@router.get("/reason-codes/reviews", operation_id="listReasonReviews")
def list_reason_reviews(
    store: StoreDep, limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100
) -> list[ReasonReviewOut]:
    """What experts say of how codes are read, the newest first."""
    with store.read() as session:
        wanted = select(ReasonReview).order_by(ReasonReview.created_at.desc()).limit(limit)
        return [ReasonReviewOut.model_validate(one) for one in session.scalars(wanted)]


@router.post("/reason-codes/reviews", operation_id="createReasonReview", status_code=201)
def create_reason_review(body: ReasonReviewIn, store: StoreDep, person: PersonDep) -> ReasonReviewOut:
    """Say whether a code is read right."""
    with store.change(person.actor) as session:
        review = ReasonReview(**body.model_dump(), reviewer=person.name)
        session.add(review)
        session.flush()
        return ReasonReviewOut.model_validate(review)


@router.post("/analytics/events", operation_id="ingestAuthEvent", status_code=201)
def ingest_auth_event(body: AuthorizationEventIn, store: StoreDep, person: PersonDep) -> Kept:
    """Keep an authorisation that another system reports."""
    with store.change(person.actor) as session:
        event = AuthorizationEvent(**body.model_dump())
        session.add(event)
        session.flush()
        return Kept(id=event.id)
