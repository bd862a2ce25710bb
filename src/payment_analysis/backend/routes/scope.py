"""What a scope may be set to: the values that occur in the data, and how old the data is."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import WarehouseDep
from payment_analysis.domain.scope import MISSING, PRESETS, Dimension
from payment_analysis.lakehouse.scope_bases import value_of

router = APIRouter(prefix="/api", tags=["scope"])

VALUES_SHOWN = 200  # per dimension; only merchants have more


class ValueOut(BaseModel):
    """A value that occurs."""

    value: str = Field(description="As a scope spells it; `(none)` is the missing value.")
    attempts: int = Field(description="Attempts that have it, over all data.")


class DimensionOut(BaseModel):
    """A dimension with its values, most frequent first."""

    name: str = Field(description="Name of the parameter.")
    is_known: bool = Field(description="False when no attempt carries this dimension.")
    values: list[ValueOut] = Field(description=f"At most {VALUES_SHOWN}.")


class ScopeOptions(Sourced):
    """Everything the scope bar offers, and what the data is."""

    dimensions: list[DimensionOut] = Field(description="In the order of the bar.")
    presets: list[str] = Field(description="Ranges before the newest attempt.")
    attempts: int = Field(description="Attempts in the lakehouse.")
    oldest_event: datetime | None = Field(description="Instant of the oldest attempt.")


@router.get("/scope", operation_id="getScopeOptions")
def get_scope_options(warehouse: WarehouseDep, state: DataStateDep) -> ScopeOptions:
    """The values of every dimension, the source and the age of the data."""
    (whole,) = warehouse.rows(
        "select min(event_timestamp) as oldest, count(*) as attempts from payments_enriched_silver"
    )
    return ScopeOptions(
        **state.fields(),
        dimensions=[_dimension(warehouse, dimension) for dimension in Dimension],
        presets=list(PRESETS),
        attempts=whole["attempts"],
        oldest_event=whole["oldest"],
    )


def _dimension(warehouse: WarehouseDep, dimension: Dimension) -> DimensionOut:
    rows = warehouse.rows(
        f"select coalesce({value_of(dimension)}, '{MISSING}') as value, count(*) as attempts "
        f"from payments_enriched_silver group by 1 order by 2 desc, 1 limit {VALUES_SHOWN}"
    )
    values = [ValueOut.model_validate(row) for row in rows]
    return DimensionOut(name=dimension, is_known=any(one.value != MISSING for one in values), values=values)
