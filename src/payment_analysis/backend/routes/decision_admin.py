"""What people set for decisions: settings, decline codes, routes. Every change leaves its audit row."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from payment_analysis.backend.decision_models import Word
from payment_analysis.backend.dependencies import DecisionsDep, PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier, Text
from payment_analysis.decisioning.route_watch import Standing
from payment_analysis.decisioning.settings import SETTINGS, setting_of
from payment_analysis.domain.errors import NotFound
from payment_analysis.store.configuration import DecisionConfig, RetryableDeclineCode, RoutePerformance

router = APIRouter(prefix="/api/decision/admin", tags=["decisions"])
SECONDS_MAX = 30 * 86_400


class AdminDecisionConfigOut(BaseModel):
    """One setting as it is stored."""

    key: str = Field(description="Its name.")
    value: str = Field(description="Its value as text.")
    description: str = Field(description="What it means, with its unit.")
    is_default: bool = Field(description="Nobody has set it.")
    updated_at: datetime | None = Field(description="When somebody set it.")


class DecisionConfigUpdateIn(BaseModel):
    """A new value."""

    value: Text = Field(description="As text; 0 is 0.")


class RetryableDeclineCodeIn(BaseModel):
    """A decline code that may be tried again, within what the schemes allow."""

    code: Word = Field(description="Response code, or the source's word for the reason.")
    label: Text = Field(description="In words.")
    category: Literal["soft", "transient", "issuer"] = Field(default="soft", description="What kind.")
    default_backoff_seconds: Annotated[int, Field(ge=0, le=SECONDS_MAX)] = Field(default=900, description="Least wait.")
    max_attempts: Annotated[int, Field(ge=0, le=35)] = Field(default=3, description="Attempts of a payment in all.")
    is_active: bool = Field(default=True, description="False forbids retries after it.")


class RetryableDeclineCodeOut(RetryableDeclineCodeIn):
    """The same as it is stored."""

    model_config = ConfigDict(from_attributes=True)

    updated_at: datetime = Field(description="When somebody set it.")


class DeleteDeclineCodeOut(BaseModel):
    """A code that is gone."""

    code: str = Field(description="The code.")
    deleted: bool = Field(description="Always true.")


class RoutePerformanceIn(BaseModel):
    """What people say of a route; the router learns the rest."""

    route_name: Word = Field(description="The psp as the data has it.")
    approval_rate_pct: Annotated[float, Field(ge=0, le=100)] = Field(default=50.0, description="Expected, 0..100.")
    avg_latency_ms: Annotated[float, Field(ge=0, le=600_000)] = Field(default=500.0, description="Milliseconds.")
    cost_score: Annotated[float, Field(ge=0, le=1)] = Field(default=0.5, description="0 is cheap, 1 is dear.")
    is_active: bool = Field(default=True, description="False takes it out.")


class RoutePerformanceOut(RoutePerformanceIn):
    """The same, with what the router knows."""

    is_trained: bool = Field(description="The models know it.")
    standing: Standing = Field(description="up or down.")
    outcomes: int = Field(description="Outcomes heard of it.")
    updated_at: datetime | None = Field(description="When somebody set it; null when only the models know it.")


@router.get("/config", operation_id="getDecisionConfig")
def get_decision_config(store: StoreDep) -> list[AdminDecisionConfigOut]:
    """Every setting."""
    with store.read() as session:
        rows = {row.key: row for row in session.scalars(select(DecisionConfig))}
        return [_setting(key, rows.get(key)) for key in SETTINGS]


@router.put("/config/{key}", operation_id="updateDecisionConfig")
def update_decision_config(
    key: Annotated[Identifier, Path(description="The setting.")],
    body: DecisionConfigUpdateIn,
    store: StoreDep,
    person: PersonDep,
) -> AdminDecisionConfigOut:
    """Set one; the next decision follows it."""
    setting = setting_of(key)
    value = setting.written(setting.read(body.value))
    with store.change(person.actor) as session:
        row = session.get(DecisionConfig, key)
        if row is None:
            row = DecisionConfig(key=key, value=value, description=setting.meaning)
            session.add(row)
        row.value = value
        session.flush()
        session.refresh(row)
        return _setting(key, row)


def _setting(key: str, row: DecisionConfig | None) -> AdminDecisionConfigOut:
    setting = SETTINGS[key]
    return AdminDecisionConfigOut(
        key=key,
        value=setting.written(setting.default) if row is None else row.value,
        description=setting.meaning,
        is_default=row is None,
        updated_at=None if row is None else row.updated_at,
    )


@router.get("/decline-codes", operation_id="getRetryableDeclineCodes")
def get_retryable_decline_codes(store: StoreDep) -> list[RetryableDeclineCodeOut]:
    """Codes people have set."""
    with store.read() as session:
        rows = session.scalars(select(RetryableDeclineCode).order_by(RetryableDeclineCode.code))
        return [RetryableDeclineCodeOut.model_validate(row) for row in rows]


@router.post("/decline-codes", operation_id="createRetryableDeclineCode")
def create_retryable_decline_code(
    body: RetryableDeclineCodeIn, store: StoreDep, person: PersonDep
) -> RetryableDeclineCodeOut:
    """Set one, new or known."""
    with store.change(person.actor) as session:
        row = session.get(RetryableDeclineCode, body.code) or RetryableDeclineCode(code=body.code)
        for name, value in body.model_dump().items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        session.refresh(row)
        return RetryableDeclineCodeOut.model_validate(row)


@router.delete("/decline-codes/{code}", operation_id="deleteRetryableDeclineCode")
def delete_retryable_decline_code(
    code: Annotated[Word, Path(description="The code.")],
    store: StoreDep,
    person: PersonDep,
) -> DeleteDeclineCodeOut:
    """Forget one; the decline knowledge of the house then decides alone."""
    with store.change(person.actor) as session:
        row = session.get(RetryableDeclineCode, code)
        if row is None:
            raise NotFound(
                f"there is no decline code {code!r}", hint="GET /api/decision/admin/decline-codes lists them"
            )
        session.delete(row)
    return DeleteDeclineCodeOut(code=code, deleted=True)


@router.get("/routes", operation_id="getRoutePerformance")
def get_route_performance(store: StoreDep, decisions: DecisionsDep) -> list[RoutePerformanceOut]:
    """Every route that the models or people know."""
    with store.read() as session:
        rows = {row.route_name: row for row in session.scalars(select(RoutePerformance))}
        names = sorted({*rows, *decisions.scoring.routes})
        return [_route(name, rows.get(name), decisions) for name in names]


@router.post("/routes", operation_id="upsertRoutePerformance")
def upsert_route_performance(
    body: RoutePerformanceIn, store: StoreDep, person: PersonDep, decisions: DecisionsDep
) -> RoutePerformanceOut:
    """Set one, new or known; a new route gets its exploration share until it has earned more."""
    with store.change(person.actor) as session:
        row = session.get(RoutePerformance, body.route_name) or RoutePerformance(route_name=body.route_name)
        for name, value in body.model_dump().items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        session.refresh(row)
        return _route(body.route_name, row, decisions)


def _route(name: str, row: RoutePerformance | None, decisions: DecisionsDep) -> RoutePerformanceOut:
    said = {} if row is None else {key: getattr(row, key) for key in RoutePerformanceIn.model_fields}
    return RoutePerformanceOut(
        **{**RoutePerformanceIn(route_name=name).model_dump(), **said},
        is_trained=name in decisions.scoring.routes,
        standing=decisions.choice.memory.standing(name),
        outcomes=decisions.choice.memory.outcomes(name),
        updated_at=None if row is None else row.updated_at,
    )
