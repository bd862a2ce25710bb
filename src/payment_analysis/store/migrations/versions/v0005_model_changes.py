"""Who made which version of a model the champion, and why."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "v0005_model_changes"
down_revision: Final = "v0004_configuration"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    op.create_table(
        "modelchange",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("version_before", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action in ('promote', 'roll_back')", name=op.f("ck_modelchange_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modelchange")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_modelchange_model"), "modelchange", ["model"], unique=False, schema=SCHEMA)
