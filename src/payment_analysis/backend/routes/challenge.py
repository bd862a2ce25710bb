"""Where friction costs more than fraud saves: the challenge threshold against approval and reported fraud."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.backend.challenge_tradeoff import ANSWERED_MIN, QUESTION, tradeoff
from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import DecisionsDep, WarehouseDep
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.lakehouse.scope import bound

router = APIRouter(prefix="/api/analytics/smart-checkout", tags=["analytics"])


class ThresholdPoint(BaseModel):
    """What challenging from one score on would bring."""

    model_config = ConfigDict(from_attributes=True)

    threshold: float = Field(description="Vendor fraud score from which attempts are challenged, 0..1; 1 is never.")
    challenged: float = Field(description="Share of attempts that are challenged, 0..1.")
    approval: float | None = Field(description="Approved of answered attempts, 0..1; null without evidence.")
    low: float | None = Field(description="Low end of its 95 % interval.")
    high: float | None = Field(description="High end of it.")
    fraud: float | None = Field(description="Reported as fraud among the approved, 0..1.")
    without_evidence: float = Field(description="Share of attempts that no alike attempt tells about, 0..1.")


class ChallengeThreshold(Sourced):
    """The trade-off, and what was done in this scope."""

    points: list[ThresholdPoint] = Field(description="Thresholds in order; empty without a vendor score.")
    attempts: int = Field(description="Attempts with a vendor score.")
    reports: int = Field(description="Reports of fraud among them.")
    challenged: float | None = Field(description="Share that was challenged, 0..1.")
    approval: float | None = Field(description="Approved of the answered, 0..1.")
    fraud: float | None = Field(description="Reported among the approved, 0..1.")
    setting: float = Field(description="risk_threshold_high: from it the policy without models challenges.")
    answered_min: int = Field(description="Fewer alike attempts tell nothing.")


@router.get("/threshold", operation_id="getChallengeThreshold")
def get_challenge_threshold(
    warehouse: WarehouseDep, scope: ScopeDep, state: DataStateDep, decisions: DecisionsDep
) -> ChallengeThreshold:
    """Challenged share, approval and reported fraud by threshold, estimated from stored attempts of equal score."""
    told = tradeoff(warehouse.rows(*bound(QUESTION, scope)))
    return ChallengeThreshold(
        **state.fields(),
        points=[ThresholdPoint.model_validate(point, from_attributes=True) for point in told.points],
        attempts=told.attempts,
        reports=told.reports,
        challenged=told.challenged,
        approval=told.approval,
        fraud=told.fraud,
        setting=decisions.state.read().settings.number("risk_threshold_high"),
        answered_min=ANSWERED_MIN,
    )
