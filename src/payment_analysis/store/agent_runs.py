"""What agents did: runs with their steps, and findings with their evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.store.tables import Base, Named


class AgentRun(Named, Base):
    """One question, who answered it, and how."""

    __tablename__ = "agentrun"
    __table_args__ = (CheckConstraint("mode in ('planner', 'model')", name="mode"),)

    agent: Mapped[str]
    question: Mapped[str]
    asked_by: Mapped[str]
    mode: Mapped[str] = mapped_column(default="planner")
    answer: Mapped[str]
    called: Mapped[dict[str, Any]]  # agents: the specialists that were asked
    steps: Mapped[dict[str, Any]]  # taken: each tool with arguments, rows, SQL, seconds, error
    seconds: Mapped[float]
    finished_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AgentFinding(Named, Base):
    """One claim of a run, with everything behind it."""

    __tablename__ = "agentfinding"

    run_id: Mapped[str] = mapped_column(ForeignKey(AgentRun.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    agent: Mapped[str]
    claim: Mapped[str]
    value_per_day: Mapped[float | None]
    confidence: Mapped[float]
    finding: Mapped[dict[str, Any]]
    proposal_id: Mapped[str | None]
