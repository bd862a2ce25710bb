"""Rates and amounts as the API writes them: ratios 0..1 with their interval, money in minor units."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Figure(BaseModel):
    """Read from the values of the report by the names of their fields."""

    model_config = ConfigDict(from_attributes=True)


class Amount(Figure):
    """Money: minor units and their currency."""

    amount_minor: int = Field(description="Minor units; yen has none, so there it is the amount itself.")
    currency: str = Field(description="ISO 4217.")


class AmountRange(Figure):
    """What may be won."""

    expected: Amount | None = Field(description="Null when the data gives no expected value.")
    low: Amount = Field(description="Low end by the stated method.")
    high: Amount = Field(description="High end by the stated method.")


class Ratio(Figure):
    """A share with its 95 % Wilson interval."""

    successes: int = Field(description="How many did.")
    trials: int = Field(description="Of how many.")
    rate: float | None = Field(description="0..1; null without trials.")
    low: float | None = Field(description="Low end of the interval.")
    high: float | None = Field(description="High end of the interval.")


class Gap(Figure):
    """One rate minus another, with Newcombe's interval."""

    difference: float = Field(description="In ratios, so 0.01 is one percentage point.")
    low: float = Field(description="Low end of the interval.")
    high: float = Field(description="High end of the interval.")
    is_proven: bool = Field(description="The interval excludes zero.")


class QueryText(Figure):
    """A question and the SQL that answers it."""

    name: str = Field(description="What it asks.")
    sql: str = Field(description="Databricks SQL that runs as it stands; the scope is set below its tables.")
