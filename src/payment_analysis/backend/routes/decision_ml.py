"""The four models asked directly."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.backend.decision_models import AMOUNT_MAX, Share, Word
from payment_analysis.backend.dependencies import DecisionsDep, NowDep
from payment_analysis.decisioning.authentication import RiskTier, risk_tier
from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.retry_case import decline_of
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.domain.errors import Unavailable
from payment_analysis.ml.names import APPROVAL, RETRY, RISK, ROUTING
from payment_analysis.ml.scoring import Scoring

router = APIRouter(prefix="/api/decision/ml", tags=["decisions"])
APPROVE_FROM = 0.5


class MLPredictionInput(BaseModel):
    """What the documents' models are asked with; amounts in major units."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[float, Field(ge=0, le=AMOUNT_MAX / 100)] = Field(description="Major units.")
    currency: Word = Field(default="EUR", description="ISO 4217.")
    fraud_score: Share = Field(default=0.1, description="Vendor fraud score, 0..1.")
    device_trust_score: Share = Field(default=0.8, description="Trust in the device, 0..1.")
    is_cross_border: bool = Field(default=False, description="Issuer and merchant in different countries.")
    retry_count: Annotated[int, Field(ge=0, le=1_000)] = Field(default=0, description="Retries before.")
    uses_3ds: bool = Field(default=False, description="EMV 3DS is used.")
    merchant_segment: Word = Field(default="retail", description="Line of business.")
    card_network: Word = Field(default="visa", description="Card network.")
    decline_code: Word | None = Field(default=None, description="For retry: code of the attempt before.")


class ApprovalPredictionOut(BaseModel):
    """The approval model's answer."""

    approval_probability: float = Field(description="0..1.")
    should_approve: bool = Field(description="At least one half.")
    model_version: str = Field(description="Model and version.")


class RiskPredictionOut(BaseModel):
    """The risk model's answer."""

    risk_score: float = Field(description="Chance of a fraud report, 0..1.")
    is_high_risk: bool = Field(description="By the vendor's score, as the settings say.")
    risk_tier: RiskTier = Field(description="low, medium or high, likewise.")
    model_version: str = Field(description="Model and version.")


class RouteAlternativeOut(BaseModel):
    """One solution with its chance."""

    solution: str = Field(description="route/solution.")
    confidence: float = Field(description="Chance of approval, 0..1.")


class RoutingPredictionOut(BaseModel):
    """The routing model's answer."""

    recommended_solution: str = Field(description="The route and solution approved most often.")
    confidence: float = Field(description="Its chance of approval, 0..1.")
    alternatives: list[RouteAlternativeOut] = Field(description="The others, the best first.")
    model_version: str = Field(description="Model and version.")


class RetryPredictionOut(BaseModel):
    """The retry model's answer."""

    should_retry: bool = Field(description="The best wait is at least as likely as the settings ask for.")
    retry_success_probability: float = Field(description="Chance after the best wait, 0..1.")
    best_wait_seconds: int = Field(description="The wait.")
    model_version: str = Field(description="Model and version.")


def _context(body: MLPredictionInput, now: NowDep) -> Context:
    return Context(
        merchant_id="",
        amount_minor=round(body.amount * 100),
        currency=body.currency,
        at=now,
        network=body.card_network,
        merchant_segment=body.merchant_segment,
        risk_score=body.fraud_score,
        device_trust_score=body.device_trust_score,
        attempt_number=body.retry_count,
        previous_decline_code=body.decline_code,
    )


def _known(body: MLPredictionInput) -> dict[str, float]:
    return {
        "amount": body.amount,
        "is_cross_border": float(body.is_cross_border),
        "retry_count": float(body.retry_count),
        "uses_3ds": float(body.uses_3ds),
    }


def _missing(scoring: Scoring, name: str) -> Unavailable:
    why = scoring.missing.get(name) or "; ".join(scoring.missing.values())
    return Unavailable(f"{name} does not answer: {why}", hint=f"payment-analysis train --model {name}")


@router.post("/approval", operation_id="predictApproval")
def predict_approval(body: MLPredictionInput, decisions: DecisionsDep, now: NowDep) -> ApprovalPredictionOut:
    """The chance that an attempt is approved."""
    scoring, way = decisions.scoring, "3ds" if body.uses_3ds else "standard"
    chance = scoring.approval_of(_context(body, now), _known(body), way)
    if chance is None:
        raise _missing(scoring, APPROVAL)
    return ApprovalPredictionOut(
        approval_probability=chance, should_approve=chance >= APPROVE_FROM, model_version=scoring.versions[APPROVAL]
    )


@router.post("/risk", operation_id="predictRisk")
def predict_risk(body: MLPredictionInput, decisions: DecisionsDep, now: NowDep) -> RiskPredictionOut:
    """The chance that an attempt will be reported as fraud."""
    scoring, context = decisions.scoring, _context(body, now)
    if scoring.risk is None:
        raise _missing(scoring, RISK)
    tier = risk_tier(context, PolicySettings.of({}))
    return RiskPredictionOut(
        risk_score=scoring.fraud_of(context, _known(body)),
        is_high_risk=tier is RiskTier.HIGH,
        risk_tier=tier,
        model_version=scoring.versions[RISK],
    )


@router.post("/routing", operation_id="predictRouting")
def predict_routing(body: MLPredictionInput, decisions: DecisionsDep, now: NowDep) -> RoutingPredictionOut:
    """Routes and solutions by their chance of approval."""
    scoring = decisions.scoring
    ranked = scoring.ranked(_context(body, now), _known(body))
    if ranked is None:
        raise _missing(scoring, ROUTING)
    (best, chance), *others = ranked
    return RoutingPredictionOut(
        recommended_solution=best,
        confidence=chance,
        alternatives=[RouteAlternativeOut(solution=name, confidence=one) for name, one in others],
        model_version=scoring.versions[ROUTING],
    )


@router.post("/retry", operation_id="predictRetry")
def predict_retry(body: MLPredictionInput, decisions: DecisionsDep, now: NowDep) -> RetryPredictionOut:
    """The chance that another try succeeds, after the best wait."""
    scoring, context = decisions.scoring, _context(body, now)
    scores = scoring.retries(context, _known(body), decline_of(context).reason)
    if scores is None:
        raise _missing(scoring, RETRY)
    wait, chance = max(scores.chances.items(), key=lambda pair: pair[1])
    return RetryPredictionOut(
        should_retry=chance >= PolicySettings.of({}).number("retry_success_min"),
        retry_success_probability=chance,
        best_wait_seconds=wait,
        model_version=scoring.versions[RETRY],
    )
