"""Decisions about a payment, and how they went. Each is stored before its answer leaves."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter

from payment_analysis.backend.decision_models import (
    AuthDecisionOut,
    BatchIn,
    BatchOut,
    DecisionContext,
    DecisionOutcomeIn,
    DecisionOutcomeOut,
    PreviewIn,
    RetryDecisionOut,
    RoutingDecisionOut,
)
from payment_analysis.backend.decision_route import DecisionRoute
from payment_analysis.backend.dependencies import DecisionsDep, RawDep
from payment_analysis.decisioning.fields import Decision
from payment_analysis.domain.errors import PaymentAnalysisError

router = APIRouter(prefix="/api/decision", tags=["decisions"], route_class=DecisionRoute)


@router.post("/authentication", operation_id="decideAuthentication", response_model=AuthDecisionOut)
async def decide_authentication(body: DecisionContext, decisions: DecisionsDep, raw: RawDep) -> str:
    """Which authentication to use: the best expected net value that law, schemes and rules allow."""
    return (await decisions.decide(Decision.AUTHENTICATION, body, raw)).response


@router.post("/retry", operation_id="decideRetry", response_model=RetryDecisionOut)
async def decide_retry(body: DecisionContext, decisions: DecisionsDep, raw: RawDep) -> str:
    """Whether a declined payment is tried again, when and how; a granted attempt is counted for its card at once."""
    return (await decisions.decide(Decision.RETRY, body, raw)).response


@router.post("/routing", operation_id="decideRouting", response_model=RoutingDecisionOut)
async def decide_routing(body: DecisionContext, decisions: DecisionsDep, raw: RawDep) -> str:
    """Which provider and solution to use, and where to go when it fails."""
    return (await decisions.decide(Decision.ROUTING, body, raw)).response


@router.post("/outcome", operation_id="recordDecisionOutcome", response_model=DecisionOutcomeOut)
async def record_decision_outcome(body: DecisionOutcomeIn, decisions: DecisionsDep, raw: RawDep) -> dict[str, Any]:
    """How a decision went; late and repeated ones are welcome, and nothing is counted twice."""
    return await decisions.hear(body, raw)


@router.post("/batch", operation_id="decideBatch", response_model=BatchOut)
async def decide_batch(body: BatchIn, decisions: DecisionsDep, raw: RawDep) -> dict[str, Any]:
    """Up to 500 decisions of one type; each is stored as if it had been asked for alone."""
    del raw

    async def one(context: DecisionContext) -> dict[str, Any]:
        own = context.model_dump_json(exclude_unset=True).encode()
        try:
            stored = await decisions.decide(body.decision_type, context, own)
        except PaymentAnalysisError as error:
            return {"decision": None, "problem": f"{error.message} {error.hint}".strip()}
        return {"decision": orjson.Fragment(stored.response), "problem": None}

    return {"decisions": await asyncio.gather(*(one(context) for context in body.contexts))}


@router.post(
    "/preview",
    operation_id="previewDecision",
    response_model=AuthDecisionOut | RetryDecisionOut | RoutingDecisionOut,
)
async def preview_decision(body: PreviewIn, decisions: DecisionsDep, raw: RawDep) -> dict[str, Any]:
    """What would be decided, for a person who looks; it is not stored, so nothing may act on it."""
    del raw
    return await decisions.preview(body.decision_type, body.context)
