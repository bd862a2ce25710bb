"""Events, decisions, outcomes, experiments, proposals."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: Final = "v0003_decisions"
down_revision: Final = "v0002_operations"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    _authorizationevent()
    _decisionlog()
    _decisionoutcome()
    _experiment()
    _proposedconfigchange()
    _experimentassignment()


def _authorizationevent() -> None:
    op.create_table(
        "authorizationevent",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("card_bin", sa.Text(), nullable=True),
        sa.Column("issuer_country", sa.Text(), nullable=True),
        sa.Column("entry_mode", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("decline_code_raw", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("is_retry", sa.Boolean(), nullable=False),
        sa.Column("attempt_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("result in ('approved', 'declined')", name=op.f("ck_authorizationevent_result")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorizationevent")),
        schema=SCHEMA,
    )


def _decisionlog() -> None:
    op.create_table(
        "decisionlog",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("decision_type", sa.Text(), nullable=False),
        sa.Column("request", JSONB(), nullable=False),
        sa.Column("response", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisionlog")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_decisionlog_audit_id")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_decisionlog_created_at"), "decisionlog", ["created_at"], unique=False, schema=SCHEMA)


def _decisionoutcome() -> None:
    op.create_table(
        "decisionoutcome",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("decision_type", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_code", sa.Text(), nullable=True),
        sa.Column("outcome_reason", sa.Text(), nullable=True),
        sa.Column("latency_ms", sa.BigInteger(), nullable=True),
        sa.Column("extra", JSONB(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('approved', 'declined', 'timeout', 'error')", name=op.f("ck_decisionoutcome_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisionoutcome")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_decisionoutcome_audit_id"), "decisionoutcome", ["audit_id"], unique=False, schema=SCHEMA)


def _experiment() -> None:
    op.create_table(
        "experiment",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('draft', 'running', 'paused', 'stopped')", name=op.f("ck_experiment_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("name", name=op.f("uq_experiment_name")),
        schema=SCHEMA,
    )


def _proposedconfigchange() -> None:
    op.create_table(
        "proposedconfigchange",
        sa.Column("source_agent", sa.Text(), nullable=False),
        sa.Column("change_type", sa.Text(), nullable=False),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("current_value", sa.Text(), nullable=True),
        sa.Column("proposed_value", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("expected_impact_pct", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'approved', 'rejected', 'applied')", name=op.f("ck_proposedconfigchange_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposedconfigchange")),
        schema=SCHEMA,
    )


def _experimentassignment() -> None:
    op.create_table(
        "experimentassignment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("experiment_id", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            [SCHEMA + ".experiment.id"],
            name=op.f("fk_experimentassignment_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experimentassignment")),
        sa.UniqueConstraint(
            "experiment_id", "subject_key", name=op.f("uq_experimentassignment_experiment_id_subject_key")
        ),
        schema=SCHEMA,
    )
