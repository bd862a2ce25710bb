"""Answers from the gold views, over the part of the data that the scope names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import WarehouseDep
from payment_analysis.backend.gold_questions import GOLD_QUESTIONS, ROWS_MAX, answer_model, definition_of, sql_of
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.domain.scope import Dimension
from payment_analysis.lakehouse.scope import bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.backend.gold_questions import GoldQuestion

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

# The column behind each dimension of the scope bar: where it is spelled as the scope spells it.
VALUES_OF: dict[Dimension, str] = {
    Dimension.NETWORK: "card_network",
    Dimension.COUNTRY: "coalesce(issuer_country, geo_country)",
    Dimension.SEGMENT: "merchant_segment",
    Dimension.SOLUTION: "payment_solution",
    Dimension.ENTRY_SYSTEM: "entry_system",
    Dimension.MERCHANT: "merchant_id",
    Dimension.PSP: "psp",
    Dimension.CURRENCY: "currency",
}


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
        f"select {VALUES_OF[dimension]} as value, count(*) as attempts from payments_enriched_silver "
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
