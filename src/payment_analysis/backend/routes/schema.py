"""What an attempt must look like, for systems that send them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from payment_analysis.domain.attempt_schema import json_schema
from payment_analysis.domain.life_cycle import ATTEMPT_MOVES, PAYMENT_MOVES

router = APIRouter(prefix="/api", tags=["schema"])


class Move(BaseModel):
    """One possible move of a life cycle; a move that is not listed is impossible."""

    state: str = Field(description="The state before.")
    event: str = Field(description="What happens; for a payment, the result of its next attempt.")
    next_state: str = Field(description="The state after.")


class LifeCycles(BaseModel):
    """Every possible move of an attempt and of a payment."""

    attempt: list[Move] = Field(description="Moves of one authorisation message and of the money after it.")
    payment: list[Move] = Field(description="Moves of what the customer wanted, by the results of its attempts.")


@router.get("/schemas/attempt", operation_id="getAttemptSchema", response_model=dict[str, Any])
def get_attempt_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of one canonical attempt."""
    return json_schema()


@router.get("/schemas/life-cycles", operation_id="getLifeCycles")
def get_life_cycles() -> LifeCycles:
    """The states of an attempt and of a payment, and every move between them."""
    return LifeCycles(
        attempt=[Move(state=a, event=e, next_state=b) for (a, e), b in ATTEMPT_MOVES.items()],
        payment=[Move(state=a, event=e, next_state=b) for (a, e), b in PAYMENT_MOVES.items()],
    )
