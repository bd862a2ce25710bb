"""Payments like one: evidence beside a payment, and nothing that decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from payment_analysis.agents.similar.search import LIMIT_MAX
from payment_analysis.agents.similar.tool import FindsSimilar
from payment_analysis.backend.fields import Identifier
from payment_analysis.domain.errors import Unavailable

router = APIRouter(prefix="/api", tags=["transactions"])


class SimilarAttempt(BaseModel):
    """One attempt that is like the one asked about."""

    transaction_id: str = Field(description="The attempt.")
    summary_text: str = Field(description="What is known of it, in words.")
    outcome: str | None = Field(description="approved, declined, pending or error.")
    similarity: float | None = Field(description="Cosine of the two points; 1 is the same in all that is compared.")
    decline_reason: str | None = Field(default=None, description="Why it was declined.")
    amount: float | None = Field(default=None, description="Amount in major units of the currency.")
    currency: str | None = Field(default=None, description="Currency of the amount, ISO 4217.")
    psp: str | None = Field(default=None, description="Provider it was sent to.")
    payment_solution: str | None = Field(default=None, description="Payment solution it was made with.")
    created_at: datetime | None = Field(default=None, description="When.")


class SimilarAttempts(BaseModel):
    """Attempts like one, the nearest first, and what became of them."""

    rows: list[SimilarAttempt] = Field(description="The nearest first; attempts of the same payment are left out.")
    approved: int = Field(description="How many of them were approved.")
    declined: int = Field(description="How many were declined.")
    searched: int = Field(description="Attempts of the last thirty days that were compared.")
    as_of: datetime | None = Field(description="The newest attempt that the search knows.")


@router.get("/similar/{transaction_id}", operation_id="getSimilarTransactions")
def get_similar_transactions(
    transaction_id: Identifier,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="At most so many.")] = 20,
) -> SimilarAttempts:
    """Attempts of the last thirty days most like one in what is known before the answer. Evidence, not a forecast."""
    search: FindsSimilar | None = request.app.state.similar
    if search is None:
        raise Unavailable("This application has no search for similar payments.", hint="run job 1 in the workspace")
    found = search.like_attempt(transaction_id, limit)
    rows = [SimilarAttempt.model_validate(row) for row in found.rows]
    return SimilarAttempts(
        rows=rows,
        approved=sum(row.outcome == "approved" for row in rows),
        declined=sum(row.outcome == "declined" for row in rows),
        searched=found.searched,
        as_of=found.as_of,
    )
