"""Incidents and tasks, reviews, replays."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: Final = "v0002_operations"
down_revision: Final = "v0001_people"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    _incident()
    _insightfeedback()
    _quarantinereplay()
    _reasonreview()
    _remediationtask()


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("severity in ('low', 'medium', 'high')", name=op.f("ck_incident_severity")),
        sa.CheckConstraint("status in ('open', 'mitigating', 'resolved')", name=op.f("ck_incident_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        schema=SCHEMA,
    )


def _insightfeedback() -> None:
    op.create_table(
        "insightfeedback",
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("insight_type", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("prompt_version", sa.Text(), nullable=True),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "verdict in ('valid', 'invalid', 'non_actionable')", name=op.f("ck_insightfeedback_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insightfeedback")),
        schema=SCHEMA,
    )


def _quarantinereplay() -> None:
    op.create_table(
        "quarantinereplay",
        sa.Column("quarantine_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("replayed_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantinereplay")),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_quarantinereplay_quarantine_id"), "quarantinereplay", ["quarantine_id"], unique=False, schema=SCHEMA
    )


def _reasonreview() -> None:
    op.create_table(
        "reasonreview",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("raw_code", sa.Text(), nullable=False),
        sa.Column("read_as", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("should_be", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("verdict in ('valid', 'invalid', 'non_actionable')", name=op.f("ck_reasonreview_verdict")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reasonreview")),
        schema=SCHEMA,
    )


def _remediationtask() -> None:
    op.create_table(
        "remediationtask",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('open', 'in_progress', 'done', 'cancelled')", name=op.f("ck_remediationtask_status")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], [SCHEMA + ".incident.id"], name=op.f("fk_remediationtask_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remediationtask")),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_remediationtask_incident_id"), "remediationtask", ["incident_id"], unique=False, schema=SCHEMA
    )
