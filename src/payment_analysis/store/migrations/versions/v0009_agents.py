"""What agents did and found."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: Final = "v0009_agents"
down_revision: Final = "v0008_runs"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    op.create_table(
        "agentrun",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("called", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("mode in ('planner', 'model')", name=op.f("ck_agentrun_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agentrun")),
        schema=SCHEMA,
    )
    op.create_table(
        "agentfinding",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("value_per_day", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("finding", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            [f"{SCHEMA}.agentrun.id"],
            name=op.f("fk_agentfinding_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agentfinding")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_agentfinding_run_id"), "agentfinding", ["run_id"], unique=False, schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("agentfinding", schema=SCHEMA)
    op.drop_table("agentrun", schema=SCHEMA)
