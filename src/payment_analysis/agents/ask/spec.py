"""The spec: what a question means, as data. Parser and model write it, a person edits it, the compiler reads it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

LIMIT_MAX: Final = 1000


class Part(BaseModel):
    """Part of a spec: never changed, equal when the content is, and nothing unknown is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Chart(StrEnum):
    """How an answer is best looked at."""

    NUMBER = "number"
    LINE = "line"
    BAR = "bar"
    TABLE = "table"


class Filter(Part):
    """What narrows a figure: the values of a dimension that count, or bounds of a number."""

    dimension: str = Field(max_length=64, description="A dimension.")
    values: tuple[str, ...] = Field(
        default=(), max_length=100, description="Values that count, as the data spells them."
    )
    negated: bool = Field(default=False, description="All values but these.")
    above: float | None = Field(default=None, description="At least this, for a number.")
    below: float | None = Field(default=None, description="Below this, for a number.")


class Period(Part):
    """A stretch of time, start inclusive and end exclusive."""

    start: datetime = Field(description="First instant.")
    end: datetime = Field(description="The instant after the last one.")
    label: str = Field(max_length=80, description="How people call it.")


class Order(Part):
    """What the rows are ranked by: the name of a metric, or `change` of a comparison."""

    by: str = Field(max_length=64, description="A metric, or change.")
    descending: bool = Field(description="The largest first.")


class Share(Part):
    """The figure as a part of its whole: of the rows' total, or of what is there without some filters."""

    part: tuple[Filter, ...] = Field(default=(), description="What the part is; none means each row of the total.")


class Spec(Part):
    """What a question asks for."""

    metrics: tuple[str, ...] = Field(min_length=1, max_length=6, description="Figures, by name.")
    dimensions: tuple[str, ...] = Field(default=(), max_length=4, description="What rows are told apart by.")
    filters: tuple[Filter, ...] = Field(default=(), max_length=20, description="What narrows all figures.")
    period: Period | None = Field(default=None, description="Time; null means all of it.")
    compare: Period | None = Field(default=None, description="The period to compare with.")
    share: Share | None = Field(default=None, description="The figure as a part of its whole.")
    order: Order | None = Field(default=None, description="Ranking.")
    limit: int | None = Field(default=None, ge=1, le=LIMIT_MAX, description="Rows at most.")
    count_min: int | None = Field(default=None, ge=1, description="Rows of fewer attempts or payments are left out.")
    trials_min: int | None = Field(default=None, ge=1, description="Rows whose rate has fewer trials are left out.")
    chart: Chart = Field(default=Chart.TABLE, description="How it is best looked at.")
