"""What people do about what they see: incidents and tasks, reviews, replays."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.domain.incidents import IncidentStatus, Severity, TaskStatus
from payment_analysis.store.tables import Base, Named, one_of


class Verdict(StrEnum):
    """What a reviewer says of an insight."""

    VALID = "valid"
    INVALID = "invalid"
    NON_ACTIONABLE = "non_actionable"


class Incident(Named, Base):
    """Something broke; `key` says where, like psp=north."""

    __tablename__ = "incident"
    __table_args__ = (one_of("severity", Severity), one_of("status", IncidentStatus))

    category: Mapped[str]
    key: Mapped[str]
    title: Mapped[str]
    severity: Mapped[str]
    status: Mapped[str] = mapped_column(default=IncidentStatus.OPEN)
    owner: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    began_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]


class RemediationTask(Named, Base):
    """One thing to do about an incident."""

    __tablename__ = "remediationtask"
    __table_args__ = (one_of("status", TaskStatus),)

    incident_id: Mapped[str] = mapped_column(ForeignKey(Incident.id, ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(default=TaskStatus.OPEN)
    title: Mapped[str]
    action: Mapped[str | None]
    owner: Mapped[str | None]


class InsightFeedback(Named, Base):
    """What a person says of an insight; carried into the lakehouse, where the false-insight rate is made from it."""

    __tablename__ = "insightfeedback"
    __table_args__ = (one_of("verdict", Verdict),)

    insight_id: Mapped[str]
    insight_type: Mapped[str]
    reviewer: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str | None]
    model_version: Mapped[str | None]
    prompt_version: Mapped[str | None]
    carried_at: Mapped[datetime | None]


class ReasonReview(Named, Base):
    """An expert's word on how a raw code was read; the newest one of a code counts."""

    __tablename__ = "reasonreview"
    __table_args__ = (one_of("verdict", Verdict),)

    network: Mapped[str]
    raw_code: Mapped[str]
    read_as: Mapped[str]
    verdict: Mapped[str]
    should_be: Mapped[str | None]
    reviewer: Mapped[str]
    reason: Mapped[str | None]


class QuarantineReplay(Named, Base):
    """A rejected row that landed after somebody mended it."""

    __tablename__ = "quarantinereplay"

    quarantine_id: Mapped[str] = mapped_column(index=True)
    transaction_id: Mapped[str]
    replayed_by: Mapped[str]
