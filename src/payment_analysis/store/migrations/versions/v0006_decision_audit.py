"""Decisions found by key, payment and route; outcomes once; attempts of cards counted."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: Final = "v0006_decision_audit"
down_revision: Final = "v0005_model_changes"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    _decisionlog()
    _decisionoutcome()
    _cardattempt()


def _decisionlog() -> None:
    for name in (
        "idempotency_key",
        "request_digest",
        "payment_id",
        "merchant_id",
        "action",
        "route",
        "issuer",
        "policy",
    ):
        op.add_column("decisionlog", sa.Column(name, sa.Text(), nullable=True), schema=SCHEMA)
    op.add_column("decisionlog", sa.Column("card_key", sa.Text(), nullable=True), schema=SCHEMA)
    op.add_column("decisionlog", sa.Column("expected_approval", sa.Double(), nullable=True), schema=SCHEMA)
    op.create_unique_constraint(
        op.f("uq_decisionlog_idempotency_key"), "decisionlog", ["idempotency_key"], schema=SCHEMA
    )
    op.create_index(op.f("ix_decisionlog_payment_id"), "decisionlog", ["payment_id"], unique=False, schema=SCHEMA)


def _decisionoutcome() -> None:
    for name in ("advice_code", "fault"):
        op.add_column("decisionoutcome", sa.Column(name, sa.Text(), nullable=True), schema=SCHEMA)
    for name in ("occurred_at", "carried_at"):
        op.add_column("decisionoutcome", sa.Column(name, sa.DateTime(timezone=True), nullable=True), schema=SCHEMA)
    op.create_index(
        op.f("ix_decisionoutcome_created_at"), "decisionoutcome", ["created_at"], unique=False, schema=SCHEMA
    )


def _cardattempt() -> None:
    op.create_table(
        "cardattempt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("card_key", sa.Text(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("traits", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cardattempt")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_cardattempt_audit_id")),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_cardattempt_card_key_attempted_at"),
        "cardattempt",
        ["card_key", "attempted_at"],
        unique=False,
        schema=SCHEMA,
    )
