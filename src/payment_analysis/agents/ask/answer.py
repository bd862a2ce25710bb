"""The answer: a sentence, a table, the SQL, and chips that show what was understood and let a person change it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from payment_analysis.agents.ask.reading import Status
from payment_analysis.agents.ask.semantics import Unit
from payment_analysis.agents.ask.spec import Spec

By = Literal["parser", "model", "person"]


class AnswerColumn(BaseModel):
    """A column of the table."""

    name: str = Field(description="Name in the rows and in the SQL.")
    label: str = Field(description="How it is called.")
    role: Literal["dimension", "value", "before", "change", "trials", "trials_before"] = Field(
        description="What it is: a dimension, a figure, the figure before, its change, or out of how many."
    )
    unit: Unit | None = Field(description="Unit of a figure; null for a dimension.")


class ChipChoice(BaseModel):
    """Another way to read a chip, as the whole spec to post back."""

    label: str = Field(description="How it is called.")
    spec: Spec = Field(description="The question with this choice.")


class Chip(BaseModel):
    """One assumption of an answer, with what else it could be."""

    about: Literal["figure", "by", "filter", "period", "compare", "order", "cases", "share"] = Field(
        description="Which part of the question it is."
    )
    label: str = Field(description="What is assumed.")
    choices: list[ChipChoice] = Field(description="What else it could be.")


class Answer(BaseModel):
    """The answer to a question in words."""

    question: str = Field(description="The question.")
    status: Status = Field(description="answered, asks_back, unknown, refused or cause.")
    sentence: str = Field(description="The answer, or why there is none; its numbers are those of the rows.")
    hint: str = Field(description="What to do instead, when there is no answer.")
    spec: Spec | None = Field(description="What the question was understood to mean.")
    columns: list[AnswerColumn] = Field(description="Columns of the rows.")
    rows: list[list[Any]] = Field(description="The rows.")
    is_cut: bool = Field(description="There are more rows.")
    sql: str = Field(description="Databricks SQL that gives the rows, as it stands.")
    chips: list[Chip] = Field(description="What was assumed, editable.")
    notes: list[str] = Field(description="What was assumed beyond the words.")
    ignored: list[str] = Field(description="Words that carry nothing here.")
    is_verified: bool = Field(description="The figures are ours and nothing was assumed that could be meant otherwise.")
    trusted: str | None = Field(description="The trusted query that asks exactly this.")
    by: By = Field(description="Who read the question: the parser, a language model, or a person who edited it.")
    model_note: str = Field(description="Why the language model was not used, when one is configured.")
    choices: list[ChipChoice] = Field(description="What it may mean, when we ask back.")
    suggestions: list[str] = Field(description="Questions that we can answer and that are like this one.")
    currency: str = Field(description="Currency of money figures.")
    seconds: float = Field(description="Time to answer.")
