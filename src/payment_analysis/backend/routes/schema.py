"""What an attempt must look like, for systems that send them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from payment_analysis.domain.attempt_schema import json_schema

router = APIRouter(prefix="/api", tags=["schema"])


@router.get("/schemas/attempt", operation_id="getAttemptSchema", response_model=dict[str, Any])
def get_attempt_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of one canonical attempt."""
    return json_schema()
