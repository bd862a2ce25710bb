"""Decisions that were made, with what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from payment_analysis.backend.decision_models import DecisionConfigOut, SettingOut
from payment_analysis.backend.dependencies import DecisionsDep, StoreDep
from payment_analysis.backend.fields import Text
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.settings import SETTINGS
from payment_analysis.store.decisions import DecisionLog, DecisionOutcome

router = APIRouter(tags=["decisions"])


class OutcomeOut(BaseModel):
    """What was told of a decision."""

    outcome: str = Field(description="approved, declined, timeout or error.")
    outcome_code: str | None = Field(description="Response code.")
    fault: str | None = Field(description="On whose side a failure lies.")
    at: datetime = Field(description="When it became known.")


class DecisionLogOut(BaseModel):
    """A decision with everything it was made from."""

    audit_id: str = Field(description="Id of the decision.")
    created_at: datetime = Field(description="When it was stored.")
    decision_type: str = Field(description="authentication, routing or retry.")
    payment_id: str | None = Field(description="The payment.")
    merchant_id: str | None = Field(description="The merchant.")
    action: str | None = Field(description="What was decided.")
    policy: str | None = Field(description="The policy that decided.")
    request: dict[str, Any] = Field(description="What was asked.")
    response: dict[str, Any] = Field(description="What was answered.")
    outcomes: list[OutcomeOut] = Field(description="What was told of it, the oldest first.")


@router.get("/api/analytics/decisions/recent", operation_id="recentDecisions")
def recent_decisions(
    store: StoreDep,
    decision_type: Annotated[Decision | None, Query(description="Only these.")] = None,
    payment_id: Annotated[Text | None, Query(description="Only of this payment.")] = None,
    audit_id: Annotated[Text | None, Query(description="Only this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 50,
) -> list[DecisionLogOut]:
    """Decisions, the newest first."""
    wanted = select(DecisionLog).order_by(DecisionLog.created_at.desc(), DecisionLog.id.desc()).limit(limit)
    if decision_type is not None:
        wanted = wanted.where(DecisionLog.decision_type == decision_type)
    if payment_id is not None:
        wanted = wanted.where(DecisionLog.payment_id == payment_id)
    if audit_id is not None:
        wanted = wanted.where(DecisionLog.audit_id == audit_id)
    with store.read() as session:
        rows = list(session.scalars(wanted))
        told = select(DecisionOutcome).where(DecisionOutcome.audit_id.in_([row.audit_id for row in rows]))
        outcomes = dict[str, list[OutcomeOut]]()
        for one in session.scalars(told.order_by(DecisionOutcome.id)):
            outcomes.setdefault(one.audit_id, []).append(
                OutcomeOut(
                    outcome=one.outcome,
                    outcome_code=one.outcome_code,
                    fault=one.fault,
                    at=one.occurred_at or one.created_at,
                )
            )
        return [
            DecisionLogOut(
                **{name: getattr(row, name) for name in DecisionLogOut.model_fields if name != "outcomes"},
                outcomes=outcomes.get(row.audit_id, []),
            )
            for row in rows
        ]


@router.get("/api/decision/config", operation_id="getDecisionConfigThresholds")
def get_decision_config_thresholds(decisions: DecisionsDep) -> DecisionConfigOut:
    """What decides now: settings, models, rules."""
    configured = decisions.state.read()
    return DecisionConfigOut(
        version=configured.settings.version,
        settings=[
            SettingOut(
                key=key,
                value=configured.settings.values[key],
                is_default=key not in configured.written,
                meaning=one.meaning,
            )
            for key, one in SETTINGS.items()
        ],
        models=decisions.scoring.versions,
        missing=decisions.scoring.missing,
        rules=configured.rules.version,
    )
