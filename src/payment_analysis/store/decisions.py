"""What the engine decided and how it went: events, decisions, outcomes, experiments."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.domain.trials import ExperimentStatus
from payment_analysis.store.tables import Base, Named, new_id, one_of


class ProposalStatus(StrEnum):
    """Where a proposed change stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPLIED = "applied"


class AuthorizationEvent(Base):
    """An authorisation that another system reported to the API."""

    __tablename__ = "authorizationevent"
    __table_args__ = (CheckConstraint("result in ('approved', 'declined')", name="result"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    merchant_id: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    network: Mapped[str | None]
    card_bin: Mapped[str | None]
    issuer_country: Mapped[str | None]
    entry_mode: Mapped[str | None]
    result: Mapped[str]
    decline_code_raw: Mapped[str | None]
    decline_reason: Mapped[str | None]
    is_retry: Mapped[bool] = mapped_column(default=False)
    attempt_number: Mapped[int] = mapped_column(default=1)


class DecisionLog(Base):
    """One decision with everything it was made from."""

    __tablename__ = "decisionlog"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    audit_id: Mapped[str] = mapped_column(unique=True, default=new_id)
    decision_type: Mapped[str]
    request: Mapped[dict[str, Any]]
    response: Mapped[dict[str, Any]]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    request_digest: Mapped[str | None]
    payment_id: Mapped[str | None] = mapped_column(index=True)
    merchant_id: Mapped[str | None]
    action: Mapped[str | None]
    route: Mapped[str | None]
    issuer: Mapped[str | None]
    policy: Mapped[str | None]
    card_key: Mapped[str | None]
    expected_approval: Mapped[float | None]


class DecisionOutcome(Base):
    """How a decision went, told later by its audit id."""

    __tablename__ = "decisionoutcome"
    __table_args__ = (CheckConstraint("outcome in ('approved', 'declined', 'timeout', 'error')", name="outcome"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    audit_id: Mapped[str] = mapped_column(index=True)
    decision_type: Mapped[str]
    outcome: Mapped[str]
    outcome_code: Mapped[str | None]
    outcome_reason: Mapped[str | None]
    latency_ms: Mapped[int | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    advice_code: Mapped[str | None]
    fault: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    carried_at: Mapped[datetime | None]


class CardAttempt(Base):
    """An attempt of a card at a merchant as retry programmes count it: granted by us, or told by an outcome."""

    __tablename__ = "cardattempt"
    __table_args__ = (Index(None, "card_key", "attempted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    card_key: Mapped[str]
    attempted_at: Mapped[datetime]
    payment_id: Mapped[str | None]
    audit_id: Mapped[str] = mapped_column(unique=True)
    traits: Mapped[dict[str, Any]]


class Experiment(Named, Base):
    """A comparison of two ways, with its subjects assigned once."""

    __tablename__ = "experiment"
    __table_args__ = (one_of("status", ExperimentStatus), UniqueConstraint("name"))

    name: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=ExperimentStatus.DRAFT)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decision: Mapped[str]
    salt: Mapped[str] = mapped_column(default=new_id)
    subject: Mapped[str]
    eligible: Mapped[str | None]
    variants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    holdout_share: Mapped[float] = mapped_column(default=0.0)
    effect_min: Mapped[float]
    owner: Mapped[str]
    note: Mapped[str | None]


class ExperimentAssignment(Base):
    """Which variant a subject got; one per experiment and subject."""

    __tablename__ = "experimentassignment"
    __table_args__ = (UniqueConstraint("experiment_id", "subject_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    experiment_id: Mapped[str] = mapped_column(ForeignKey(Experiment.id, ondelete="CASCADE"))
    subject_key: Mapped[str]
    variant: Mapped[str]


class ProposedConfigChange(Named, Base):
    """A change an agent proposes; a person decides. `made` says what an accepted one became, like rules/<id>."""

    __tablename__ = "proposedconfigchange"
    __table_args__ = (one_of("status", ProposalStatus),)

    source_agent: Mapped[str]
    change_type: Mapped[str]
    target_key: Mapped[str]
    current_value: Mapped[str | None]
    proposed_value: Mapped[str]
    rationale: Mapped[str]
    expected_impact_pct: Mapped[float | None]
    confidence: Mapped[float] = mapped_column(default=0.5)
    status: Mapped[str] = mapped_column(default=ProposalStatus.PENDING)
    proposed_by: Mapped[str | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime | None]
    review_note: Mapped[str | None]
    made: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
