"""Answers from the gold views, over the part of the data that the scope names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import WarehouseDep
from payment_analysis.backend.gold_questions import GOLD_QUESTIONS, ROWS_MAX, answer_model, definition_of, sql_of
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.domain.scope import Dimension
from payment_analysis.lakehouse.scope import bound
from payment_analysis.lakehouse.scope_bases import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.backend.gold_questions import GoldQuestion

router = APIRouter(prefix="/api/analytics", tags=["analytics"])


class Kpis(Sourced):
    """The headline of the part in scope."""

    total: int = Field(description="Attempts.")
    approved: int = Field(description="Attempts that were approved.")
    approval_rate: float | None = Field(description="Approved of those that issuer or network answered, 0..1.")


class DimensionValues(Sourced):
    """The values of a dimension, the most frequent first."""

    dimension: Dimension = Field(description="The parameter of the scope they belong to.")
    values: list[str | None] = Field(description="The values; null where an attempt carries none.")
    attempts: list[int] = Field(description="Attempts of each value, in the same order.")


class Country(BaseModel):
    """A country that attempts come from."""

    code: str = Field(description="ISO 3166 alpha-2.")
    name: str = Field(description="English name.")
    attempts: int = Field(description="Attempts of its issuers, or of its shoppers where the issuer is not known.")


class Countries(Sourced):
    """The countries of the scope, the most frequent first."""

    rows: list[Country] = Field(description="The countries.")


class Throughput(BaseModel):
    """Attempts of one minute through one entry system."""

    minute: datetime = Field(description="Start of the minute, a UTC instant.")
    entry_system: str | None = Field(description="PD, WS, SEP or CHECKOUT; null where an export does not say.")
    attempts: int = Field(description="Attempts in it.")


class EntryThroughput(Sourced):
    """Minute by minute, what came through which entry system."""

    rows: list[Throughput] = Field(description="Minutes in order; a minute without attempts is not among them.")


@router.get("/countries", operation_id="getCountries")
def get_countries(warehouse: WarehouseDep, scope: ScopeDep, state: DataStateDep) -> Countries:
    """Where the attempts of the scope come from."""
    question = (
        f"with seen as (select {value_of(Dimension.COUNTRY)} as code from payments_enriched_silver) "
        "select countries.code, countries.name, count(*) as attempts from seen join countries using (code) "
        "group by countries.code, countries.name order by attempts desc, countries.code"
    )
    return Countries(**state.fields(), rows=[Country(**row) for row in warehouse.rows(*bound(question, scope))])


@router.get("/command-center/entry-throughput", operation_id="getCommandCenterEntryThroughput")
def get_command_center_entry_throughput(
    warehouse: WarehouseDep,
    scope: ScopeDep,
    state: DataStateDep,
    limit_minutes: Annotated[int, Query(ge=1, le=1440, description="Minutes before the newest attempt.")] = 30,
) -> EntryThroughput:
    """How much came through each entry system in the last minutes of data."""
    if state.as_of is None:
        return EntryThroughput(**state.fields(), rows=[])
    sql, parameters = bound(
        "select date_trunc('minute', event_timestamp) as minute, entry_system, count(*) as attempts "
        "from payments_enriched_silver where event_timestamp > :since "
        "group by minute, entry_system order by minute, entry_system",
        scope,
    )
    rows = warehouse.rows(sql, {**parameters, "since": state.as_of - timedelta(minutes=limit_minutes)})
    return EntryThroughput(**state.fields(), rows=[Throughput(**row) for row in rows])


@router.get("/kpis", operation_id="getKpis")
def get_kpis(warehouse: WarehouseDep, scope: ScopeDep, state: DataStateDep) -> Kpis:
    """Attempts, approvals and their rate."""
    question = "select total_transactions, approved_count, approval_rate_pct from v_executive_kpis"
    (row,) = warehouse.rows(*bound(question, scope))
    rate = row["approval_rate_pct"]
    return Kpis(
        **state.fields(),
        total=row["total_transactions"],
        approved=row["approved_count"],
        approval_rate=None if rate is None else rate / 100,
    )


@router.get("/dimensions/{dimension}", operation_id="getDimensionValues")
def get_dimension_values(
    dimension: Dimension,
    warehouse: WarehouseDep,
    scope: ScopeDep,
    state: DataStateDep,
    limit: Annotated[int, Query(ge=1, le=ROWS_MAX, description="At most so many values.")] = 200,
) -> DimensionValues:
    """What a dimension can be filtered by, within the scope."""
    question = (
        f"select {value_of(dimension)} as value, count(*) as attempts from payments_enriched_silver "
        "group by value order by attempts desc, value limit :at_most"
    )
    sql, parameters = bound(question, scope)
    rows = warehouse.rows(sql, {**parameters, "at_most": limit})
    return DimensionValues(
        **state.fields(),
        dimension=dimension,
        values=[row["value"] for row in rows],
        attempts=[row["attempts"] for row in rows],
    )


def _endpoint(question: GoldQuestion) -> Callable[..., dict[str, Any]]:
    sql_text = sql_of(question)

    def answer(
        warehouse: WarehouseDep,
        scope: ScopeDep,
        state: DataStateDep,
        limit: Annotated[int, Query(ge=1, le=ROWS_MAX, description="At most so many rows.")] = question.rows,
    ) -> dict[str, Any]:
        sql, parameters = bound(sql_text, scope)
        return {**state.fields(), "rows": warehouse.rows(sql, {**parameters, "at_most": limit})}

    return answer


for _question in GOLD_QUESTIONS:
    router.add_api_route(
        _question.path,
        _endpoint(_question),
        operation_id=_question.operation_id,
        name=_question.operation_id,
        response_model=answer_model(_question),
        description=f"{definition_of(_question).description.strip()} From the view {_question.view}.",
    )
