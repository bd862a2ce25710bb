"""Experiments as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.backend.fields import Identifier, LongText, Text
from payment_analysis.backend.rule_models import ActionValue, Condition, RuleName
from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.experiments import CONTROL, SubjectKind
from payment_analysis.decisioning.fields import Decision
from payment_analysis.domain.trials import ExperimentStatus


class VariantAction(BaseModel):
    """What a variant tells the policy beyond the rules."""

    kind: ActionKind = Field(description="The action.")
    value: ActionValue | None = Field(default=None, description="Its value.")


class VariantIn(BaseModel):
    """One way of deciding."""

    name: Text = Field(description="Its name.")
    share: float = Field(gt=0, le=1, description="Its share of the subjects outside the holdout, 0..1.")
    actions: list[VariantAction] = Field(
        default=[], max_length=10, description="Actions it adds; the control has none."
    )
    configuration: dict[Identifier, Text] = Field(
        default={}, max_length=20, description="Decision configuration it replaces."
    )


_HALVES = [VariantIn(name=CONTROL, share=0.5), VariantIn(name="treatment", share=0.5)]


class ExperimentIn(BaseModel):
    """A new experiment; it begins as a draft."""

    name: RuleName = Field(description="Its name; no two have the same.")
    description: LongText | None = Field(default=None, description="What it is to find out.")
    decision: Decision = Field(default=Decision.ROUTING, description="The decision it changes.")
    subject: SubjectKind = Field(default=SubjectKind.PAYMENT, description="What is assigned as a whole.")
    eligible: Condition | None = Field(default=None, description="Who takes part; empty is everybody.")
    variants: list[VariantIn] = Field(default=_HALVES, min_length=2, max_length=10, description="The control first.")
    holdout_share: float = Field(default=0.05, ge=0, lt=1, description="Share of the permanent holdout, 0..1.")
    effect_min: float = Field(default=0.01, gt=0, lt=1, description="Smallest lift worth finding, 0..1.")


class ExperimentOut(BaseModel):
    """An experiment."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Its id.")
    name: str = Field(description="Its name.")
    description: str | None = Field(description="What it is to find out.")
    decision: Decision = Field(description="The decision it changes.")
    subject: SubjectKind = Field(description="What is assigned as a whole.")
    eligible: str | None = Field(description="Who takes part; null is everybody.")
    variants: list[VariantIn] = Field(description="The control first.")
    holdout_share: float = Field(description="Share of the permanent holdout, 0..1.")
    effect_min: float = Field(description="Smallest lift worth finding, 0..1.")
    status: ExperimentStatus = Field(description="draft, running, paused or stopped.")
    owner: str = Field(description="Who made it.")
    note: str | None = Field(description="What was decided at its end.")
    created_at: datetime = Field(description="When it was made.")
    started_at: datetime | None = Field(description="When it first ran.")
    ended_at: datetime | None = Field(description="When it was stopped.")


class AssignIn(BaseModel):
    """A subject."""

    subject_key: Text = Field(description="The value of its kind's field, like a payment's id.")


class AssignmentOut(BaseModel):
    """Which way a subject goes; asking again never changes it."""

    model_config = ConfigDict(from_attributes=True)

    experiment_id: str = Field(description="The experiment.")
    subject_key: str = Field(description="The subject.")
    variant: str = Field(description="The variant, or holdout.")
    created_at: datetime = Field(description="Since when.")


class StopIn(BaseModel):
    """How an experiment ends."""

    note: LongText | None = Field(default=None, description="What was decided.")


class PowerOut(BaseModel):
    """How many subjects an experiment needs."""

    per_variant: list[int] = Field(description="Subjects of each variant, in order.")
    total: int = Field(description="All of them.")
    days: float | None = Field(description="How long that takes at the given number per day.")
