"""Which release answers, and whether its store does."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from payment_analysis.backend.dependencies import StoreDep
from payment_analysis.domain.release import release

router = APIRouter(prefix="/api", tags=["health"])


class Version(BaseModel):
    """The release."""

    version: str = Field(description="Version of Payment Analysis.")


class DatabaseHealth(BaseModel):
    """The store answers."""

    status: Literal["healthy"] = Field(description="Always healthy: a store that is down is a 503.")
    connection_healthy: bool = Field(description="A question was answered just now.")
    is_embedded: bool = Field(description="Whether the server is the home's own.")
    server_version: str = Field(description="Version of PostgreSQL.")


@router.get("/version", operation_id="version")
def version() -> Version:
    """The release that answers."""
    return Version(version=release())


@router.get("/v1/health/database", operation_id="healthDatabase")
def health_database(store: StoreDep) -> DatabaseHealth:
    """Ask the store something; when it is down, a 503 says so."""
    return DatabaseHealth(
        status="healthy", connection_healthy=True, is_embedded=store.is_embedded, server_version=store.version()
    )
